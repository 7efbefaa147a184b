"""An OPA of our own: a child process on loopback that only we may ask, kept alive until we end.

Each life of the child has a new port and a new token, so what a dead child leaves behind opens
nothing. Before an address is given out, the server there must tell a secret that only this child
was given: a stranger who took the port first cannot answer for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import aiohttp

from mlgate.errors import EngineUnavailable, MlgateError, PolicyError, SettingsError
from mlgate.logs import get_logger
from mlgate.policy import bound_child
from mlgate.policy.address import Endpoint
from mlgate.policy.guard import HEALTH, INSTANCE, REVISION, write_guard

_PORT_TRIES = 5
_STABLE_SECONDS = 10.0
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_STOP_SECONDS = 2.0
_KEPT_OUTPUT = 4096
MAX_QUESTION_BYTES = 32 * 1024 * 1024
"""Object, old object, cards and what was read from them: several times the largest review."""


def find_opa(configured: Path | None = None) -> Path:
    """The opa program: the one set, else `.tools/bin/opa` of a checkout, else the one on PATH.

    Raises:
        SettingsError: the one set is no program, or there is none.
    """
    if configured is not None:
        if not os.access(configured, os.X_OK) or configured.is_dir():
            raise SettingsError(f"opa.binary {configured} is not an executable file")
        return configured.absolute()
    built = Path(__file__).parents[3] / ".tools" / "bin" / "opa"
    if os.access(built, os.X_OK):
        return built
    on_path = shutil.which("opa")
    if on_path is None:
        raise SettingsError("opa.binary: no opa program found on PATH; install OPA or name its file")
    return Path(on_path).absolute()


@dataclass(frozen=True)
class _Life:
    """One process, from its start to its end."""

    process: asyncio.subprocess.Process
    endpoint: Endpoint
    instance: str
    started: float
    output: bytearray
    reader: asyncio.Task[None]


class ManagedOpa:
    """A supervised `opa run --server` with one bundle."""

    def __init__(self, bundle: Path, opa: Path, home: Path, start_seconds: float) -> None:
        """Use `ManagedOpa.start`, which also ends it."""
        self._bundle = bundle.absolute()
        self._opa = opa
        self._home = home
        self._start_seconds = start_seconds
        self._life: _Life | None = None
        self._serving = False

    @classmethod
    @asynccontextmanager
    async def start(
        cls, bundle: Path, *, opa: Path | None = None, start_seconds: float = 15.0
    ) -> AsyncIterator[Self]:
        """Run OPA with the bundle for as long as the block lasts.

        Args:
            bundle: a bundle file or directory; its roots must not cover `system`.
            opa: the program; `find_opa` looks for it when left out.
            start_seconds: longest time from the start of the process to its first answer.

        Raises:
            SettingsError: there is no opa program.
            PolicyError: OPA ends by itself, as a rule because it cannot load the bundle.
            EngineUnavailable: it does not answer in time.
        """
        program = find_opa(opa)
        with tempfile.TemporaryDirectory(prefix="mlgate-opa-", ignore_cleanup_errors=True) as home:
            managed = cls(bundle, program, Path(home), start_seconds)
            supervisor: asyncio.Task[None] | None = None
            try:
                await managed._launch()
                supervisor = asyncio.create_task(managed._supervise())
                yield managed
            finally:
                if supervisor is not None:
                    supervisor.cancel()
                    await asyncio.gather(supervisor, return_exceptions=True)
                await managed._end()

    @property
    def endpoint(self) -> Endpoint | None:
        """Where it listens now; null between two lives. Give this to `OpaEngine.following`."""
        life = self._life
        if life is None or not self._serving or life.process.returncode is not None:
            return None
        return life.endpoint

    @property
    def url(self) -> str:
        """Address of the child that runs now.

        Raises:
            EngineUnavailable: it is being restarted.
        """
        return self._current().url

    @property
    def token(self) -> str:
        """Bearer token of the child that runs now.

        Raises:
            EngineUnavailable: it is being restarted.
        """
        return str(self._current().token)

    @property
    def pid(self) -> int | None:
        """Process id of the child that was started last; null before the first."""
        return self._life.process.pid if self._life else None

    def _current(self) -> Endpoint:
        endpoint = self.endpoint
        if endpoint is None:
            raise EngineUnavailable("OPA is being restarted")
        return endpoint

    async def _launch(self) -> None:
        """Start the process and wait for it; again on another port where somebody took the first."""
        for _ in range(_PORT_TRIES):
            life = self._life = await self._spawn()
            try:
                self._serving = await self._answers(life)
            finally:
                if not self._serving:
                    await self._end()
            if self._serving:
                return
            if b"address already in use" not in life.output:
                raise PolicyError(f"OPA did not start: {_last_words(life.output)}")
        raise EngineUnavailable(f"OPA found no free port in {_PORT_TRIES} tries")

    async def _spawn(self) -> _Life:
        token, instance = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        port = _free_port()
        readable = (HEALTH, REVISION, INSTANCE)
        guard = write_guard(self._home / "guard", token, readable=readable, instance=instance)
        step = (sys.executable, "-I", "-S", bound_child.__file__, str(os.getpid()), str(self._home))
        process = await asyncio.create_subprocess_exec(
            *step,
            *_command(self._opa, port, self._bundle, guard),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._home,
            # A signal for the whole foreground group, as of Ctrl-C, must not end OPA while we drain.
            start_new_session=True,
        )
        output = bytearray()
        reader = asyncio.create_task(_read_output(process, output))
        endpoint = Endpoint(f"http://127.0.0.1:{port}", token)
        return _Life(process, endpoint, instance, time.monotonic(), output, reader)

    async def _answers(self, life: _Life) -> bool:
        """Wait for its first answer; false when it ends instead.

        Raises:
            EngineUnavailable: neither happened in time.
        """
        headers = {"Authorization": f"Bearer {life.endpoint.token}"}
        limit = aiohttp.ClientTimeout(total=1.0)
        async with aiohttp.ClientSession(headers=headers, timeout=limit) as session:
            while life.process.returncode is None:
                if await _is_ours(session, life):
                    return True
                if time.monotonic() - life.started > self._start_seconds:
                    raise EngineUnavailable(
                        f"OPA did not answer within {self._start_seconds:g} s of its start"
                    )
                await asyncio.sleep(0.02)
        await asyncio.gather(life.reader)
        return False

    async def _supervise(self) -> None:
        """Start it again whenever it ends: at once the first time, slower while it keeps failing."""
        pause = _FIRST_PAUSE
        while True:
            life = self._life
            if life is not None:
                code = await life.process.wait()
                self._serving = False
                if time.monotonic() - life.started > _STABLE_SECONDS:
                    pause = _FIRST_PAUSE
                get_logger().error("opa_ended", exit_code=code, output=_last_words(life.output))
                await self._end()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                await self._launch()
            except (MlgateError, OSError) as error:
                get_logger().error("opa_not_restarted", problem=str(error))

    async def _end(self) -> None:
        """End the process, if there is one, and wait for it."""
        life, self._life, self._serving = self._life, None, False
        if life is None:
            return
        with contextlib.suppress(ProcessLookupError):
            life.process.terminate()
        try:
            await asyncio.wait_for(life.process.wait(), _STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                life.process.kill()
            await life.process.wait()
        await asyncio.gather(life.reader, return_exceptions=True)


def _command(opa: Path, port: int, bundle: Path, guard: Path) -> tuple[str, ...]:
    return (
        *(str(opa), "run", "--server", "--addr", f"127.0.0.1:{port}"),
        *("--authentication", "token", "--authorization", "basic"),
        *("--skip-version-check", "--log-level", "error", "--log-format", "json"),
        # The policy's data is read in every review and written once.
        "--optimize-store-for-read-speed",
        *("--set", "decision_logs.console=false", "--set", "status.console=false"),
        *("--set", f"server.decoding.max_length={MAX_QUESTION_BYTES}"),
        *("--set", f"server.decoding.gzip.max_length={MAX_QUESTION_BYTES}"),
        *("--shutdown-grace-period", "1"),
        *("--bundle", str(bundle), str(guard)),
    )


async def _is_ours(session: aiohttp.ClientSession, life: _Life) -> bool:
    """Whether the server at the address is the process we started, with its policy loaded."""
    url = f"{life.endpoint.url}/v1/data/system/instance"
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with session.get(url, allow_redirects=False) as response:
            said = await response.content.read(_KEPT_OUTPUT)
            return response.status == 200 and secrets.compare_digest(  # noqa: PLR2004
                said.strip(), json.dumps({"result": life.instance}, separators=(",", ":")).encode()
            )
    return False


async def _read_output(process: asyncio.subprocess.Process, output: bytearray) -> None:
    """Log what it writes, and keep the end of it for the error message."""
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    while chunk := await process.stdout.read(_KEPT_OUTPUT):
        output += chunk
        del output[:-_KEPT_OUTPUT]
        for line in chunk.decode(errors="replace").splitlines():
            get_logger().debug("opa_output", line=line)


def _last_words(output: bytearray) -> str:
    """What its output says about errors, else the last line that says something; printable ASCII."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()][:2]
    said = " ".join(errors or lines[-1:])
    return ascii(said[:400])[1:-1] if said else "it wrote nothing"


def _free_port() -> int:
    """A port nobody listens on now. Somebody may be faster than the child; then another is taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
