"""A store full of made-up cases, as a year of work would leave it: for benchmarks of what people look at.

All is drawn from a generator with a seed, so that the same count gives the same store. As in the real ads, a
few employers, papers, bureaus and boards have most of the cases; most cases have one clue, few have hundreds.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from config.bureaus import load_bureaus
from config.casework import casework
from config.settings import CHINA
from store.casework_models import AuditLink, CaseClock
from store.database import transaction
from store.models import Ad, AdVersion, Base, Case, CaseEvent, Clue, Employer, StoredReading
from store.search import index_cases
from store.search_models import CaseWords
from store.upsert import by_copy, copy_unseen, insert_new

NOW: Final = datetime(2026, 11, 18, 10, 30, tzinfo=CHINA)
SPAN: Final = timedelta(weeks=52)
AT_ONCE: Final = 5_000
"""Clues that are written together."""
MOST: Final = 300
"""Clues in one case."""
AROUND: Final = 150
"""Characters of an ad before and after what accuses it."""
WITHDRAWN: Final = 0.03
"""Of all clues."""
PEOPLE: Final = tuple(f"第{number}人" for number in range(400))
PAPERS: Final = (
    "会计从业资格证", "人力资源管理师", "电工证", "心理咨询师", "普通话证书", "焊工证", "电工进网作业许可证",
    "物业管理师", "营养师", "教师资格证", "保育员证", "叉车证", "秘书证", "导游证", "报关员证",
    "计算机二级", "证券从业资格证", "单证员", "理财规划师", "美容师", "茶艺师", "养老护理员", "育婴师",
    "物流师", "企业培训师", "钳工证", "广告设计师", "职业指导员", "婚姻家庭咨询师", "采购师", "网络管理员",
    "锅炉工", "车工证", "制冷工", "电梯安装维修工", "架子工", "评茶员", "插花员", "室内装饰设计师",
)  # fmt: skip
"""The commonest first."""
TRADES: Final = (
    "科技", "商贸", "物业服务", "人力资源", "建筑工程", "教育咨询", "餐饮管理", "医药", "机电设备",
    "物流", "电子", "网络", "酒店管理", "化工", "食品", "服装", "广告传媒", "装饰工程", "环保",
)  # fmt: skip
LETTERS: Final = (
    "安邦宝昌诚达德鼎东方丰富高冠光广国海航豪和恒宏华汇嘉建金锦景久君"
    "凯康乐利联龙隆茂美明铭鹏普启千青庆荣瑞润森盛世顺泰天通"
)
CLAUSES: Final = (
    "须持有{paper}",
    "持{paper}上岗",
    "必须具备{paper}，能适应倒班",
    "要求：有{paper}，两年以上{word}经验",
    "需取得{paper}及{word}证明",
    "有{paper}，熟悉{word}设备的日常维护与保养，服从安排",
    "应聘者须有{paper}原件，无证者勿扰",
    "大专以上学历，{word}专业，持有{paper}",
)
SEVERITIES: Final = ("red", "orange", "orange", "orange", "orange", "yellow", "yellow", "grey")
WAY: Final = ("confirm", "approve", "dispatch", "sign", "verify", "order", "correct", "close")
"""What is done in a case that goes all the way."""
DEEDS: Final = (("dismiss",), *(WAY[:steps] for steps in range(len(WAY) + 1)), (*WAY[:4], "no_action"))
TABLES: Final = (Ad, AdVersion, StoredReading, Case, Clue, CaseEvent, AuditLink, CaseClock)
INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = ANY (:tables) AND starts_with(indexname, 'ix_') AND indexname <> 'ix_clues_case_id'
"""
Row = dict[str, Any]
Rows = dict[type[Base], list[Row]]


def fill(engine: Engine, clues: int, *, span: timedelta = SPAN) -> int:
    """Write so many clues of `span`, or a few more, with what belongs to them; how many cases they make."""
    house, cases = House(clues, span), 0
    with _unindexed(engine):
        with _writing(engine) as session:
            _bring(session, Employer, house.employers)
        while house.made < clues:
            rows = house.next_rows()
            with _writing(engine) as session:
                for model in TABLES:
                    _bring(session, model, rows[model])
                index_cases(session, {row["id"] for row in rows[Case]})
            cases += len(rows[Case])
    # As a server does of itself after a while.
    with _by_itself(engine) as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if _on_postgresql(engine) else "ANALYZE")
    return cases


def _on_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _by_itself(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    with transaction(engine) as session:
        if _on_postgresql(engine):
            session.execute(text("SET LOCAL session_replication_role = replica"))  # foreign keys unchecked
        yield session


@contextmanager
def _unindexed(engine: Engine) -> Iterator[None]:
    """Makes most indexes anew at the end, which takes a fraction of the time of keeping them."""
    if not _on_postgresql(engine):
        yield
        return
    with _by_itself(engine) as connection:
        tables = [model.__tablename__ for model in (*TABLES, CaseWords)]
        found = connection.execute(text(INDEXES), {"tables": tables}).all()
        for name, _ in found:
            connection.exec_driver_sql(f"DROP INDEX {name}")
        yield
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
        for _, definition in found:
            connection.exec_driver_sql(definition)


def _bring(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    if by_copy(session, rows):
        copy_unseen(session, model, rows)
    else:
        insert_new(session, model, rows)


class Ranked:
    """Things of which one is drawn the more often, the further in front it stands."""

    def __init__(self, things: Sequence[Any]) -> None:
        self._things = things
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(things))))

    def draw(self, chance: Random) -> Any:  # noqa: ANN401 - whatever the things are
        return chance.choices(self._things, cum_weights=self._weights)[0]


class House:
    """Makes the rows, the oldest cases first."""

    def __init__(self, clues: int, span: timedelta) -> None:
        self._chance = Random(clues)
        self._wanted, self._span = clues, span
        self._numbers: Counter[str] = Counter()
        self._links = 0
        self._filler = "".join(self._word() for _ in range(5_000))
        self._bureaus = Ranked([bureau.code for bureau in load_bureaus()[1:]])
        self._boards = Ranked([f"board-{number}" for number in range(40)])
        self._papers = Ranked(PAPERS)
        self.made = 0
        self.employers = [self._employer(number) for number in range(clues // 4 + 1)]
        self._employers = Ranked(self.employers)

    def next_rows(self) -> Rows:
        """About `AT_ONCE` more clues with their cases, by table."""
        rows: Rows = defaultdict(list)
        while self.made < self._wanted and len(rows[Clue]) < AT_ONCE:
            self._add_case(rows)
        return rows

    def _word(self) -> str:
        return "".join(self._chance.choices(LETTERS, k=2))

    def _employer(self, number: int) -> Row:
        name = f"{self._word()}{self._word()}{self._chance.choice(TRADES)}有限公司"
        return {
            "id": _id("employer", number),
            "name": name,
            "poster": "private",
            "first_seen": NOW - self._span,
        }

    def _add_case(self, rows: Rows) -> None:
        chance, age = self._chance, 1 - self.made / self._wanted
        bureau, paper = self._bureaus.draw(chance), self._papers.draw(chance)
        self._numbers[bureau] += 1
        case = {
            "id": _id("case", bureau, self._numbers[bureau]),
            "number": f"QD-{bureau}-2026-{self._numbers[bureau]:06d}",
            "employer_id": self._employers.draw(chance)["id"],
            "qualification": paper,
            "name": paper,
            "division": bureau,
            "bureau": bureau,
            "status": "suspected",
            "opened_at": NOW - self._span * age,
            "follows": None,
        }
        rows[Case].append(case)
        rows[CaseEvent].append(_event(case, "opened", case["opened_at"]))
        # The longer ago, the likelier it is that somebody has worked on it.
        for deed in chance.choice(DEEDS) if chance.random() < age else ():
            self._do(rows, case, deed)
        if case["status"] != "suspected" and casework().statuses[case["status"]].open:
            rows[CaseClock].append(_clock(case["id"], chance.randint(-3, 40)))
        for _ in range(min(int(chance.paretovariate(1.8)), MOST)):
            self._add_clue(rows, case)

    def _do(self, rows: Rows, case: Row, action: str) -> None:
        case["status"] = casework().actions[action].to
        event = _event(case, action, NOW, actor=self._chance.choice(PEOPLE), to_status=case["status"])
        self._links += 1
        rows[CaseEvent].append(event)
        rows[AuditLink].append({"number": self._links, "event_id": event["id"], "hash": 2 * event["id"]})

    def _add_clue(self, rows: Rows, case: Row) -> None:
        chance, number, at = self._chance, self.made, case["opened_at"]
        self.made += 1
        clause = chance.choice(CLAUSES).format(paper=case["name"], word=self._word())
        # Everything that belongs to the clue has the same id: they are of different tables.
        clue = _id("clue", number)
        seen = {
            "employer_id": case["employer_id"],
            "division": case["division"],
            "source": self._boards.draw(chance),
            "first_seen": at,
        }
        rows[Ad].append(_ad(clue, seen))
        rows[AdVersion].append(_version(clue, case, self._around(clause)))
        rows[StoredReading].append(_reading(clue, at))
        rows[Clue].append(
            _clue(clue, case, clause, seen)
            | {
                "severity": chance.choice(SEVERITIES),
                "withdrawn_at": at if chance.random() < WITHDRAWN else None,
                "human_verdict": self._verdict(case),
            }
        )
        added = _event(case, "clue_added", at)
        rows[CaseEvent].append(added | {"id": _id("added", number), "clue_id": clue})

    def _around(self, clause: str) -> str:
        start = self._chance.randrange(len(self._filler) - 2 * AROUND)
        before, after = (self._filler[place : place + AROUND] for place in (start, start + AROUND))
        return f"{before}。{clause}。{after}"

    def _verdict(self, case: Row) -> str | None:
        if case["status"] in {"suspected", "reviewed"} or self._chance.random() < 0.02:
            return None
        return "false_alarm" if case["status"] == "false_alarm" else "confirmed"


def _ad(ad: str, seen: Row) -> Row:
    return seen | {
        "id": ad,
        "source_ad_id": ad,
        "url": f"https://board.example/{ad}",
        "city": "",
        "posted": seen["first_seen"].date(),
        "latest_at": seen["first_seen"],
        "version_id": ad,
        "reading_id": ad,
        "rules_since": seen["first_seen"],
        "verdict": "violation",
    }


def _version(ad: str, case: Row, words: str) -> Row:
    return {
        "id": ad,
        "ad_id": ad,
        "run_id": "",
        "raw_sha256": "",
        "masked": 0,
        "title": case["name"],
        "text": words,
        "observed_at": case["opened_at"],
        "posted": case["opened_at"].date(),
        "valid_through": None,
    }


def _reading(ad: str, at: datetime) -> Row:
    return {
        "id": ad,
        "version_id": ad,
        "on": at.date(),
        "edition": "2021",
        "rules_version": "r1",
        "verdict": "violation",
        "mentions": [],
    }


def _clue(clue: str, case: Row, clause: str, seen: Row) -> Row:
    start = AROUND + 1 + clause.index(case["name"])
    return seen | {
        "id": clue,
        "case_id": case["id"],
        "ad_id": clue,
        "version_id": clue,
        "reading_id": clue,
        "field": "text",
        "start": start,
        "end": start + len(case["name"]),
        "quote": case["name"],
        "clause": clause,
        "clause_start": AROUND + 1,
        "name": case["name"],
        "qualification": case["name"],
        "kind": "skill_level",
        "strength": "required",
        "cue": "须",
        "rule": "required.word",
        "basis": [],
        "suggestion": "",
        "edition": "2021",
        "rules_version": "r1",
        "held_by": None,
    }


def _event(case: Row, action: str, at: datetime, *, actor: str = "machine", to_status: str = "") -> Row:
    return {
        "id": _id("event", case["id"], action),
        "case_id": case["id"],
        "at": at,
        "actor": actor,
        "action": action,
        "clue_id": None,
        "reason": "属实" if to_status else "",
        "to_status": to_status,
        "given": {},
    }


def _clock(case_id: str, days: int) -> Row:
    due = NOW.date() + timedelta(days=days)
    return {"case_id": case_id, "due": due, "step": "复核", "arranged": True, "paused_on": None}


def _id(*parts: object) -> str:
    return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()
