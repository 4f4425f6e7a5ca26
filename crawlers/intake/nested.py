"""Objects within objects: JSON records as rows of cells."""

from collections.abc import Iterator, Mapping


def flat(record: Mapping[str, object]) -> Mapping[str, object]:
    """A JSON object without objects in it: what they hold is named after both, `company_name`.

    What several objects of a list hold under one name stands in one cell, a line each.

    Raises:
        RecursionError: objects within objects without end.
    """
    if not any(map(_holds_objects, record.values())):
        return record
    cells: dict[str, object] = {}
    for name, value in _parts(record, ""):
        before = cells.get(name)
        both = isinstance(before, str) and isinstance(value, str)
        cells[name] = f"{before}\n{value}" if both else value if before is None else before
    return cells


def _parts(record: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        name = prefix + key
        if not _holds_objects(value):
            yield name, value
            continue
        for each in value if isinstance(value, list) else [value]:
            yield from _parts(each, f"{name}_") if isinstance(each, dict) else [(name, each)]


def _holds_objects(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict) for each in value)
    )
