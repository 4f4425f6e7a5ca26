"""What can be wrong with a document or a field of it; both say so by name."""


class DocumentProblem(ValueError):  # noqa: N818 - reads as what it is
    """The document as a whole is not what the board's file says it is."""


class FieldProblem(ValueError):  # noqa: N818 - reads as what it is
    """A field's value is not what the board's file says it is; the record gives no posting."""
