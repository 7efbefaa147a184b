"""Hands the policy to an OPA beside us: a file in the shared folder, and a port on loopback to fetch it from.

OPA reads a bundle that is named as a file once, at its start, and what `--watch` loads it does not verify.
Over HTTP it asks again, checks signatures, and takes a bundle in one step, with no moment in which it answers
nothing (docs/adr/0006-policy-delivery.md). So the file is what is handed over, and OPA asks here for it; a
question that finds nothing new waits, so that a new policy is there at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from aiohttp import web

from mlgate.errors import ManifestError, PolicyError, SettingsError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import Limits
from mlgate.policy.answer import shown
from mlgate.policy.loading import write_whole
from mlgate.policy.sidecar import BUNDLE, LONG_POLL_SECONDS

_TYPE = "application/vnd.openpolicyagent.bundles"
"""By this answer OPA knows that it may wait for the next one."""
_SHOWN = 300
_WAIT = re.compile(r"\bwait=(\d{1,4})\b")
_LONGEST_HEAD = 8 * 1024
STATUS_LIMITS = Limits(max_bytes=1024 * 1024, max_depth=32, max_nodes=50_000)
"""What OPA may tell about itself at a time."""


class Publisher:
    """The policy that is handed over now."""

    def __init__(self, file: Path) -> None:
        """Use `Publisher.on`, which also stops listening.

        Args:
            file: the bundle in the shared folder; it survives this process.
        """
        self.file = file
        self._instance = secrets.token_hex(8)
        self._number = 0
        self._content: bytes | None = None
        self._news = asyncio.Event()
        self.problem: str | None = None
        """Why OPA does not take what it was handed, in its words; null where it said nothing of the kind."""

    @classmethod
    @asynccontextmanager
    async def on(cls, port: int, folder: Path) -> AsyncIterator[Self]:
        """Listen on loopback for as long as the block lasts; nothing is handed over yet.

        Raises:
            SettingsError: the port is taken.
        """
        publisher = cls(folder / BUNDLE)
        application = web.Application(client_max_size=STATUS_LIMITS.max_bytes)
        application.router.add_get(f"/{BUNDLE}", publisher._answer)
        application.router.add_post("/status", publisher._note)
        runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=0.1, max_line_size=_LONGEST_HEAD
        )
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, "127.0.0.1", port).start()
            except OSError as error:
                told = f"setting opa.bundle_port: nobody can listen on 127.0.0.1:{port}"
                raise SettingsError(f"{told} ({error.strerror or error})") from error
            yield publisher
        finally:
            publisher._content = None
            publisher._tell()
            await runner.cleanup()

    async def publish(self, content: bytes) -> None:
        """Hand over a bundle, in place of the one before.

        Raises:
            PolicyError: it cannot be written into the shared folder.
        """
        try:
            await asyncio.to_thread(write_whole, self.file, content, 0o644)
        except OSError as error:
            raise PolicyError(
                f"setting opa.shared_dir: {self.file} cannot be written: {error.strerror or error}"
            ) from error
        self._content, self.problem = content, None
        self._number += 1
        self._tell()

    @property
    def tag(self) -> str:
        """Another for each time something is handed over: OPA would not go back to one it knows."""
        return f'"{self._instance}-{self._number}"'

    def _tell(self) -> None:
        before, self._news = self._news, asyncio.Event()
        before.set()

    async def _answer(self, request: web.Request) -> web.Response:
        """The bundle, once it is another than the caller has; nothing new where it asked to wait so long."""
        if self._content is not None and self.tag in request.headers.get("If-None-Match", ""):
            await self._wait(request)
        if self._content is None:
            return web.Response(status=503, text="no policy yet")
        headers = {"ETag": self.tag, "Content-Type": _TYPE}
        if self.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=self._content, headers=headers)

    async def _note(self, request: web.Request) -> web.Response:
        """Keep what OPA says of the bundle: that it took it, or why not."""
        try:
            said = parse_json(await request.read(), STATUS_LIMITS)
        except ManifestError:
            return web.Response(status=400)
        bundles = said.get("bundles") if isinstance(said, dict) else None
        ours = bundles.get("mlgate") if isinstance(bundles, dict) else None
        if isinstance(ours, dict) and self._content is not None:
            message = ours.get("message")
            self.problem = shown(message, _SHOWN) if ours.get("code") and isinstance(message, str) else None
        return web.Response(status=200)

    async def _wait(self, request: web.Request) -> None:
        asked = _WAIT.search(request.headers.get("Prefer", ""))
        if asked is None:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), min(int(asked.group(1)), LONG_POLL_SECONDS))
