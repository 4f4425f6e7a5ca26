"""`qingdan console`: the pages on which people work with cases."""

import secrets
from functools import partial
from typing import Final, Unpack

import click

from cli.catalogue import law
from cli.crawl_status import board_lines
from cli.filled_list import read_upload
from cli.serving import Where, listens, serve
from cli.sign_key import sign_key
from cli.wiring import Unusable, open_database, open_log
from config.clock import now_in_china
from config.settings import Settings, SettingsError, settings
from consumers.letters import letter_with
from events.log import LogUnavailable
from events.types import DeadLetter
from reports.console.provider import Provider
from store.accounts import ROLES

TOKEN_BYTES: Final = 32


@click.command()
@listens(8800)
def command(**where: Unpack[Where]) -> None:
    """Serve the console until Ctrl-C; who may log in is set by `qingdan accounts`."""
    # Imported here only: the other commands need not wait for it.
    from reports.console.app import console
    from reports.console.gate import Desk

    in_use, engine = law(), open_database()
    boards = partial(board_lines, engine, clock=now_in_china)
    desk = Desk(
        engine,
        in_use,
        now_in_china,
        _new_token,
        boards=boards,
        letter=_letter,
        strict=_strict(),
        provider=provider_of(settings()),
        read_list=read_upload,
        sign_key=sign_key(),
    )
    try:
        serve(console(desk), where)
    finally:
        engine.dispose()


def _strict() -> frozenset[str]:
    """Roles whose accounts must have a second factor.

    Raises:
        SettingsError: one of them is no role.
    """
    roles = frozenset(settings().second_factor_roles.split())
    if unknown := roles - set(ROLES):
        raise SettingsError(f"QINGDAN_SECOND_FACTOR_ROLES: no such role: {', '.join(sorted(unknown))}")
    return roles


def provider_of(given: Settings) -> Provider | None:
    """The account service that these settings name, if they name one.

    Raises:
        SettingsError: they do not say what is needed to ask it, or would have it asked in the clear.
    """
    if not given.oidc_issuer:
        return None
    addresses = {"QINGDAN_OIDC_ISSUER": given.oidc_issuer, "QINGDAN_CONSOLE_ADDRESS": given.console_address}
    for variable, address in addresses.items():
        if not address.startswith("https://"):
            raise SettingsError(f"{variable}: {address!r} is no https://host")
    secret = given.oidc_secret.get_secret_value()
    if not given.oidc_client or not secret:
        raise SettingsError("QINGDAN_OIDC_ISSUER: QINGDAN_OIDC_CLIENT and QINGDAN_OIDC_SECRET are needed too")
    console = given.console_address.rstrip("/")
    return Provider(given.oidc_issuer, given.oidc_client, secret, given.oidc_claim, console)


def _letter(letter_id: str) -> DeadLetter | None:
    """The dead letter with an id; None where the log has it no more, or is away."""
    try:
        log = open_log()
    except Unusable:
        return None
    try:
        return letter_with(log, letter_id)
    except LogUnavailable:
        return None
    finally:
        log.close()


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)
