"""Settings, read from environment variables with the prefix `QINGDAN_` and from nowhere else."""

from functools import lru_cache
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT: Final = Path(__file__).resolve().parent.parent
CHINA: Final = ZoneInfo("Asia/Shanghai")


class SettingsError(Exception):
    """A setting has a value that cannot be used, or this machine lacks something; the message says what."""


class Settings(BaseSettings):
    """All settings, each documented in docs/operations.md under the name `QINGDAN_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="QINGDAN_", frozen=True)

    home: Path = ROOT / "var"
    """Folder that holds all state: database, event log, outbox, reports, dataset."""
    database_url: str = ""
    """SQLAlchemy URL; empty means an SQLite file in `home`."""
    events_url: str = "embedded:"
    """`embedded:` for the SQLite log in `home`, or `kafka://host:port,host:port/prefix`."""
    kafka_options: SecretStr = SecretStr("{}")
    """How to identify to Kafka and encrypt: a JSON object of the client's security_, sasl_, ssl_ options."""
    kafka_replication: int = Field(default=1, ge=1, le=9)
    """Copies of each partition of the topics that we create on Kafka."""
    blobs: Path | None = None
    """Folder for what is too large for Kafka, the same on all machines; None means one in `home`."""
    evidence_days: int = Field(default=30, ge=0)
    """Days for which bytes that show neither clue nor hint are kept; 0: no bytes are kept at all."""
    evidence_case_days: int = Field(default=730, ge=0)
    """Days for which bytes are kept after the last clue they show was withdrawn."""
    rules: Path = ROOT / "config"
    """Folder of the rules: catalogue, words and policy, laid out like config/ (docs/releases.md)."""
    partitions: int = Field(default=8, ge=1, le=256)
    """Partitions of each topic, fixed when the topic is created."""
    crawl_contact: str = "mailto:crawler@qingdan.example"
    """Address that the crawler's User-Agent gives, so that a board can reach us."""
    crawl_requests: int = Field(default=10_000, ge=0)
    """Requests that a host on the network gets in a night where no board file says; 0: no such limit."""
    contact_days: int = Field(default=90, ge=1, le=3650)
    """Days after which the contact of somebody who reported an ad is deleted."""
    contact_keys: SecretStr = SecretStr("")
    """Keys of Fernet that encrypt them, the newest first, with spaces between; empty: a file in `home`."""
    alert_sender: str = "qingdan@qingdan.example"
    """Sender address of alerts."""
    alert_smtp: str = ""
    """Mail server for alerts, `smtps://host:port` or `smtp+starttls://…`; empty: the outbox folder."""
    alert_smtp_user: str = ""
    """Who logs in there; empty: nobody does."""
    alert_smtp_password: SecretStr = SecretStr("")
    alert_webhook: str = ""
    """`https://host/path` to which alerts are posted in place of both."""
    alert_webhook_token: SecretStr = SecretStr("")
    """Sent with them as `Authorization: Bearer`, if there is one."""
    alert_webhook_secrets: SecretStr = SecretStr("")
    """Secrets with which they are signed, the newest first, with spaces between; empty: not signed."""
    case_webhooks: SecretStr = SecretStr("{}")
    """Where bureaus are told what happens to cases: a JSON object, code → {"url": …, "secrets": […]}."""
    alert_robots: SecretStr = SecretStr("{}")
    """Robots of chat groups: a JSON object, code → {"wecom": {"url": …}, "dingtalk": …, "feishu": …}."""
    alert_hour: int = Field(default=8, ge=0, le=23)
    """From this hour on a bureau gets its daily letters; what is urgent leaves at once."""
    alert_silence_days: int = Field(default=14, ge=1)
    """Days without any letter to any bureau after which `doctor` finds something wrong."""
    inside_hosts: str = ""
    """Hosts, with spaces between, that may be posted to although they do not lie on the public internet."""
    dataset_names: bool = False
    """Does the open dataset name employers once a person has confirmed a clue and the case is closed?"""
    dataset_address: str = ""
    """Address of the page of the open dataset as browsers know it; empty: its descriptions give none."""
    console_address: str = ""
    """Address of the console as browsers know it, `https://host`, for links and the account service."""
    sign_by_link: bool = True
    """Do letters that assign cases carry links by which these are signed for without an account?"""
    sign_key: SecretStr = SecretStr("")
    """Key of these links, 32 bytes in hexadecimal digits; empty: a file in `home`."""
    oidc_issuer: str = ""
    """Account service of the organisation (OpenID Connect), by which people may log in; empty: none."""
    oidc_client: str = ""
    """Our name there."""
    oidc_secret: SecretStr = SecretStr("")
    """Our secret there."""
    oidc_claim: str = "preferred_username"
    """What of an identity there is the name of an account here."""
    second_factor_roles: str = ""
    """Roles, with spaces between, whose accounts log in to the console with a second factor or not at all."""
    dead_letters: int = Field(default=100, ge=1)
    """Open dead letters of one source and day at which a stage stops."""
    memory_mib: int = Field(default=0, ge=0)
    """Memory for the data of a process of `run`; what needs more ends it. 0: as much as the machine gives."""
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    """Lines for people, or one JSON object a line for machines."""
    metrics: str = ""
    """`host:port` at which `run` tells its health and metrics; empty: nowhere."""
    crash_at: str = ""
    """For fault tests only: a point of the consumer loop at which the process kills itself."""

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in effect."""
        return self.database_url or f"sqlite:///{self.home / 'qingdan.db'}"

    @property
    def events_file(self) -> Path:
        return self.home / "events.db"

    @property
    def blobs_folder(self) -> Path:
        return self.blobs or self.home / "blobs"

    @property
    def outbox(self) -> Path:
        return self.home / "outbox"

    @property
    def health(self) -> Path:
        return self.home / "health"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def notices(self) -> Path:
        return self.home / "notices"

    @property
    def dataset(self) -> Path:
        return self.home / "dataset"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SettingsError: a variable has an unusable value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = "QINGDAN_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{variable}: {first['msg']} (got {first['input']!r})") from error
