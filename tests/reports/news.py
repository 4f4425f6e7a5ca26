"""What bureaus are told in the tests of alerts: a new case, a withdrawn one, a hint; a letter, read back."""

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage

from lxml import html as lxml_html

from config.packs import in_use
from config.policy import Basis
from config.settings import CHINA
from store.announced_hints import AnnouncedHint, Hints
from store.announcements import AnnouncedCase, Announcement, Evidence
from store.deliveries import NEW_CASES, NEW_HINTS, WITHDRAWN_CASES
from store.hints import Hint
from store.withdrawals import Withdrawals, WithdrawnCase

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=CHINA)
PACKS = in_use()
SENDER = "qingdan@qingdan.example"
TEXTS = {
    "P1": Basis(
        title="关于公布国家职业资格目录的通知",
        number="人社部发〔2017〕68号",
        date="2017-09",
        addressee="",
        quote="",
        verified=True,
        source="test",
    )
}

EVIDENCE = Evidence(
    title="健身教练",
    clause="：须持有健身教练证，能倒班；",
    quote="健身教练证",
    cue="须",
    basis=("P1",),
    ended_by="",
    measure="核实后提醒告知，建议改正招聘条件",
    suggestion="持有健身教练证者优先",
    source="board",
    url="http://board.example/ads/1",
    acting_for="",
    posted=NOW.date(),
    first_seen=NOW,
    gone=False,
)
CASE = AnnouncedCase(
    number="QD-110000-2026-000001",
    division="110105",
    employer="北京某某健身有限公司",
    poster="private",
    qualification="健身教练证",
    kind="post_permit",
    severity="orange",
    ads=1,
    follows="",
    evidence=(EVIDENCE,),
)
NEWS = Announcement(
    delivery_id="0f" * 16,
    kind=NEW_CASES,
    key="2026-11-18-110000-0f0f0f0f0f0f",
    created_at=NOW,
    bureau="110000",
    bureau_name="北京市人力资源和社会保障局",
    email="rsj@bureaus.example",
    total=1,
    urgent=0,
    ads=1,
    cases=(CASE,),
)


HEADER = {
    name: getattr(NEWS, name)
    for name in ("delivery_id", "key", "created_at", "bureau", "bureau_name", "email", "total")
}
WITHDRAWN = Withdrawals(
    **HEADER,
    kind=WITHDRAWN_CASES,
    cases=(
        WithdrawnCase(
            number="QD-110000-2026-000001",
            division="110105",
            employer="北京某某健身有限公司",
            poster="private",
            qualification="健身教练证",
            announced_at=NOW,
            announced_in="2026-11-11-110000-0a0a0a0a0a0a",
            rules="5f0c2a91",
        ),
    ),
)
HINT = Hint(
    ad_id="3c" * 16,
    pack="training",
    quotes=("先就业后付款", "学费分期"),
    basis=("P1",),
    employer="北京某某培训有限公司",
    poster="private",
    division="110105",
    title="学徒",
    url="http://board.example/ads/2",
    source="board",
    posted=None,
    first_seen=NOW,
)
HINTS = Hints(
    **HEADER,
    kind=NEW_HINTS,
    ads=1,
    hints=(
        AnnouncedHint(
            number="3c" * 16,
            pack="training",
            division="110105",
            employer="北京某某培训有限公司",
            poster="private",
            ads=1,
            basis=("P1",),
            evidence=(HINT,),
        ),
    ),
)


def read_back(message: EmailMessage) -> EmailMessage:
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def bodies(message: EmailMessage) -> tuple[str, lxml_html.HtmlElement]:
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return plain.get_content().replace("\r\n", "\n"), lxml_html.document_fromstring(rich.get_content())
