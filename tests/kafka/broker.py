"""Apache Kafka brokers as processes of our own, on loopback, which a test may kill.

`python -m tests.kafka.broker` (`make kafka`) runs one in the foreground for a developer.
"""

import gc
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from config.settings import ROOT
from events.kafka_cluster import Address, Cluster
from events.log import LogError
from tests.certificates import self_signed
from tests.processes import PATIENCE, processor_seconds

POM: Final = Path(__file__).with_name("pom.xml")
JARS: Final = ROOT / ".venv" / "kafka"
_CLUSTER_ID: Final = "cWluZ2Rhbi10ZXN0cy0xMg"
_JAVA: Final = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*")
_PROPERTIES: Final = """\
process.roles=broker,controller
node.id={number}
listeners=PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller},TLS://127.0.0.1:{tls},\
  WIRE://127.0.0.1:{wired}
advertised.listeners=PLAINTEXT://127.0.0.1:{client},TLS://127.0.0.1:{tls},WIRE://127.0.0.1:{wire}
controller.listener.names=CONTROLLER
controller.quorum.voters={voters}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,TLS:SASL_SSL,WIRE:PLAINTEXT
listener.name.tls.sasl.enabled.mechanisms=PLAIN
listener.name.tls.plain.sasl.jaas.config={login}
listener.name.tls.ssl.keystore.location={keys}
listener.name.tls.ssl.keystore.password={password}
listener.name.tls.ssl.keystore.type=PKCS12
log.dirs={data}
auto.create.topics.enable=false
unclean.leader.election.enable=false
default.replication.factor={replicas}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=2
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr=1
# A test does not wait for what production waits for.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""
_PASSWORD: Final = "open-sesame"
_LOGIN: Final = (
    f'org.apache.kafka.common.security.plain.PlainLoginModule required user_qingdan="{_PASSWORD}";'
)


class NoBroker(Exception):  # noqa: N818 - what the tests are left with
    """Kafka cannot be run on this machine; says what is missing."""


def fetch_jars() -> None:
    """Put Kafka's jars into `JARS` unless they are there; several processes may do so at once.

    Raises:
        NoBroker: Java or Maven is missing, or Maven could not fetch them.
    """
    if not shutil.which("java"):
        raise NoBroker("no java")
    if JARS.is_dir():
        return
    if not shutil.which("mvn"):
        raise NoBroker("no mvn to fetch Kafka with")
    JARS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=JARS.parent) as folder:
        jars = Path(folder) / "jars"
        command = (
            "mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies",
            "-DincludeScope=runtime", f"-DoutputDirectory={jars}",
        )  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoBroker(f"mvn could not fetch Kafka: {done.stdout[-500:]}")
        try:
            jars.rename(JARS)
        except OSError:
            if not JARS.is_dir():
                raise


class Broker:
    """One broker, which is its own controller or one of three; its folder keeps ports and data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_JAVA, "kafka.Kafka", str(self._folder / "server.properties")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder,
            )  # fmt: skip

    def kill(self) -> None:
        """As a power cut would for the process: SIGKILL."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator would: SIGTERM, with a clean hand-over."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(PATIENCE)
        self._process = None

    def busy(self) -> float:
        """Seconds of processor time that it has used; 0 where it does not run."""
        return processor_seconds(self._process.pid) if self._process else 0.0

    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def wait(self) -> int:
        """Until it ends by itself; the exit status."""
        assert self._process is not None
        return self._process.wait()


class Brokers:
    """A cluster of `count` brokers in `folder`; one that ran there before goes on with its data."""

    def __init__(self, folder: Path, *, count: int = 1, port: int = 0) -> None:
        self._folders = [folder / str(number) for number in range(1, count + 1)]
        self._brokers = [Broker(place) for place in self._folders]
        self._address = folder / "servers"
        self._guarded = folder / "guarded"
        self._wire = folder / "wire"
        self._keys = folder / "keys.p12"
        self.certificate = folder / "certificate.pem"
        """What the brokers show at `guarded_url`; they have signed it themselves."""
        if not self._address.exists():
            self._format(_ports(5 * count, first=port))

    def _format(self, ports: Sequence[int]) -> None:
        count = len(self._folders)
        clients, controllers, guarded, wires, wired = (ports[each::5] for each in range(5))
        self._make_certificate()
        voters = ",".join(f"{number}@127.0.0.1:{port}" for number, port in enumerate(controllers, 1))
        for number, place in enumerate(self._folders, 1):
            place.mkdir(parents=True)
            text = _PROPERTIES.format(
                number=number, client=clients[number - 1], controller=controllers[number - 1],
                tls=guarded[number - 1], login=_LOGIN, keys=self._keys, password=_PASSWORD,
                wire=wires[number - 1], wired=wired[number - 1],
                voters=voters, data=place / "data", replicas=count,
            )  # fmt: skip
            (place / "server.properties").write_text(text)
            tool = [*_JAVA, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID]
            subprocess.run(
                [*tool, "-c", place / "server.properties"], check=True, capture_output=True, timeout=PATIENCE
            )
        self._address.write_text(_joined(clients))
        self._guarded.write_text(_joined(guarded))
        self._wire.write_text(f"{wires[0]} {wired[0]}")

    def _make_certificate(self) -> None:
        key, certificate = self_signed()
        secret = serialization.BestAvailableEncryption(_PASSWORD.encode())
        self._keys.parent.mkdir(parents=True, exist_ok=True)
        self._keys.write_bytes(
            pkcs12.serialize_key_and_certificates(b"kafka", key, certificate, None, secret)
        )
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def servers(self) -> str:
        """`host:port` of each broker, joined by commas."""
        return self._address.read_text()

    @property
    def url(self) -> str:
        return f"kafka://{self.servers}"

    @property
    def guarded_url(self) -> str:
        """Where all is encrypted, and the user `qingdan` has the password `open-sesame` (SASL_SSL, PLAIN)."""
        return f"kafka://{self._guarded.read_text()}"

    @property
    def wire_ports(self) -> tuple[int, int]:
        """Where the first broker says that it is, and where it really listens: for a Wire in between."""
        said, real = map(int, self._wire.read_text().split())
        return said, real

    @property
    def wire_url(self) -> str:
        """The first broker over a Wire, which must be there."""
        return f"kafka://127.0.0.1:{self.wire_ports[0]}"

    def __len__(self) -> int:
        return len(self._brokers)

    def __getitem__(self, number: int) -> Broker:
        return self._brokers[number]

    def __iter__(self) -> Iterator[Broker]:
        return iter(self._brokers)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start all of them and wait until they answer."""
        for broker in self:
            broker.start()
        self.wait_until_ready()

    def kill(self) -> None:
        for broker in self:
            broker.kill()

    def busy(self) -> float:
        """Seconds of processor time that they have used."""
        return sum(broker.busy() for broker in self)

    def wait_until_ready(self) -> None:
        """Until every broker is part of the cluster."""
        deadline = time.monotonic() + PATIENCE
        while _members(self.servers) < len(self):
            if time.monotonic() > deadline or any(broker.ended() for broker in self):
                raise NoBroker(f"no answer from {self.servers}; see {self._folders[0] / 'broker.log'}")
            time.sleep(0.2)
        _sweep()


def _joined(ports: Sequence[int]) -> str:
    return ",".join(f"127.0.0.1:{port}" for port in ports)


def _members(servers: str) -> int:
    if not all(_listens(server) for server in servers.split(",")):
        return 0
    cluster = Cluster(Address(servers=tuple(servers.split(",")), options={}))
    try:
        return cluster.brokers()
    except LogError:
        return 0
    finally:
        cluster.close()


def _sweep() -> None:
    """Close the sockets that the client leaves behind when it could not connect, without the usual word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _listens(server: str) -> bool:
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def _ports(count: int, *, first: int) -> list[int]:
    """`count` ports that nobody uses; if `first` is given, that one and those after it."""
    if first:
        return list(range(first, first + count))
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def own_brokers(*, count: int = 1) -> Iterator[Brokers]:
    """Brokers that live as long as the block, with nothing in them.

    Raises:
        NoBroker: this machine cannot run them.
    """
    fetch_jars()
    with (
        tempfile.TemporaryDirectory(prefix="qingdan-kafka-") as folder,
        Brokers(Path(folder), count=count) as brokers,
    ):
        yield brokers


def main() -> int:
    """Run one broker until Ctrl-C or SIGTERM, with its data in var/kafka."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        fetch_jars()
        with Brokers(ROOT / "var" / "kafka", port=9092) as brokers:
            print(f"export QINGDAN_EVENTS_URL={brokers.url}", flush=True)  # noqa: T201
            return brokers[0].wait()
    except NoBroker as error:
        print(f"make kafka: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
