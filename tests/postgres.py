"""A PostgreSQL of the tests' own, which they may kill: a Unix socket in a temporary folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import URL, Engine

from store.bureaus import load_bureaus_into
from store.database import connect, upgrade
from tests.processes import PATIENCE, processor_seconds
from tests.services import missing

OLDEST: Final = 15
USER: Final = "qingdan"
MIGRATED: Final = "migrated"
"""The database that others are copied from: with all tables and the bureaus."""
MEMORY: Final = Path("/dev/shm")
ROOM: Final = 2**30
CARELESS: Final = ("fsync=off", "full_page_writes=off", "deadlock_timeout=50ms")
"""Safe for a database that no power cut has to survive; killed processes lose nothing by it."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL of this machine; where there is none, the test is skipped."""
    if found := shutil.which("pg_config"):
        said = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=True)
        if (Path(said.stdout.strip()) / "initdb").exists():
            return Path(said.stdout.strip())
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions or int(versions[-1].parts[-3]) < OLDEST:
        missing(f"no PostgreSQL {OLDEST} or newer on this machine: apt-get install postgresql")
    return versions[-1].parent


class Cluster:
    """One running server, with the data that its folder holds. Its databases are reached as `url(name)`."""

    def __init__(self, folder: Path, *, settings: tuple[str, ...] = CARELESS) -> None:
        self._bin = binaries()
        self._folder = folder
        self._settings = settings
        self._names = count(1)
        # PostgreSQL refuses to run as root, so there it runs as the user that Debian made for it.
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        shutil.chown(folder, self._user)
        if not (folder / "data").exists():
            self._run("initdb", "-D", str(folder / "data"), "-U", USER, "--auth=trust", "--no-sync",
                      "--encoding=UTF8", "--locale=C")  # fmt: skip
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            user=self._user, extra_groups=[] if os.geteuid() == 0 else None, cwd=self._folder,
            check=True, capture_output=True,
        )  # fmt: skip

    def start(self) -> None:
        """Start the server, after a `kill` too, and wait until it takes connections."""
        options = [f"unix_socket_directories={self._folder}", "listen_addresses=", *self._settings]
        with (self._folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._bin / "postgres", "-D", self._folder / "data", *(f"--{each}" for each in options)],
                user=self._user, extra_groups=[] if os.geteuid() == 0 else None, cwd=self._folder,
                stdout=log, stderr=log,
            )  # fmt: skip
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.dsn("postgres")).close()
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """SIGKILL for the server and every one of its processes, as when the machine dies."""
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text().split()
        for pid in (self._server.pid, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self._server.wait()

    def stop(self) -> None:
        """Break off all connections and end the server in order."""
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(PATIENCE)

    def busy(self) -> float:
        """Seconds of processor time that the server's processes have used, those that ended included."""
        server = self._server.pid
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        return sum(map(processor_seconds, (server, *map(int, children))))

    def dsn(self, database: str) -> str:
        """For psycopg itself."""
        return f"host={self._folder} user={USER} dbname={database}"

    def url(self, database: str) -> str:
        """For `store.database.connect`."""
        query = {"host": str(self._folder)}
        return str(URL.create("postgresql+psycopg", USER, database=database, query=query))

    def run(self, statement: str, *, database: str = "postgres") -> None:
        """Execute one statement on its own, past every pool."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_folder(self, path: Path) -> Path:
        """A folder that the server may use."""
        path.mkdir()
        shutil.chown(path, self._user)
        return path

    def new_database(self, *, template: str = MIGRATED) -> str:
        """The name of a new database, with all tables and the bureaus unless another template is given."""
        name = f"test_{next(self._names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    @contextmanager
    def store(self) -> Iterator[Engine]:
        """A store of its own, empty but for the bureaus."""
        name = self.new_database()
        engine = connect(self.url(name))
        yield engine
        engine.dispose()
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def cluster(*, settings: tuple[str, ...] = CARELESS) -> Iterator[Cluster]:
    """A server with a migrated template, gone without trace at the end."""
    # The path of a Unix socket may have 107 bytes, which the folders that pytest makes go beyond. Memory is
    # several times as quick as a disk, where nothing has to last.
    in_memory = settings == CARELESS and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="qingdan-pg-", dir=MEMORY if in_memory else None))
    try:
        server = Cluster(folder, settings=settings)
        try:
            server.run(f"CREATE DATABASE {MIGRATED}")
            engine = connect(server.url(MIGRATED))
            upgrade(engine)
            load_bureaus_into(engine)
            engine.dispose()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
