"""compose.yaml says what the code says: stages, servers, settings, and the Kafka that the tests run on."""

import re
from typing import Any, Final

import click
import pytest
import yaml

from cli.console import command as console
from cli.intake import take_in
from cli.public import command as public
from cli.run import STAGES
from config.settings import ROOT, Settings
from tests.kafka.broker import POM

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = [name for name, service in SERVICES.items() if service.get("image") == "qingdan"]

SERVERS: Final = {"console": console, "public": public, "intake": take_in}


def test_every_stage_has_a_service_of_its_name() -> None:
    running = [name for name in OURS if SERVICES[name]["command"][0] == "run"]
    assert sorted(running) == sorted(STAGES)
    assert all(SERVICES[name]["command"] == ["run", name] for name in running)


@pytest.mark.parametrize(("name", "server"), SERVERS.items())
def test_a_server_is_reached_from_this_machine_only_at_its_own_port(name: str, server: click.Command) -> None:
    service = SERVICES[name]
    words = service["command"][service["command"].index("--host") :]
    given = server.make_context(name, list(words), resilient_parsing=True).params
    assert [given["host"], given["proxy"]] == [words[1], words[3]]
    port = given["port"]
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"http://127.0.0.1:{port}/" in service["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one(name: str) -> None:
    known = {f"QINGDAN_{field.upper()}" for field in Settings.model_fields}
    assert SERVICES[name]["environment"].keys() <= known


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_needs_is_there(name: str) -> None:
    service = SERVICES[name]
    volumes = {volume.split(":")[0] for volume in service.get("volumes", ())}
    assert {volume for volume in volumes if not volume.startswith(".")} <= COMPOSE["volumes"].keys()
    assert service.get("depends_on", {}).keys() <= SERVICES.keys()


def test_the_broker_is_the_one_that_the_tests_run_on() -> None:
    (version,) = re.findall(
        r"<artifactId>kafka_2\.13</artifactId>\s*<version>(.*?)</version>", POM.read_text()
    )
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version}"
