"""Extractions over real pages, feeds and answers of boards, against what others found in them."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from scrapy.http import HtmlResponse

from crawlers.board import load_boards
from crawlers.dates import read_date
from crawlers.extract.containers import Document
from crawlers.extract.reading import Extractor, Fields
from crawlers.extract.rules import Extraction

RECIPES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "samples.yaml").read_text("utf-8")
)
FIELDS = {
    "first_id": "id",
    "first_title": "title",
    "first_employer": "company",
    "first_place": "city",
    "first_salary_raw": "salary",
}
OBSERVED = date(2042, 1, 1)
"""One sample is dated 2042."""


def extraction(recipe: dict[str, Any]) -> Extraction:
    """A recipe of this folder, or the one of a board file."""
    if "board" not in recipe:
        return Extraction.model_validate({k: v for k, v in recipe.items() if k not in ("encoding", "day")})
    listing = load_boards()[recipe["board"]].listing
    assert listing is not None
    return listing


@pytest.mark.shared
@pytest.mark.parametrize("file", sorted(RECIPES))
def test_a_sample_gives_what_others_found_in_it(shared: Path, file: str) -> None:
    recipe = RECIPES[file]
    with (shared / "samples" / "EXPECT.tsv").open(encoding="utf-8") as lines:
        expected = next(row for row in csv.DictReader(lines, delimiter="\t") if row["file"] == file)
    body = (shared / "samples" / file).read_bytes()
    page = HtmlResponse("https://board.example/list", body=body, encoding=recipe.get("encoding"))
    found = Extractor(extraction(recipe)).read(Document(page.text, page.url))
    assert (found.records, list(found.flaws)) == (int(expected["records"]), [])
    assert len({each["id"] for each in found.found}) == int(expected["unique_ok"])
    if found.found:
        first = found.found[0]
        # Whoever wrote the expectations left out pay that stands in several fields.
        wanted = {name: column for column, name in FIELDS.items() if expected[column] or name != "salary"}
        assert {name: first[name] for name in wanted} == {name: expected[wanted[name]] for name in wanted}
        assert day(first) == recipe.get("day", expected["first_posted"])


def day(fields: Fields) -> str:
    """The day of the first posting in China, as the door will read it."""
    return str(read_date(fields["posted"], observed=OBSERVED) or "")
