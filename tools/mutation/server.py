"""An OPA that holds copies of packages, and answers what their tests say."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster.processes import ClusterError, launch, wait_ready

from mutation.conditions import OPA

Values = dict[str, list[Any]]
"""By test, its value in a list, which is empty when it has none."""
_START_SECONDS = 600.0
_ANSWER_SECONDS = 300.0
_COPY = re.compile(r"/(m\d+)/")


class DoesNotCompileError(Exception):
    """OPA refuses some of the copies; their names are the arguments."""


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket in the file system, so that no port is taken twice."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Server:
    """A running OPA."""

    def __init__(self, path: Path) -> None:
        """It listens at `path`."""
        self._path = path

    def get(self, path: str) -> tuple[int, Any]:
        """Status and body of the answer to a request.

        Raises:
            OSError: there is no answer.
        """
        connection = _Connection(self._path)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return self.get("/health")[0] == http.client.OK
        except OSError:
            return False

    def values(self, rule: str) -> Values | None:
        """What tests say; None when that could not be found out, be it by an error of a built-in."""
        try:
            status, body = self.get(f"/v1/data/{rule}?strict-builtin-errors=true")
        except TimeoutError:
            return None
        found: Values | None = body.get("result") if status == http.client.OK else None
        return found


@contextmanager
def serving(folder: Path, *loaded: Path) -> Iterator[Server]:
    """An OPA that has read some folders, until the end of the block; its log and socket are in `folder`.

    Raises:
        DoesNotCompileError: there are copies it does not compile.
        ClusterError: it does not start for another reason.
    """
    server = Server(folder / "opa.sock")
    flags = ("--addr", f"unix://{folder / 'opa.sock'}", "--max-errors", "1000", "--log-level", "error")
    command = [str(OPA), "run", "--server", "--disable-telemetry", *flags, *map(str, loaded)]
    child = launch("opa", command, folder)
    try:
        wait_ready(child, server.ready, _START_SECONDS)
        yield server
    except ClusterError:
        refused = set(_COPY.findall(child.log.read_text(encoding="utf-8")))
        if refused:
            raise DoesNotCompileError(*sorted(refused)) from None
        raise
    finally:
        child.stop()
        child.log.unlink()


def lost(before: Values, after: Values) -> list[str]:
    """The tests of which a case no longer passes."""
    return [name for name, value in before.items() if not kept(value, after.get(name, []))]


def kept(before: list[Any], after: list[Any]) -> bool:
    """Whether every case of a test that passed still does."""
    if not before or not after:
        return not before
    if isinstance(before[0], dict) and isinstance(after[0], dict):
        return all(after[0].get(case) == value for case, value in before[0].items())
    return bool(before[0] == after[0])
