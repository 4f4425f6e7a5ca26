"""The report as one HTML file: it works offline and without script, on a phone and on paper."""

import base64
import hashlib
from typing import Final

from config.divisions import NATION
from reports.templating import environment
from reports.weekly.model import Report
from reports.weekly.pictures import kind_classes, map_classes, pictures
from reports.weekly.progress import names_units
from reports.wording import SEVERITIES

LISTED_CASES: Final = 300
"""Cases set out in full: nobody would read a page with thousands; the workbook has all."""
LISTED_HINTS: Final = 100
"""The same for the employers with hints."""


def render(report: Report) -> bytes:
    """The file's bytes, the same for the same report."""
    templates = environment()
    style = templates.get_template("weekly/report.css").render()
    # The policy names this style sheet by its hash, so that no other style or script can ever take effect.
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = templates.get_template("weekly/report.html.j2").render(
        report=report,
        charts=pictures(report),
        kinds=kind_classes(report),
        map_classes=map_classes(report.regions) if report.division == NATION and not report.empty else (),
        severities=SEVERITIES,
        names_units=names_units(report.edition, report.period),
        listed_cases=LISTED_CASES,
        listed_hints=LISTED_HINTS,
        style_hash=style_hash,
    )
    return page.encode()
