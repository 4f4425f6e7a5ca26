"""A line to a broker that a test may slow down, break or let fall silent: a relay of TCP connections."""

import asyncio
import random
import threading
from contextlib import suppress
from typing import Final, Self

from tests.processes import PATIENCE

PIECE: Final = 65536
_NAP_SECONDS: Final = 0.05


class Wire:
    """Listens at one port of this machine and passes everything on to another, in a thread of its own."""

    def __init__(self, listen: int, target: int, *, chance: random.Random) -> None:
        self.delay = 0.0
        """Seconds that each piece takes longer."""
        self.breaks = 0.0
        """How probable it is that a connection ends before a piece."""
        self.silent = False
        """Whether connections stay open and carry nothing."""
        self._ports = listen, target
        self._chance = chance
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._connect, "127.0.0.1", self._ports[0])
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._ports[1])
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, back))
                both.create_task(self._carry(there, writer))
        except* (OSError, EOFError):
            pass
        finally:
            for end in (writer, back):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            await asyncio.sleep(self.delay)
            while self.silent:  # noqa: ASYNC110 - it is set in another thread
                await asyncio.sleep(_NAP_SECONDS)
            if self._chance.random() < self.breaks:
                break
            writer.write(piece)
            await writer.drain()
        raise EOFError
