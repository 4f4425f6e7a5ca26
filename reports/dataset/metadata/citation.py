"""`CITATION.cff`: how to cite a version (Citation File Format 1.2.0)."""

import yaml

from reports.dataset.metadata import about
from reports.dataset.metadata.about import About


def citation(version: About) -> str:
    said = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": "Cite the dataset with the name of the version.",
        "title": about.TITLE,
        "abstract": about.SUMMARY,
        "authors": [{"name": about.PUBLISHER}],
        "version": version.name,
        "date-released": version.published.isoformat(),
        "license": about.LICENCE,
        "license-url": about.LICENCE_URL,
        **version.address("url"),
        "keywords": list(about.KEYWORDS),
    }
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100)
