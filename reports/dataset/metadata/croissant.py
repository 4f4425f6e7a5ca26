"""`croissant.json`: the dataset for tools of machine learning (Croissant 1.1 and its RAI vocabulary 1.0)."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from reports.dataset.codebook import CODEBOOK
from reports.dataset.fields import Field, Table, Type
from reports.dataset.lines import WrittenFile
from reports.dataset.metadata import about
from reports.dataset.metadata.about import About
from reports.dataset.schema import ADS, TABLES, VERSION

CONFORMS: Final = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")

_OF_CROISSANT: Final = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
    *("fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath"),
    *("key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace"),
    *("samplingRate", "separator", "source", "subField", "transform"),
)
"""Terms of its own vocabulary, of which only a few are used here: readers expect the whole context."""
_CONTEXT: Final[about.Json] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _OF_CROISSANT},
}
MEDIA: Final = {
    ".jsonl": "application/jsonlines",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPES: Final[Mapping[Type, str]] = {
    "integer": "sc:Integer",
    "amount": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}
"""All others are texts; a list is one text, joined by `;`, as in the CSV."""


def croissant(version: About) -> about.Json:
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS),
        "name": about.NAME,
        "alternateName": [about.TITLE, about.TITLE_ZH],
        "description": about.SUMMARY,
        **version.address("url"),
        "license": about.LICENCE_URL,
        "creator": {"@type": "sc:Organization", "name": about.PUBLISHER},
        "publisher": {"@type": "sc:Organization", "name": about.PUBLISHER},
        "keywords": list(about.KEYWORDS),
        "inLanguage": ["zh", "en"],
        "dateModified": version.as_of.isoformat(),
        "datePublished": version.published.isoformat(),
        # Of a dataset that grows, the version changes with the meaning of its fields only.
        "version": f"{VERSION}.0.0",
        "isLiveDataset": True,
        "citeAs": version.citation,
        "rai:dataCollection": "Job ads of boards and files, read by rules that name the law of their day.",
        "rai:dataCollectionType": ["Web scraping", "Others"],
        "rai:dataLimitations": list(about.LIMITS),
        "rai:personalSensitiveInformation": [about.PERSONAL],
        "rai:dataReleaseMaintenancePlan": about.MAINTENANCE,
        "rai:dataUseCases": ["Research and supervision of credential requirements in job ads"],
        "distribution": [_file(file) for file in version.files],
        "recordSet": [_records(table) for table in (*TABLES, CODEBOOK)],
    }


def _file(file: WrittenFile) -> about.Json:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": MEDIA[PurePath(file.name).suffix],
        "sha256": file.sha256,
    }


def _records(table: Table) -> about.Json:
    key = [{"@id": f"{table.name}/{name}"} for name in table.key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.en,
        "key": key[0] if len(key) == 1 else key,
        "field": [_field(table, field) for field in table.fields],
    }


def _field(table: Table, field: Field) -> about.Json:
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": field.en,
        "dataType": _TYPES.get(field.type, "sc:Text"),
        "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": field.name}},
    }
    if table is not ADS and (field.name,) == ADS.key:
        described["references"] = {"field": {"@id": f"{ADS.name}/{field.name}"}}
    return described
