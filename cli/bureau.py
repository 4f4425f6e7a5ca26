"""The option `--bureau CODE`, checked against config/bureaus.csv."""

from collections.abc import Callable
from typing import Any

import click

from config.bureaus import UnknownBureauError, bureau_name


def bureau_option(**options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:  # noqa: ANN401 - as click's own
    """`--bureau CODE`; a code that is no bureau's is wrong use."""
    return click.option("--bureau", metavar="CODE", callback=_known, **options)


def _known(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        if value is not None:
            bureau_name(value)
    except UnknownBureauError as error:
        raise click.BadParameter(str(error)) from error
    return value
