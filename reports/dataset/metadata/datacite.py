"""`datacite.json`: what a registry of DOIs asks for (DataCite metadata schema 4)."""

from pathlib import PurePath
from typing import Final

from reports.dataset.metadata import about
from reports.dataset.metadata.about import About

SCHEMA: Final = "http://datacite.org/schema/kernel-4"


def datacite(version: About) -> about.Json:
    return {
        "schemaVersion": SCHEMA,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "titles": [
            {"title": about.TITLE, "lang": "en"},
            {"title": about.TITLE_ZH, "lang": "zh-CN", "titleType": "TranslatedTitle"},
        ],
        "creators": [{"name": about.PUBLISHER, "nameType": "Organizational"}],
        "publisher": {"name": about.PUBLISHER},
        "publicationYear": str(version.published.year),
        "dates": [
            {"date": version.as_of.isoformat(), "dateType": "Updated"},
            {"date": version.published.isoformat(), "dateType": "Available"},
        ],
        "language": "zh",
        "version": version.name,
        **version.address("url"),
        "subjects": [{"subject": word, "lang": "en"} for word in about.KEYWORDS],
        "rightsList": [
            {
                "rights": about.LICENCE_TITLE,
                "rightsUri": about.LICENCE_URL,
                "rightsIdentifier": about.LICENCE,
                "rightsIdentifierScheme": "SPDX",
            }
        ],
        "descriptions": [
            {"description": about.SUMMARY, "descriptionType": "Abstract", "lang": "en"},
            {"description": about.SUMMARY_ZH, "descriptionType": "Abstract", "lang": "zh-CN"},
            {"description": about.PERSONAL, "descriptionType": "Other", "lang": "en"},
        ],
        "formats": sorted({PurePath(file.name).suffix.removeprefix(".") for file in version.files}),
        "sizes": [f"{sum(file.bytes for file in version.files)} B"],
    }
