"""A folder of rules to edit: a copy of the shipped data files."""

import shutil
from pathlib import Path

from config.tables import DATA
from nlp.rules import data_files

INVENTED = "茶道大师证"
"""A paper that no row of the data knows; to require it is a violation."""
LAWFUL = "健康证"
"""A paper that may be required; an alias of it takes its meaning."""


def copy_rules(folder: Path) -> Path:
    """The shipped data files, copied into `folder`, which is made."""
    for path in data_files(DATA):
        target = folder / path.relative_to(DATA)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder


def aliases(folder: Path) -> Path:
    return folder / "catalogue" / "aliases.tsv"


def with_alias(folder: Path, alias: str = INVENTED, *, of: str = LAWFUL) -> bytes:
    """The alias table of `folder` with one row more: `alias` means what `of` means."""
    content = aliases(folder).read_text(encoding="utf-8")
    (row,) = (line for line in content.splitlines() if line.startswith(f"{of}\t"))
    return f"{content}{alias}{row.removeprefix(of)}\n".encode()
