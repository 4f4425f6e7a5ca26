"""Where in a YAML file a problem lies: from `FILE: a.b.c: message` to the same with its line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

_PLACELESS: Final = re.compile(r"([\w-]+\.yaml): (.+)", re.DOTALL)
_STEP_ENDS: Final = re.compile(r"[.:] ?")
_ABSENT: Final = re.compile(r"(\w+(?:\.\w+)*): ")
"""Fields that the problem names and the file lacks."""


def with_line(folder: Path, problem: str) -> str:
    """`problem` with the line of the deepest part of the file that it names; unchanged if it names none.

    It starts with the file's name and the way to the field: keys, and numbers or ids of list entries.
    """
    found = _PLACELESS.match(problem)
    if found is None or not (folder / found[1]).is_file():
        return problem
    text = (folder / found[1]).read_text(encoding="utf-8")
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    return placed(root, found[1], found[2]) if _walk(root, found[2])[0] else problem


def placed(root: yaml.Node | None, file: str, told: str) -> str:
    """`told`, which starts with the way to its field, with file and line: that of `root` if it names none."""
    steps, line, message = _walk(root, told)
    return f"{file}, line {line}: {'.'.join(steps)}{': ' if steps else ''}{message}"


def _walk(node: yaml.Node | None, text: str) -> tuple[list[str], int, str]:
    """The steps into `node` at the beginning of `text`, the line they lead to, and the rest of `text`."""
    steps: list[str] = []
    line = node.start_mark.line + 1 if node else 1
    while node is not None:
        for name, named, child in _children(node):
            end = _STEP_ENDS.match(text, len(name))
            if text.startswith(name) and end:
                steps.append(name)
                line, node, text = named.start_mark.line + 1, child, text[end.end() :]
                break
        else:
            break
    absent = _ABSENT.match(text) if steps else None
    if absent:
        return [*steps, absent[1]], line, text[absent.end() :]
    return steps, line, text


def _children(node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Name, node that bears it, and value of each child; an entry of a list goes by its number and its id."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.value, key, value
    elif isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            yield str(number), entry, entry
            for name, _, value in _children(entry) if isinstance(entry, yaml.MappingNode) else ():
                if name == "id":
                    yield value.value, entry, entry
