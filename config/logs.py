"""How every process writes its log: to standard error, in China's time, without secrets."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.settings import CHINA, SettingsError

HIDDEN: Final = "***"
_NAMES: Final = "password|passwd|passphrase|secret|token|api_?key"
_SECRET_NAME: Final = re.compile(f"{_NAMES}|credential|authorization", re.IGNORECASE)
_IN_URL: Final = re.compile(r"(?<=://)([^/\s:@]*):[^/\s]*@")
_IN_TEXT: Final = re.compile(rf"""((?:{_NAMES})\w*["']?\s*[=:]\s*["']?)[^\s"',;&}}]+""", re.IGNORECASE)


def configure_logs(level: str, form: Literal["text", "json"]) -> None:
    """Write what is at least as severe as `level`, as lines for people or as one JSON object each.

    Libraries that log by Python's own module are written the same way, from warnings on.

    Raises:
        SettingsError: there is no such level.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise SettingsError(f"QINGDAN_LOG_LEVEL: {level!r} is no log level; use INFO or WARNING")
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        stamp(lambda: datetime.now(CHINA)),
        structlog.processors.format_exc_info,
        redact,
    ]
    last = _renderer(form)
    structlog.configure(
        processors=[*common, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=common[1:], processor=last))
    # At the handler too: Scrapy opens the root logger wide, and would tell whole ads.
    handler.setLevel(max(number, logging.WARNING))
    logging.basicConfig(handlers=[handler], level=handler.level, force=True)


def _renderer(form: Literal["text", "json"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Exceptions are text by then, so that what they hold has been looked at like all the rest.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def stamp(clock: Callable[[], datetime]) -> Processor:
    """Adds the moment as `timestamp`, with China's offset."""

    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["timestamp"] = clock().isoformat(timespec="seconds")
        return event

    return add


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """`event` with every secret hidden, by the name it is logged under or by the look of the text."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: object, value: Any) -> Any:  # noqa: ANN401 - anything may be logged
    if isinstance(name, str) and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, Mapping):
        return {key: _hidden(key, each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_hidden(None, each) for each in value]
    return value


def without_secrets(text: str) -> str:
    """`text` without the passwords of URLs, and without what stands behind names like password."""
    return _IN_TEXT.sub(rf"\1{HIDDEN}", _IN_URL.sub(rf"\1:{HIDDEN}@", text))
