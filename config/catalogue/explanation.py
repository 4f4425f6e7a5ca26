"""The catalogue's answers as Chinese text for people who are no lawyers."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from config.catalogue.comparison import ChangeOfLaw, Comparison, Inventory
from config.catalogue.demand import Demand, Ground
from config.catalogue.documents import Citation, ListedItem, ListedSubItem, Place, State, States
from config.catalogue.lookup import Answer, Found, Stretch
from config.catalogue.model import ChangeKind, Kind, ListedClass

KINDS: Final[dict[Kind, str]] = {
    "licensing": "准入类职业资格",
    "proficiency": "水平评价类职业资格",
    "skill_level": "职业技能等级，不是国家职业资格",
    "delisted": "已取消的职业资格",
    "post_permit": "没有法定依据的上岗证、岗位证",
    "foreign": "境外职业资格",
    "vendor": "企业或机构的认证",
    "statutory": "法律、法规要求的其他证件，不是职业资格",
    "title": "职称，不是职业资格",
    "education": "语言、计算机等考试，不是职业资格",
    "generic": "没有写明名称的证书",
    "other": "目录未收录的证书，类别未查明",
}
CLASSES: Final[dict[ListedClass, str]] = {
    "licensing": "准入类",
    "proficiency": "水平评价类",
    "pending": "拟依法调整为准入类",
}
PARTS: Final = {"professional": "专业技术人员职业资格", "skilled": "技能人员职业资格"}
CHANGES: Final[dict[ChangeKind, str]] = {
    "entered": "新增", "left": "退出", "renamed": "更名", "extended": "扩大范围", "merged": "合并",
    "narrowed": "缩小范围", "reclassed": "调整类别", "kept": "保留",
}  # fmt: skip
PENDING: Final = "准入类职业资格（公布的表述为“拟依法调整为准入类”）"
UNVERIFIED: Final = "〔待核〕"
_SHOWN: Final = 12
"""Names of a list that are shown before its length is given instead."""


def explain(answer: Answer) -> str:
    """The answer to a look-up: one block for each meaning of the name."""
    if not answer.meanings:
        near = f"。相近的名称：{'、'.join(answer.near)}" if answer.near else ""
        return f"没有收录“{answer.asked}”{near}"
    lines = [f"查询：{answer.asked.strip()}　日期：{answer.on}　当日目录：{answer.edition}"]
    if answer.read_as != answer.asked.strip():
        lines.append(f"没有收录此名，按“{answer.read_as}”查询")
    many = len(answer.meanings) > 1
    if many:
        lines.append(f"“{answer.read_as}”有{len(answer.meanings)}种含义。{answer.decided_by}")
    for number, found in enumerate(answer.meanings, start=1):
        lines.extend(["", *_block(found, f"{number}. " if many else "")])
    return "\n".join(lines)


def _block(found: Found, number: str) -> Iterator[str]:
    yield f"{number}{found.name}"
    if found.condition:
        yield f"  何时指此：{found.condition}{'（默认）' if found.default else ''}"
    yield f"  性质：{kind_told(found.kind, pending=found.pending)}{mark(verified=found.verified)}"
    yield "  可否要求："
    told: set[Ground] = set()
    for demand in found.demands:
        yield from _demand(demand, told)
    if found.item:
        yield from _item(found.item)
    yield "  沿革："
    yield from (f"    {_stretch(stretch)}" for stretch in found.history)
    yield f"  广告中的写法：{some(found.names, '种') or '未见'}"
    yield "  出处："
    yield from _sources(found.sources)


def _demand(demand: Demand, told: set[Ground]) -> Iterator[str]:
    """A text that the block has quoted already, in `told`, is only named."""
    yield f"    {demand.where}：{demand.text}" if demand.where else f"    {demand.text}"
    if demand.posts:
        yield f"      岗位：{'、'.join(demand.posts)}"
    if demand.note:
        yield f"      说明：{demand.note}"
    for ground in demand.basis:
        yield f"      依据：{ground.citation}{'' if ground in told else terms(ground, demand.where)}"
        told.add(ground)
    if demand.wording:
        yield f"      建议表述：{demand.wording}"


def terms(ground: Ground, where: str) -> str:
    """Whom the text binds, unless the posts say so already, and its words."""
    addressee = f"，对象为{ground.addressee}" if ground.addressee not in {"", where} else ""
    return addressee + (f"：“{ground.quote}”" if ground.quote else "")


def _item(item: ListedItem) -> Iterator[str]:
    name = f"{PARTS[item.part]}第{item.number}项“{item.name}”{mark(verified='name' not in item.unverified)}"
    yield f"  目录条目：{name}，{CLASSES[item.listed]}{mark(verified='class' not in item.unverified)}"
    yield f"  实施部门：{cell(item, 'departments', item.departments) or '未见'}"
    yield f"  设定依据：{cell(item, 'legal_basis', item.legal_basis) or '未见'}"
    if item.contents:
        yield f"  该项包括：{some(item.contents, '项')}"


def cell(row: ListedItem | ListedSubItem, column: str, names: tuple[str, ...]) -> str:
    """A cell with its mark; nothing for an empty one."""
    return "、".join(names) + mark(verified=column not in row.unverified) if names else ""


def _stretch(stretch: Stretch) -> str:
    numbers = "".join(f"[{number}]" for number in stretch.sources)
    return f"{when(stretch)}：{said(stretch)}{numbers}"


def said(stretch: Stretch) -> str:
    """What the law said in that time, by which list or document."""
    item = stretch.item
    kind = "" if _unrecorded(stretch) else kind_told(stretch.kind, pending=stretch.pending)
    listed = f"{stretch.edition}{PARTS[item.part]}第{item.number}项“{item.name}”" if item else ""
    parts = (kind, listed, stretch.document, stretch.note)
    return "；".join(filter(None, parts)) + mark(verified=stretch.verified)


def _unrecorded(stretch: Stretch) -> bool:
    """Nothing is known of that time: neither a list nor a document, and nothing that was checked."""
    return not (stretch.item or stretch.document or stretch.verified) and bool(stretch.note)


def when(stretch: Stretch) -> str:
    """The stretch's time, as far as its ends are known."""
    if stretch.start is None:
        return f"{stretch.until}及以前" if stretch.until else "历来"
    if not stretch.dated:
        return f"（起始日期不明）至{stretch.until}" if stretch.until else "此后（起始日期不明）"
    return f"{stretch.dated}至{stretch.until}" if stretch.until else f"{stretch.dated}起"


def kind_told(kind: Kind, *, pending: bool) -> str:
    """What sort of paper it is."""
    return PENDING if pending else KINDS[kind]


def mark(*, verified: bool) -> str:
    """Stands behind what was not seen in a text."""
    return "" if verified else UNVERIFIED


def some(names: tuple[str, ...], measure: str) -> str:
    """The first of `names`; how many there are, counted with `measure`, where these are not all."""
    more = f"等{len(names)}{measure}" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more


def _sources(sources: tuple[Citation, ...]) -> Iterator[str]:
    for source in sources:
        parts = (source.title, source.publisher, source.date, source.url)
        yield f"    [{source.number}] {'，'.join(filter(None, parts))}{mark(verified=source.seen)}"


def explain_states(states: States) -> str:
    """One line for each state of the catalogue, oldest first."""
    return "\n".join(_state(state) for state in states.states)


def _state(state: State) -> str:
    items = f"{state.items}项" if state.items else "无目录"
    start = f"{state.dated}起" if state.dated else "此前"
    return f"{state.id}\t{start}\t{items}\t{state.title}\t{state.document}{mark(verified=state.verified)}"


def explain_inventory(inventory: Inventory, *, whole: bool) -> str:
    """The items of a state: a line for each, or everything that is known of them if `whole`."""
    lines = [_state(inventory.state)]
    for item in inventory.items:
        lines.extend(_item(item) if whole else [_item_line(item)])
        if whole:
            lines.extend(f"    {_sub_item(each)}" for each in item.sub_items)
            lines.extend([f"  说明：{item.note}"] if item.note else [])
    if whole:
        lines.extend(["  出处：", *_sources(inventory.sources)])
    return "\n".join(lines)


def _item_line(item: ListedItem) -> str:
    name = item.name + mark(verified=not {"name", "class"} & set(item.unverified))
    return f"{PARTS[item.part][:2]}\t{item.number}\t{CLASSES[item.listed]}\t{name}"


def _sub_item(each: ListedSubItem) -> str:
    place = "·".join(filter(None, (each.listing, each.group, each.code)))
    said = (
        CLASSES[each.listed] if each.listed else "",
        cell(each, "departments", each.departments),
        cell(each, "legal_basis", each.legal_basis),
        each.note,
    )
    told = "；".join(filter(None, said))
    named = f"{f'（{place}）' if place else ''}{each.name}{mark(verified='name' not in each.unverified)}"
    return f"{named}：{told}" if told else named


def explain_comparison(comparison: Comparison) -> str:
    """What changed in law, grouped by the day from which it held."""
    earlier, later = comparison.earlier, comparison.later
    lines = [f"{earlier.title}（{earlier.items}项）→ {later.title}（{later.items}项）"]
    if not comparison.changes:
        return f"{lines[0]}\n  没有变化"
    for (day, document), group in groupby(comparison.changes, key=lambda each: (each.on, each.document)):
        lines.extend(["", f"{day}　{document}", *(f"  {_change(change)}" for change in group)])
    return "\n".join([*lines, "", "出处：", *_sources(comparison.sources)])


def _change(change: ChangeOfLaw) -> str:
    before, after = change.before, change.after
    what = "→".join(_place(place) for place in _places(before, after))
    whole = change.change in {"entered", "left"} and len(change.occupations) < 2  # noqa: PLR2004
    occupations = "" if whole else f"：{'、'.join(change.occupations)}" if change.occupations else ""
    note = f"；{change.note}" if change.note else ""
    numbers = "".join(f"[{number}]" for number in change.sources)
    return f"{CHANGES[change.change]}　{what}{occupations}{note}{mark(verified=change.verified)}{numbers}"


def _places(before: Place | None, after: Place | None) -> list[Place]:
    """Both ends of a change; one is enough where they differ by nothing but the number."""
    if before and after and (before.name, before.listed) == (after.name, after.listed):
        return [after]
    return [place for place in (before, after) if place]


def _place(place: Place) -> str:
    return f"{PARTS[place.part][:2]}第{place.number}项“{place.name}”（{CLASSES[place.listed]}）"
