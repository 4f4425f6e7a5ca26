"""compose.yaml says what the code says: stages, settings, and the Kafka that the tests run on."""

import re
from typing import Any, Final

import pytest
import yaml

from cli.run import STAGES
from config.settings import ROOT, Settings
from tests.kafka.broker import POM

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = [name for name, service in SERVICES.items() if service.get("image") == "qingdan"]


def test_every_stage_has_a_service_of_its_name() -> None:
    running = [name for name in OURS if SERVICES[name]["command"][0] == "run"]
    assert sorted(running) == sorted(STAGES)
    assert all(SERVICES[name]["command"] == ["run", name] for name in running)


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
