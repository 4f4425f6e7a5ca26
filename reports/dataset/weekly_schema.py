"""The schema of the weekly tables: counts in slices, of which small ones are left empty."""

from typing import Final

from reports.dataset.fields import Field, Table
from reports.dataset.shared_fields import OCCUPATION, SOURCE, WEEK


def _aggregate(name: str, en: str, zh: str) -> Field:
    return Field(name=name, type="integer", example=120, privacy="aggregate", nullable=True, en=en, zh=zh)


_READ: Final = _aggregate(
    "ads", "Ads first seen in that week and read", "该周首次发现并已识别的招聘信息数（分母）"
)
_SUPPRESSED: Final = Field(
    name="suppressed", type="boolean", example=False,
    en="Is a count left empty because it lies between 1 and 4, or would tell one that does?",
    zh="是否有计数因在 1 至 4 之间、或可推算出此类计数而留空",
)  # fmt: skip
_COUNTS: Final = (
    _READ,
    _aggregate("ads_violation", "of these, with at least one violation", "其中至少一项疑似违规的数量"),
    _aggregate("ads_advisory", "of these, with the gravest verdict advisory", "其中最重为提示的数量"),
    _aggregate("clues", "Clues first seen in that week", "该周首次发现的疑似线索数"),
    _SUPPRESSED,
)

WEEKLY: Final = Table(
    name="weekly",
    en="Counts by week, province and source, with the ads read as the denominator",
    zh="按周、省份、来源汇总，并给出分母（已识别的招聘信息数）",
    key=("week", "province_code", "source"),
    fields=(
        WEEK,
        Field(
            name="province_code", type="division", example="110000", nullable=True,
            en="Division code of the province; null when unclear", zh="省级代码；空为辖区不明",
        ),
        Field(name="province", type="text", example="北京市", nullable=True, en="Its name", zh="省份名称"),
        SOURCE,
        *_COUNTS,
    ),
)  # fmt: skip

WEEKLY_OCCUPATIONS: Final = Table(
    name="weekly_occupations",
    en="The same counts by week and family of posts, over all places and sources",
    zh="按周、岗位类别汇总的同样计数（不分地区和来源）",
    key=("week", "occupation"),
    fields=(
        WEEK,
        OCCUPATION,
        Field(
            name="occupation_name", type="text", example="会计、财务", nullable=True,
            en="Its name; null also for a family that the present rules no longer have",
            zh="岗位类别名称；现行规则已无此类别的也为空",
        ),
        *_COUNTS,
    ),
)  # fmt: skip

WEEKLY_SOURCES: Final = Table(
    name="weekly_sources",
    en="Counts by week and source of what was seen there, beside what was read of it",
    zh="按周、来源汇总：采集时见到的数量，及其中已识别的数量",
    key=("week", "source"),
    fields=(
        WEEK,
        SOURCE,
        Field(
            name="runs", type="integer", example=7,
            en="Crawls, files and deliveries that began in that week and have ended",
            zh="该周开始且已结束的采集次数（含文件导入和推送）",
        ),
        Field(
            name="runs_complete", type="integer", example=6,
            en="of these, complete: the others broke off, missed pages or wait for a person",
            zh="其中完整的次数；其余为中断、有网页未取得或待人工放行",
        ),
        Field(
            name="pages_lost", type="integer", example=2,
            en="Pages and lists that they could not get", zh="未能取得的网页数（含列表页）",
        ),
        _aggregate(
            "sightings", "Ads that they met, counted anew each time", "采集中见到招聘信息的次数，每次都计"
        ),
        _aggregate(
            "refused", "What they met that is no ad: without title and text, or a page of another kind",
            "见到但不能作为招聘信息受理的数量（无标题、无正文、其他网页等）",
        ),
        _aggregate(
            "ads_seen", "Ads that they let in for the first time, read or not",
            "首次受理的招聘信息数，无论是否已识别",
        ),
        _READ,
        _SUPPRESSED,
    ),
)  # fmt: skip
