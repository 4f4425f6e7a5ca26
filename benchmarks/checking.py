"""Speed of `POST /v1/check`: `python -m benchmarks.checking FILE.jsonl[.gz]… [--limit N] [--batch N]`.

The server of `qingdan public` and a client that only sends and receives share this process, and the figure is
the processor time of both: a publisher with a key hands in batches over HTTP, one after another. Baseline, in
turns with it over the same ads: reading them in-process, without JSON, HTTP or answers. Then the same of the
ads that hold a candidate only. Nothing is printed of any ad.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import uvicorn
from limits import RateLimitItemPerMinute

from benchmarks.reading import ads_in, show
from config.clock import now_in_china
from config.serving import MOST
from nlp.normalise import normalise
from nlp.reader import Reader
from reports.limits import LIMITS, Gate
from reports.public.app import public
from reports.public.check_batch import MAX_BYTES
from reports.public.gate import Desk, Intake
from reports.public.self_check import LONGEST_TEXT, LONGEST_TITLE
from store.database import connect, transaction, upgrade
from store.push import add_key

DAY: Final = date(2024, 6, 1)
GOAL: Final = 1_000
ROUNDS: Final = 3
KEY: Final = "qd_benchmark"
NO_INTAKE: Final = Intake(lambda _form, _at: "", lambda _form: "", lambda _receipt: "")
UNLIMITED: Final = (RateLimitItemPerMinute(sys.maxsize),)

Ads = list[tuple[str, str]]


@contextmanager
def serving(reader: Reader) -> Iterator[HTTPConnection]:
    """A connection to a running server with the key of one publisher."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/qingdan.db")
        upgrade(engine)
        with transaction(engine) as session:
            add_key(session, name="benchmark", source="benchmark", token=KEY, now=now_in_china())
        gate = Gate({**LIMITS, "look": UNLIMITED, "batch": UNLIMITED})
        desk = Desk(engine, reader, now_in_china, NO_INTAKE, gate)
        # The connection stays open while the baseline has its turn.
        config = uvicorn.Config(
            public(desk), port=0, log_config=None, access_log=False, timeout_keep_alive=3600
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield HTTPConnection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
            engine.dispose()


def bodies(ads: Ads, size: int) -> list[bytes]:
    """The batches as a publisher sends them."""
    items = [{"title": title, "text": text, "on": DAY.isoformat()} for title, text in ads]
    batches = [items[begin : begin + size] for begin in range(0, len(items), size)]
    return [json.dumps({"ads": batch}, ensure_ascii=False).encode() for batch in batches]


def over_http(connection: HTTPConnection, batches: list[bytes], expected: int) -> float:
    """Processor time of the server and its client.

    Raises:
        SystemExit: a batch was refused, or an ad of it was not judged.
    """
    started, judged = time.process_time(), 0
    for body in batches:
        connection.request("POST", "/v1/check", body, {"Authorization": f"Bearer {KEY}"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            sys.exit(f"a batch was answered {answer.status}")
        judged += content.count(b'"mentions":')
    if judged != expected:
        sys.exit(f"{judged:,} of {expected:,} ads were judged")
    return time.process_time() - started


def in_process(reader: Reader, ads: Ads) -> float:
    started = time.process_time()
    for title, text in ads:
        reader.read(title=title, text=text, on=DAY)
    return time.process_time() - started


def measure(what: str, reader: Reader, connection: HTTPConnection, ads: Ads, size: int) -> None:
    batches = bodies(ads, size)
    if max(map(len, batches)) > MAX_BYTES:
        sys.exit(f"a batch has more than {MAX_BYTES} bytes; choose a smaller --batch")
    bare = over = float("inf")
    for _ in range(ROUNDS):
        bare = min(bare, in_process(reader, ads))
        over = min(over, over_http(connection, batches, len(ads)))
    print(f"{what}: {len(ads):,} ads in batches of {size}; read in-process {len(ads) / bare:,.0f} a second")
    show("  over HTTP, ads a second", len(ads) / over, GOAL)
    rest = (over - bare) / len(ads) * 1e6
    print(f"  {bare / over:.2f} of the baseline; {rest:.0f} µs an ad for JSON, HTTP and answers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=200, choices=range(1, MOST + 1), metavar="N")
    arguments = parser.parse_args()
    reader = Reader.load()
    ads = [
        (title[:LONGEST_TITLE], text[:LONGEST_TEXT])
        for title, text in ads_in(arguments.files, arguments.limit)
    ]
    ads = [ad for ad in ads if any(part.strip() for part in ad)]
    if not ads:
        sys.exit("no ads in these files")
    triggers = reader.rules.lexicon.triggers
    candidates = [ad for ad in ads if any(triggers(normalise(part).text) for part in ad)]
    with serving(reader) as connection:
        measure("all ads", reader, connection, ads, arguments.batch)
        measure("ads with a candidate", reader, connection, candidates, arguments.batch)


if __name__ == "__main__":
    main()
