from pathlib import Path

import pytest

from config.yaml_lines import with_line

TEXT = """\
# A comment.
licences:
- id: P01
  occupations: [teacher]
- id: 'old:a.b'
  statutes:
  - {law: x}
rows:
  pending:
    basis: []
"""


@pytest.mark.parametrize(
    ("problem", "placed"),
    [
        ("a.yaml: licences.0.occupations: no family", "a.yaml, line 4: licences.0.occupations: no family"),
        ("a.yaml: licences: P01: occupations: none", "a.yaml, line 4: licences.P01.occupations: none"),
        ("a.yaml: licences: old:a.b: statutes: 0: no", "a.yaml, line 7: licences.old:a.b.statutes.0: no"),
        ("a.yaml: licences: P01: no such id", "a.yaml, line 3: licences.P01: no such id"),
        ("a.yaml: rows.pending.suggestion: absent", "a.yaml, line 9: rows.pending.suggestion: absent"),
        ("a.yaml: nothing.of.this: absent", "a.yaml: nothing.of.this: absent"),
        ("b.yaml: rows.pending: no such file", "b.yaml: rows.pending: no such file"),
        ("a.tsv, line 3: alias: twice", "a.tsv, line 3: alias: twice"),
    ],
)
def test_a_problem_gets_its_line(tmp_path: Path, problem: str, placed: str) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    assert with_line(tmp_path, problem) == placed
