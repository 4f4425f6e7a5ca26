"""Word documents as files, whatever they are about."""

from io import BytesIO
from zipfile import ZipFile

from docx.document import Document
from docx.oxml.ns import qn

from reports.pack.archive import File, pieces_of, write_plain


def written(document: Document) -> bytes:
    """The document as a file, equal for equal documents: the library notes the time of day in its archive."""
    for row in document.element.body.iter(qn("w:tr")):
        # No row is parted between two pages.
        row.get_or_add_trPr().append(row.makeelement(qn("w:cantSplit")))
    dated, plain = BytesIO(), BytesIO()
    document.save(dated)
    with ZipFile(dated) as archive:
        parts = (File.of(each, b"".join(pieces_of(archive, each))) for each in archive.namelist())
        write_plain(plain, parts)
    return plain.getvalue()
