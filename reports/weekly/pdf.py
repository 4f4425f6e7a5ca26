"""The report as a PDF: its page, set on paper by its own style sheet for print.

Tagged for readers that speak (PDF/UA), with the headings as bookmarks. Nothing is fetched: the page holds all
that it shows. The same page gives the same bytes on a machine; fonts differ from one to another.
"""

import logging
import warnings
from importlib import import_module
from typing import Any, Final

from config.settings import SettingsError
from reports.weekly import html
from reports.weekly.model import Report

CHINESE: Final = "周"
"""A character of every report; a machine that cannot draw it has no Chinese font."""
VARIANT: Final = "pdf/ua-1"
NO_FONT: Final = "a PDF needs a font with Chinese characters; install fonts-noto-cjk"
NO_PANGO: Final = "a PDF needs Pango; install libpango-1.0-0 and libpangoft2-1.0-0"


class MissingFontError(SettingsError):
    """What the PDF is set with is not on this machine."""


def render(report: Report) -> bytes:
    """The file's bytes.

    Raises:
        MissingFontError: Pango or a Chinese font is not installed.
    """
    return printed(html.render(report))


def printed(page: bytes) -> bytes:
    """An HTML page as a PDF.

    Raises:
        MissingFontError: see `render`.
    """
    weasyprint = _weasyprint()
    nowhere = weasyprint.urls.URLFetcher(allowed_protocols=())
    document = weasyprint.HTML(string=page.decode(), url_fetcher=nowhere).render(pdf_variant=VARIANT)
    content: bytes = document.write_pdf(pdf_variant=VARIANT)
    if any(ord(CHINESE) in font.missing for font in document.fonts.values()):
        raise MissingFontError(NO_FONT)
    return content


def _weasyprint() -> Any:  # noqa: ANN401 - the library has no types
    """The library, which looks for those of the system when it is imported."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of rules that are for screens
    with warnings.catch_warnings():
        # Where there is no font at all it warns, and Pango later ends the process.
        warnings.filterwarnings("error", message="No fonts configured|FontConfig cannot load")
        try:
            return import_module("weasyprint")
        except OSError as error:
            raise MissingFontError(f"{NO_PANGO} ({error})") from error
        except UserWarning as warning:
            raise MissingFontError(NO_FONT) from warning
