"""The second thing to log in with: codes of a telephone (TOTP, RFC 6238), and codes for when it is lost."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from pyotp import TOTP
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from store.access_models import RecoveryCode, SecondFactor
from store.account_models import AccountEvent
from store.accounts import account_of, log_out_everywhere
from store.seal import SealError, opened, seal, sealed_again

logger = structlog.get_logger()

RECOVERY_CODES: Final = 10
"""An account gets with its second factor."""
_ISSUER: Final = "清单"
_SLACK: Final = 1
"""Half minutes that the clock of a telephone may be ahead or behind."""
_SECRET_BYTES: Final = 20
_RECOVERY_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class Factor:
    """The second factor of an account."""

    since: datetime
    recovery_codes: int
    """That are left."""


def new_secret(token: str) -> str:
    """A secret for a telephone, in base 32, out of 256 random bits."""
    return base64.b32encode(hashlib.sha256(token.encode()).digest()[:_SECRET_BYTES]).decode()


def address_of(secret: str, name: str) -> str:
    """What the telephone takes the secret from: an address of the scheme otpauth."""
    return TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)


def new_recovery_code(token: str) -> str:
    """Such as ABCD-EFGH-IJKL-MNOP (80 random bits), out of 256 random bits."""
    letters = base64.b32encode(hashlib.sha256(token.encode()).digest()[:_RECOVERY_BYTES]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def factor_of(session: Session, name: str) -> Factor | None:
    """The second factor of an account; None where it has none."""
    found = session.get(SecondFactor, name)
    codes = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account == name)
    return Factor(found.since, session.scalar(codes) or 0) if found else None


def shows(secret: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The number of the half minute in which a telephone with this secret shows `code`; None for a wrong one.

    A code of the half minute `after`, or of one before it, is wrong: it may have been seen by somebody.
    """
    try:
        step = TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=_SLACK)
    except OTPVerificationError:
        return None
    return step if step > after else None


def set_factor(
    session: Session, name: str, factor: tuple[str, int], codes: Iterable[str], now: datetime
) -> None:
    """Ask the account for codes from now on; `factor` is the secret, and the half minute of the code shown.

    Raises:
        SealError: the secret cannot be encrypted, so that nothing is changed.
    """
    secret, step = factor
    _forget(session, name)
    session.add(SecondFactor(account=name, secret=seal(secret), since=now, last_step=step))
    session.add_all(RecoveryCode(account=name, sha256=_hash(code)) for code in codes)
    account_of(session, name).attempts = 0
    session.add(AccountEvent(at=now, account=name, action="factor_set", actor=name))


def passes(session: Session, name: str, code: str, now: datetime) -> bool:
    """Is `code` what the account's second factor asks for? It is used up by it; no factor asks for nothing.

    To be asked only for who has given the right password, lest others use up the codes.
    """
    factor = session.scalars(
        select(SecondFactor).where(SecondFactor.account == name).with_for_update()
    ).one_or_none()
    if factor is None:
        return True
    step = _step(factor, code, now)
    if step is not None:
        factor.last_step = step
    return step is not None or _used_up(session, name, code, now)


def remove_factor(session: Session, name: str, now: datetime, *, by: str) -> None:
    """Ask the account for no code any more; one whose factor others remove is logged out everywhere.

    Raises:
        AccountError: there is no such account.
    """
    account_of(session, name).attempts = 0
    _forget(session, name)
    if by != name:
        log_out_everywhere(session, name)
    session.add(AccountEvent(at=now, account=name, action="factor_off", actor=by))


def encrypt_secrets_anew(session: Session) -> int:
    """Encrypt all secrets with the newest key; how many there are.

    Raises:
        SealError: one of them cannot be decrypted.
    """
    found = session.scalars(select(SecondFactor).order_by(SecondFactor.account)).all()
    for each in found:
        each.secret = sealed_again(each.secret)
    return len(found)


def _step(factor: SecondFactor, code: str, now: datetime) -> int | None:
    try:
        return shows(opened(factor.secret), code, now, after=factor.last_step)
    except SealError as error:
        # Recovery codes need no key: who has one comes in.
        logger.warning("a second factor cannot be checked", account=factor.account, error=str(error))
        return None


def _used_up(session: Session, name: str, code: str, now: datetime) -> bool:
    """Was it a recovery code? It is none any more."""
    found = session.get(RecoveryCode, (name, _hash(code)))
    if found is not None:
        session.delete(found)
        session.add(AccountEvent(at=now, account=name, action="recovery", actor=name))
    return found is not None


def _forget(session: Session, name: str) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account == name))
    session.execute(delete(SecondFactor).where(SecondFactor.account == name))


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").replace(" ", "").upper().encode()).hexdigest()
