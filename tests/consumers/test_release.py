"""Rules that change under a running stage: real files, the real reader, a clock of the test's own."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from config.tables import DataError
from consumers.release import LOOK_EVERY, RulesInUse, open_reader
from consumers.runner import Stop
from store.data_releases import in_use, refused
from store.database import snapshot
from store.models import Release
from tests.consumers.pipeline import conduct
from tests.data_folder import INVENTED, aliases, copy_rules, with_alias
from tests.factory import WEDNESDAY, job_ad
from tests.recorded import fresh_store

AD = job_ad(text=f"任职要求：须持有{INVENTED}。")


@dataclass
class Clock:
    now: datetime = WEDNESDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """A stage's rules over a folder of their own."""

    folder: Path
    engine: Engine
    clock: Clock = field(default_factory=Clock)

    def open(self, swapped: Callable[[], None] = lambda: None) -> RulesInUse:
        given = replace(conduct(Stop()), clock=self.clock)
        return RulesInUse(self.folder, engine=self.engine, conduct=given, swapped=swapped)

    def looks(self, rules: RulesInUse, times: int = 2) -> None:
        for _ in range(times):
            self.clock.now += LOOK_EVERY
            rules.refresh()

    def told(self) -> tuple[Release | None, Release | None]:
        """The release in use and the refused one."""
        with snapshot(self.engine) as session:
            return in_use(session), refused(session)


@pytest.fixture
def rules_house(tmp_path: Path) -> Iterator[House]:
    with fresh_store(tmp_path) as engine:
        yield House(copy_rules(tmp_path / "rules"), engine)


def test_an_edit_is_taken_up_between_batches(rules_house: House) -> None:
    swaps: list[int] = []
    rules = rules_house.open(swapped=lambda: swaps.append(1))
    before = rules.read(AD)
    aliases(rules_house.folder).write_bytes(with_alias(rules_house.folder))
    rules.refresh()
    assert rules.read(AD) == before, "not before its time"
    rules_house.looks(rules, 1)
    assert rules.read(AD) == before, "not while it may be half saved"
    with capture_logs() as logs:
        rules_house.looks(rules, 1)
    after = rules.read(AD)
    assert (before.verdict, after.verdict) == ("violation", "none")
    assert before.rules_version != after.rules_version
    assert before.catalogue_version != after.catalogue_version
    assert before.policy_version == after.policy_version
    assert before.rules_since is not None
    assert after.rules_since is not None
    assert before.rules_since < after.rules_since
    assert swaps == [1]
    assert [(entry["event"], entry["version"]) for entry in logs] == [("rules taken up", rules.version)]
    current, bad = rules_house.told()
    assert current is not None
    assert bad is None
    assert (current.rules_version, current.since) == (rules.version, after.rules_since)


def test_rules_that_come_back_are_in_use_anew(rules_house: House) -> None:
    file = aliases(rules_house.folder)
    original = file.read_bytes()
    rules = rules_house.open()
    moments = [rules.read(AD).rules_since]
    for content in (with_alias(rules_house.folder), original):
        file.write_bytes(content)
        rules_house.looks(rules)
        moments.append(rules.read(AD).rules_since)
    assert moments == sorted(set(moments), key=lambda moment: moment or WEDNESDAY)
    assert rules.read(AD).verdict == "violation"


def test_a_clock_that_was_set_back_does_not_hold_up_a_change(rules_house: House) -> None:
    rules = rules_house.open()
    aliases(rules_house.folder).write_bytes(with_alias(rules_house.folder))
    rules_house.clock.now -= timedelta(days=1)
    rules_house.looks(rules)
    assert rules.read(AD).verdict == "none"


def test_a_second_process_and_a_restart_share_the_moment(rules_house: House) -> None:
    first = rules_house.open().read(AD).rules_since
    rules_house.clock.now += timedelta(days=1)
    assert rules_house.open().read(AD).rules_since == first


def test_a_clock_that_goes_back_does_not_turn_the_order_round(rules_house: House) -> None:
    rules = rules_house.open()
    before = rules.read(AD).rules_since
    rules_house.clock.now += LOOK_EVERY
    aliases(rules_house.folder).write_bytes(with_alias(rules_house.folder))
    rules.refresh()
    with_clock_back = replace(conduct(Stop()), clock=lambda: WEDNESDAY - timedelta(days=9))
    later = RulesInUse(rules_house.folder, engine=rules_house.engine, conduct=with_clock_back)
    after = later.read(AD).rules_since
    assert before is not None
    assert after is not None
    assert before < after


def test_a_refusal_tells_what_is_wrong_with_every_file(rules_house: House) -> None:
    with aliases(rules_house.folder).open("ab") as file:
        file.write(b"one cell\n")
    policy = rules_house.folder / "policy.yaml"
    policy.write_text(
        policy.read_text(encoding="utf-8").replace("public: red", "public: pink"), encoding="utf-8"
    )
    with pytest.raises(DataError) as error:
        open_reader(rules_house.folder)
    assert [problem.partition(",")[0] for problem in error.value.problems] == ["aliases.tsv", "policy.yaml"]


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2].rpartition(b"\n")[0] + b"\nhalf a ro"


def unknown_id(content: bytes) -> bytes:
    return content + "新证\tno-such-id\tname\tmemory\n".encode()


def swallowing(content: bytes) -> bytes:
    row = content.splitlines()[1].split(b"\t")
    return content + b"\t".join(["优先证".encode(), *row[1:]]) + b"\n"


def no_text(content: bytes) -> bytes:
    return content + b"\xff\xfe\n"


def nothing(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, unknown_id, swallowing, no_text, nothing])
def test_broken_data_is_refused_and_the_last_good_rules_go_on(
    rules_house: House, damage: Callable[[bytes], bytes]
) -> None:
    file = aliases(rules_house.folder)
    good = file.read_bytes()
    rules = rules_house.open()
    before = rules.read(AD)
    file.write_bytes(damage(good))
    with capture_logs() as logs:
        rules_house.looks(rules, 6)
    assert rules.read(AD) == before
    current, bad = rules_house.told()
    assert current is not None
    assert bad is not None
    assert current.rules_version == before.rules_version
    assert bad.problems
    assert all("aliases.tsv" in problem for problem in bad.problems)
    refusals = [entry["problem"] for entry in logs if entry["event"] == "rules refused"]
    assert refusals == bad.problems[: len(refusals)]
    os.utime(file)
    with capture_logs() as logs:
        rules_house.looks(rules, 3)
    assert logs == [], "the same problems are told once"
    file.write_bytes(good)
    with capture_logs() as logs:
        rules_house.looks(rules)
    assert [entry["event"] for entry in logs] == ["rules mended"]
    assert rules_house.told()[1] is None
    assert rules.read(AD) == before, "the same rules were in use all the time"


def test_a_pattern_that_no_reader_can_be_built_of_is_refused(rules_house: House) -> None:
    rules = rules_house.open()
    cues = rules_house.folder / "cues.yaml"
    text = cues.read_text(encoding="utf-8")
    assert "pattern: '" in text
    cues.write_text(text.replace("pattern: '", "pattern: '((", 1), encoding="utf-8")
    rules_house.looks(rules)
    assert rules_house.told()[1] is not None
    assert rules.read(AD).verdict == "violation"


def test_a_file_that_goes_missing_is_refused_and_its_return_taken_up(rules_house: House) -> None:
    rules = rules_house.open()
    file = rules_house.folder / "policy.yaml"
    moved = file.rename(rules_house.folder / "policy.old")
    rules_house.looks(rules)
    _, bad = rules_house.told()
    assert bad is not None
    assert "policy.yaml" in bad.problems[0]
    moved.rename(file)
    rules_house.looks(rules)
    assert rules_house.told()[1] is None


def test_an_editors_lock_and_draft_are_no_data(rules_house: House) -> None:
    rules = rules_house.open()
    catalogue = aliases(rules_house.folder).parent
    (catalogue / ".#aliases.tsv").symlink_to("someone@somewhere.1")
    (catalogue / ".aliases.tsv.swp").write_bytes(b"\0")
    rules_house.looks(rules)
    assert rules_house.told()[1] is None
    assert rules_house.open().version == rules.version


def test_a_release_is_switched_by_a_link(rules_house: House, tmp_path: Path) -> None:
    new = copy_rules(tmp_path / "new")
    aliases(new).write_bytes(with_alias(new))
    link = tmp_path / "current"
    link.symlink_to(rules_house.folder)
    house = House(link, rules_house.engine)
    rules = house.open()
    (tmp_path / "next").symlink_to(new)
    (tmp_path / "next").rename(link)
    house.looks(rules)
    assert rules.read(AD).verdict == "none"


def test_there_is_no_start_with_broken_data(rules_house: House) -> None:
    file = aliases(rules_house.folder)
    file.write_bytes(cut(file.read_bytes()))
    with pytest.raises(DataError, match=r"aliases\.tsv, line \d+: "):
        rules_house.open()
    current, bad = rules_house.told()
    assert current is None
    assert bad is not None


@contextmanager
def saved_bit_by_bit(file: Path, content: bytes) -> Iterator[Iterator[None]]:
    def parts() -> Iterator[None]:
        for end in range(0, len(content), len(content) // 7 + 1):
            file.write_bytes(content[:end])
            yield
        file.write_bytes(content)

    yield parts()


def test_a_file_that_is_being_saved_is_never_used(rules_house: House) -> None:
    rules = rules_house.open()
    before = rules.version
    content = with_alias(rules_house.folder)
    with saved_bit_by_bit(aliases(rules_house.folder), content) as parts, capture_logs() as logs:
        for _ in parts:
            rules_house.looks(rules, 1)
            assert rules.version == before
    assert logs == []
    rules_house.looks(rules)
    assert rules.read(AD).verdict == "none"
    with snapshot(rules_house.engine) as session:
        assert set(session.scalars(select(Release.status))) == {"good"}


def test_the_shipped_rules_make_a_reader(rules_house: House) -> None:
    assert open_reader(rules_house.folder).rules.version == rules_house.open().version
