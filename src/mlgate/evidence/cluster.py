"""The live cluster: copies of what reviews need most, kept by watches, and live reads of the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.api_server import THREADS, Connection
from mlgate.evidence.resources import KNOWN, WATCHED, Resources, pages
from mlgate.evidence.transport import Transport
from mlgate.evidence.watch import Copy, Watch
from mlgate.evidence.whoami import caller

T = TypeVar("T")


class KubernetesCluster:
    """The objects of a live cluster: watched copies of what reviews need most, live reads of the rest."""

    source = "cluster"
    assume_authenticated = False

    def __init__(
        self, transport: Transport, *, per_call_timeout: float = 1.0, unwatched: frozenset[str] = frozenset()
    ) -> None:
        self._transport = transport
        self._timeout = per_call_timeout
        self._resources = Resources(transport)
        self._copies = {key: Copy() for key in WATCHED if key[1] not in unwatched}
        self._watches = [Watch(transport, KNOWN[key], copy) for key, copy in self._copies.items()]
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="evidence")

    @classmethod
    def connect(
        cls,
        kubeconfig: Path | None = None,
        context: str | None = None,
        *,
        per_call_timeout: float = 1.0,
        unwatched: frozenset[str] = frozenset(),
    ) -> KubernetesCluster:
        """The cluster of a kubeconfig or context, else the one this pod runs in. Raises SettingsError.

        Kinds in `unwatched` are read live, if they are read at all.
        """
        connection = Connection.configure(kubeconfig, context)
        return cls(connection, per_call_timeout=per_call_timeout, unwatched=unwatched)

    def start(self) -> None:
        """Begin to watch. Until the copies are there, and without `start`, every read is live."""
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """End all watches and close the connections."""
        for watch in self._watches:
            watch.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._transport.close()

    def not_watched(self) -> tuple[str, ...]:
        """Kinds whose copy is not alive; those the cluster does not serve are among them."""
        return tuple(kind for (_, kind), copy in self._copies.items() if not copy.alive)

    async def get(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        name: str,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> dict[str, Any] | None:
        """One object, or None. Raises EvidenceUnavailable."""
        copy = self._copies.get((api_version, kind))
        if copy is not None and not fresh:
            known = copy.get(namespace, name)
            if known is not None:
                return known

        def live(timeout: float) -> dict[str, Any] | None:
            resource = self._resources.find(api_version, kind, timeout)
            path = None if resource is None else resource.path(namespace, name)
            if resource is None or path is None:
                return None
            return self._transport.read(path, {}, timeout, resource.form)

        return await self._live(live, f"{kind} {name}", deadline)

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> list[dict[str, Any]]:
        """All objects of a kind in a namespace, or everywhere. Raises EvidenceUnavailable.

        A kind the API server said a moment ago not to serve has none, and is not asked for anew.
        """
        copy = self._copies.get((api_version, kind))
        if copy is not None and copy.absent:
            return []
        if copy is not None and not fresh:
            known = copy.list(namespace)
            if known is not None:
                return [*known]

        def live(timeout: float) -> list[dict[str, Any]]:
            resource = self._resources.find(api_version, kind, timeout)
            found = pages(self._transport, resource, namespace, timeout) if resource is not None else ()
            return [entry for page in found for entry in page.get("items") or ()]

        return await self._live(live, f"the list of {kind}", deadline)

    async def whoami(self, deadline: Deadline) -> str | None:
        """The name under which the API server knows the caller. Raises EvidenceUnavailable."""
        return await self._live(partial(caller, self._transport), "the name of the current user", deadline)

    async def _live(self, call: Callable[[float], T], what: str, deadline: Deadline) -> T:
        timeout = deadline.sooner(self._timeout)
        if not timeout:
            raise EvidenceUnavailable(f"{what}: there was no time left")
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.get_running_loop().run_in_executor(self._pool, call, timeout)
        except TimeoutError as error:
            raise EvidenceUnavailable(f"{what}: no answer within {timeout:.1f} s") from error
        except EvidenceUnavailable as error:
            raise EvidenceUnavailable(f"{what}: {error}") from error
