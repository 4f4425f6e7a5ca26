"""`datapackage.json`: the CSV files as a Data Package (datapackage.org, version 2.0)."""

from collections.abc import Mapping
from typing import Any, Final

from reports.dataset.codebook import CODEBOOK, EMPTY, unit
from reports.dataset.fields import EXCERPT, Field, Table, Type, pattern_of
from reports.dataset.metadata import about
from reports.dataset.metadata.about import About
from reports.dataset.schema import ADS, TABLES

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"

_TYPES: Final[Mapping[Type, dict[str, Any]]] = {
    "integer": {"type": "integer"},
    "amount": {"type": "number"},
    "boolean": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "date": {"type": "date"},
    "list": {"type": "list", "delimiter": ";"},
}
"""All others are strings."""


def datapackage(version: About) -> about.Json:
    return {
        "$schema": PROFILE,
        "name": about.NAME,
        "title": about.TITLE,
        "description": about.SUMMARY,
        "version": version.name,
        **version.address("homepage"),
        "licenses": [{"name": about.LICENCE, "path": about.LICENCE_URL, "title": about.LICENCE_TITLE}],
        "contributors": [{"title": about.PUBLISHER, "roles": ["publisher"]}],
        "keywords": list(about.KEYWORDS),
        "resources": [_resource(version, table) for table in (*TABLES, CODEBOOK)],
    }


def _resource(version: About, table: Table) -> about.Json:
    file = version.file(f"{table.name}.csv")
    return {
        "name": table.name,
        "type": "table",
        "path": file.name,
        "title": table.en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": _schema(table),
    }


def _schema(table: Table) -> about.Json:
    schema: dict[str, Any] = {
        "fields": [_field(table, field) for field in table.fields],
        "missingValues": [""],
    }
    if not any(field.nullable for field in table.fields if field.name in table.key):
        # A primary key may hold no empty cell.
        schema["primaryKey"] = list(table.key)
    if table is not ADS and ADS.key[0] in table.header:
        reference = {"resource": ADS.name, "fields": list(ADS.key)}
        schema["foreignKeys"] = [{"fields": list(ADS.key), "reference": reference}]
    return schema


def _field(table: Table, field: Field) -> about.Json:
    return {
        "name": field.name,
        **_TYPES.get(field.type, {"type": "string"}),
        "title": field.zh,
        "description": field.en,
        **({"unit": unit(field.name)[0]} if any(unit(field.name)) else {}),
        **({"missingValueMeaning": EMPTY[field.name][0]} if field.nullable else {}),
        "constraints": _constraints(table, field),
    }


def _constraints(table: Table, field: Field) -> about.Json:
    rules: dict[str, Any] = {"required": not field.nullable}
    if table.key == (field.name,):
        rules["unique"] = True
    if field.type in ("integer", "amount"):
        rules["minimum"] = 0
    if field.type == "enum":
        rules["enum"] = list(field.values)
    if field.type == "text":
        rules["maxLength"] = EXCERPT
    if field.type not in _TYPES and (pattern := pattern_of(field.type)):
        rules["pattern"] = f"^(?:{pattern})$"
    return rules
