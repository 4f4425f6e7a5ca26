"""The second factor of one's own account: setting it up with a telephone, and doing without it again."""

from typing import Final

import segno
from starlette.responses import RedirectResponse, Response

from reports.console.entrance import is_password_of
from reports.console.gate import FACTOR, Visit
from store.database import snapshot, transaction
from store.seal import SealError
from store.second_factors import (
    RECOVERY_CODES,
    address_of,
    factor_of,
    new_recovery_code,
    new_secret,
    passes,
    remove_factor,
    set_factor,
    shows,
)

_WRONG: Final = "密码不对，或者账号已锁定。"


def show(visit: Visit) -> Response:
    return _page(visit)


def set_up(visit: Visit) -> Response:
    """Ask for codes from now on, once the telephone has shown a right one; recovery codes are told once."""
    secret, name = visit.form.get("secret", ""), visit.person.name
    step = shows(secret, visit.form.get("code", ""), visit.now) if _is_secret(secret) else None
    if step is None:
        return _page(visit, "验证码不对：请看手机上现在显示的六位数字，并核对手机的时间。")
    if not is_password_of(visit, name):
        return _page(visit, _WRONG)
    codes = [new_recovery_code(visit.desk.new_token()) for _ in range(RECOVERY_CODES)]
    try:
        with transaction(visit.desk.engine) as session:
            set_factor(session, name, (secret, step), codes, visit.now)
    except SealError:
        return _page(visit, "服务器的密钥不可用，请联系系统管理员。")
    return visit.page("recovery", codes=codes)


def remove(visit: Visit) -> Response:
    """Do without codes again; where they are asked of the role, another telephone has to be set up."""
    name = visit.person.name
    if not visit.person.has_factor:
        return RedirectResponse(FACTOR, 303)
    if not is_password_of(visit, name):
        return _page(visit, _WRONG)
    with transaction(visit.desk.engine) as session:
        if not passes(session, name, visit.form.get("code", ""), visit.now):
            return _page(visit, "验证码不对，或者已经用过。")
        remove_factor(session, name, visit.now, by=name)
    return RedirectResponse(FACTOR, 303)


def _page(visit: Visit, problem: str = "") -> Response:
    with snapshot(visit.desk.engine) as session:
        factor = factor_of(session, visit.person.name)
    given = visit.form.get("secret", "")
    # After a wrong code the telephone that was just set up is still right.
    secret = given if _is_secret(given) else new_secret(visit.desk.new_token())
    address = address_of(secret, visit.person.name)
    return visit.page(
        "second_factor",
        status=400 if problem else 200,
        problem=problem,
        factor=factor,
        must=visit.desk.asks_for_factor(visit.person),
        secret=secret,
        address=address,
        picture=_picture(address),
    )


def _picture(address: str) -> tuple[int, str]:
    """The QR code of an address: its side in squares, and a path of SVG around the dark ones."""
    rows = segno.make(address, micro=False).matrix
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, square in enumerate(row) if square)
    return len(rows), "".join(dark)


def _is_secret(text: str) -> bool:
    """Is it one that `new_secret` can give?"""
    return len(text) == len(new_secret("")) and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
