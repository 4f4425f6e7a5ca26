"""A suite that passes without the defence proves nothing: each is taken out, and a test must notice."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.settings import ROOT
from tests.test_house import tracked


@dataclass(frozen=True)
class Mutant:
    """One defence taken out of `file`, and the test that fails without it."""

    file: str
    defence: str
    instead: str
    test: str
    only: str = ""
    """What the names of the tests to run have in common."""


MUTANTS = {
    "offsets are committed before the work": Mutant(
        "consumers/loop.py",
        "        handled = [self._handle(",
        "        self._commit(_next_offsets(self._batch))\n        handled = [self._handle(",
        "tests/consumers/test_loop.py", "something_unforeseen",
    ),
    "offsets are committed before the dead letters": Mutant(
        "consumers/loop.py",
        "        self._publish(items, letters)",
        "        self._commit(_next_offsets(self._batch))\n        self._publish(items, letters)",
        "tests/consumers/test_loop.py", "letters_that_cannot_be_written",
    ),
    "nobody looks whether the database was set back": Mutant(
        "consumers/loop.py", "            if behind:", "            if behind and not behind:",
        "tests/consumers/test_loop_crashes.py", "set_back",
    ),
    "rows are inserted without looking for their keys": Mutant(
        "store/upsert.py", "_insert(session, model).on_conflict_do_nothing()", "_insert(session, model)",
        "tests/consumers/test_loop_crashes.py", "replaying",
    ),
    "ids do not derive from the facts alone": Mutant(
        "events/types.py", 'stable_id("checked-ad", cls.SCHEMA,', 'stable_id("checked-ad", id(ad),',
        "tests/consumers/test_loop_crashes.py", "replaying",
    ),
    "what ends its process is tried for ever": Mutant(
        "consumers/attempts.py", "return earlier if earlier >= LIMIT else 0", "return 0",
        "tests/consumers/test_attempts.py", "buried",
    ),
    "dead letters have no budget": Mutant(
        "consumers/failures.py", "if run > self.consecutive:", "if run < 0:",
        "tests/consumers/test_budget.py", "understands_nothing",
    ),
    "a source may lose ads for ever": Mutant(
        "consumers/failures.py", "if count > self.of_source:", "if count < 0:",
        "tests/consumers/test_budget.py", "outlives_the_process",
    ),
    "the outbox forgets what the log has not taken": Mutant(
        "store/outbox.py", "        publish([Waiting(topic", "        _ = lambda: publish([Waiting(topic",
        "tests/store/test_outbox.py", "does_not_take",
    ),
    "an embedded member commits what is another's": Mutant(
        "events/embedded.py",
        "if not self._membership.holds(",
        "if not self._file and not self._membership.holds(",
        "tests/events/test_embedded.py", "late_commit",
    ),
    "acknowledgements are not looked at": Mutant(
        "events/kafka_producer.py",
        "return [_trouble(future) for future in futures if not future.succeeded()]",
        "return []",
        "tests/events/test_kafka_faults.py", "nothing_counts_as_published",
    ),
    "an offset that is gone is set anew": Mutant(
        "events/kafka_client.py", '"auto_offset_reset": "none"', '"auto_offset_reset": "earliest"',
        "tests/events/test_kafka_faults.py", "retention_took",
    ),
    "a member on Kafka commits what is another's": Mutant(
        "events/kafka_consumer.py", "        if foreign:", "        if foreign and not foreign:",
        "tests/events/test_kafka.py", "late_commit",
    ),
    "what the brokers answer between two polls is thrown away": Mutant(
        "events/kafka_consumer.py", "        if not (kept and ", "        if True or not (kept and ",
        "tests/events/test_kafka_faults.py", "busy_when_the_brokers_answer",
    ),
    "an idle stage does not look at the database": Mutant(
        "consumers/loop.py", "            self._assigned = frozenset()\n        return lost",
        "            pass\n        return lost",
        "tests/consumers/test_loop_postgres.py", "idle_stage_notices",
    ),
    "a record bears the time of the producer's machine": Mutant(
        "events/kafka_cluster.py", '"message.timestamp.type": "LogAppendTime",', "",
        "tests/events/test_kafka_faults.py", "bears_the_brokers_time",
    ),
    "what dead letters claim is trimmed": Mutant(
        "events/claims_trim.py", "        yield _of_letter(record.value)", "        _of_letter(record.value)",
        "tests/events/test_claims_trim.py", "is_kept",
    ),
    "every try of an alert has a key of its own": Mutant(
        "consumers/webhook.py", "self._sent_with(key, ", "self._sent_with(key + str(id(connection)), ",
        "tests/consumers/test_webhook.py", "once_in_the_end",
    ),
    "a receiver may take as long as it likes": Mutant(
        "consumers/deadline.py", "    timer.start()", "    _ = timer.start",
        "tests/consumers/test_webhook.py", "drip",
    ),
    "the door does not wait for a log that has no topics yet": Mutant(
        "crawlers/spool.py", "LogUnavailable, UnknownTopic)", "LogUnavailable)",
        "tests/crawlers/test_spool.py", "waits_and_goes_out_first",
    ),
    "records whose claims cannot be redeemed are passed over": Mutant(
        "events/kafka_consumer.py", "self._client.seek(where, records[0].offset)", "pass",
        "tests/events/test_claims.py", "is_away",
    ),
}  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project once more, to be broken."""
    for path in tracked():
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


@pytest.mark.parametrize("name", MUTANTS)
def test_the_defence_and_its_tests_are_where_they_were(name: str) -> None:
    mutant = MUTANTS[name]
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.defence) == 1
    # What a log has to do is tested where all logs are.
    tests = (ROOT / mutant.test, ROOT / "tests" / "events" / "log_contract.py")
    assert any(mutant.only in file.read_text(encoding="utf-8") for file in tests)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", MUTANTS)
def test_a_defence_that_is_taken_out_is_missed(name: str, copy: Path) -> None:
    mutant = MUTANTS[name]
    file = copy / mutant.file
    code = file.read_text(encoding="utf-8")
    assert code.count(mutant.defence) == 1
    file.write_text(code.replace(mutant.defence, mutant.instead), encoding="utf-8")
    command = (sys.executable, "-m", "pytest", mutant.test, "-k", mutant.only, "-p", "no:cacheprovider")
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    # 1 is what pytest ends with when tests fail; when they cannot even be collected it is 2.
    assert done.returncode == 1, done.stdout[-3000:]
