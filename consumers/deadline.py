"""An end to what a server on the other side of a connection may draw out.

A socket's own timeout is for each piece, of which there may be many.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer


@contextmanager
def break_off_after(seconds: float, line: Callable[[], socket.socket | None], late: Event) -> Iterator[None]:
    """Break the connection off unless the block ends in time; `late` tells that this is what happened.

    `line` gives the socket as it is then: encryption puts another in its place.
    """

    def break_off() -> None:
        late.set()
        connected = line()
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
