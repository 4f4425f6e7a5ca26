"""`qingdan doctor --reconcile` over Kafka and PostgreSQL, from the file to the letter, in real processes."""

import json
import os
import subprocess
from contextlib import closing
from pathlib import Path

from config.settings import ROOT
from events.kafka import KafkaLog
from events.log import Message
from events.topics import COLLECTED
from tests.postgres import Cluster
from tests.processes import PATIENCE

TEXTS = ("须持有会计从业资格证。", "工作细致。", "先就业后付款，学完包分配。")


def test_the_books_balance_and_a_loss_is_named(tmp_path: Path, kafka_url: str, postgres: Cluster) -> None:
    database = postgres.new_database()
    given = {"HOME": tmp_path, "EVENTS_URL": kafka_url, "DATABASE_URL": postgres.url(database)}
    environment = os.environ | {f"QINGDAN_{name}": str(value) for name, value in given.items()}
    file = tmp_path / "ads.jsonl"
    rows = [
        {"id": str(n), "title": "会计", "text": TEXTS[n % 3], "company": f"公司{n}", "city": "上海"}
        for n in range(12)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, rows[0]]), encoding="utf-8")

    def qingdan(*command: str, status: int = 0) -> list[str]:
        done = subprocess.run(
            [ROOT / "qingdan", *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout.splitlines()

    qingdan("ingest", str(file))
    with closing(KafkaLog.at(kafka_url, options="{}", replication=1)) as log, closing(log.producer()) as bad:
        bad.publish([Message(COLLECTED, b"bad", b"no ad")])
    qingdan("run", "--until-idle", status=1)
    assert qingdan("doctor", "--reconcile") == [
        "ok   door: 13 in = 12 done, 1 filtered, 0 dead, 0 in flight",
        "ok   check: 13 in = 12 done, 0 filtered, 1 dead, 0 in flight",
        "ok   record: 12 in = 12 done, 0 filtered, 0 dead, 0 in flight",
        "ok   alert: 8 in = 8 done, 0 filtered, 0 dead, 0 in flight",
    ]
    postgres.run("UPDATE deliveries SET status = 'skipped' WHERE kind = 'new_cases'", database=database)
    lost = qingdan("doctor", "--reconcile", status=1)
    assert "BAD  alert: 8 in = 4 done, 0 filtered, 0 dead, 0 in flight, 4 MISSING" in lost
    assert sum(line.startswith("BAD    new_cases to 310000: ") for line in lost) == 4
