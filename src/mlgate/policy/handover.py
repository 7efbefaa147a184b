"""Judges by the OPA beside us, and gives it one policy after the other.

A policy is tried before it is handed over, and counts as the one that judges only once OPA answers with it.
In between OPA goes on with the one before: answers by either are taken, each held against the codes of its
own, so that no review is lost and none is judged by a mixture.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.digests import digest_of
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import PolicyError
from mlgate.logs import get_logger
from mlgate.policy.archive import pack, unpack
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine
from mlgate.policy.publishing import Publisher
from mlgate.policy.reload import CHANGING
from mlgate.policy.signature import SIGNATURES

_PAUSE = 0.1
"""Seconds between two looks at whether OPA answers with the new policy."""


class HandedOver:
    """The engine of a policy that OPA gets from us."""

    def __init__(
        self,
        client: OpaEngine,
        known: list[BundleManifest],
        publisher: Publisher,
        trial: Callable[[BundleManifest, bytes], Awaitable[None]],
        *,
        seconds: float,
    ) -> None:
        """Nothing is handed over yet.

        Args:
            client: asks OPA; whoever made it closes it.
            known: the policies whose answers count with it; changed here.
            publisher: where OPA fetches its policy.
            trial: ends in an error where a policy answers nothing; it is given the bundle.
            seconds: longest time until OPA answers with a policy.
        """
        self._client, self._known, self._publisher = client, known, publisher
        self._trial, self._seconds = trial, seconds
        self._given = b""

    async def begin(self, manifest: BundleManifest, before: BundleManifest | None = None) -> None:
        """Hand over the first policy; OPA may start later than we do.

        Args:
            manifest: the policy.
            before: what OPA was given by an earlier life of this process, and may hold for a moment more.

        Raises:
            MlgateError: it answers nothing, or cannot be written.
        """
        content = await asyncio.to_thread(_content, manifest)
        await self._trial(manifest, content)
        self._known[:] = [manifest, before] if before is not None else [manifest]
        await self._publisher.publish(content)
        self._given = content

    async def use(self, manifest: BundleManifest) -> None:
        """Hand over a policy, and come back once OPA answers with it.

        Raises:
            MlgateError: it answers nothing, or OPA does not take it; then it is given the one before again.
        """
        content, before = await asyncio.to_thread(_content, manifest), self._known[0]
        await self._trial(manifest, content)
        self._known[:] = [manifest, before]
        await self._publisher.publish(content)
        try:
            async with asyncio.timeout(self._seconds):
                await self._answered(manifest.revision)
        except TimeoutError as error:
            why = self._publisher.problem or await self._client.ready() or "it answers with the one before"
            # An OPA that takes it at the last moment goes on with it until it has the one before again.
            self._known[:] = [before, manifest]
            await self._publisher.publish(self._given)
            told = (
                f"the OPA beside mlgate did not take policy {manifest.revision} in {self._seconds:g} s: {why}"
            )
            raise PolicyError(f"{told}; see its log") from error
        self._given = content

    @property
    def loaded(self) -> str | None:
        """The revision that OPA had when it was asked last; null where it was none that is known."""
        return self._client.loaded

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        """Ask OPA, as `PolicyEngine.decide` says."""
        return await self._client.decide(question, deadline)

    async def ready(self) -> str | None:
        """Why OPA would give no decision of a known policy now; null when it would."""
        found = await self._client.ready()
        problem = self._publisher.problem
        return found if found is None or problem is None else f"{found}; it says {problem}"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _answered(self, revision: str) -> None:
        while True:
            if await self._client.ready() is None and self._client.loaded == revision:
                break
            await asyncio.sleep(_PAUSE)
        get_logger().info("policy_taken_over", revision=revision)


def _content(manifest: BundleManifest) -> bytes:
    """The bytes that were checked. OPA would ask for a key where it sees a signature nobody here verified.

    Raises:
        PolicyError: the file is another by now, or cannot be read.
    """
    assert manifest.path is not None  # noqa: S101 - built or loaded here
    data = _read(manifest.path)
    if digest_of(data) != manifest.digest:
        raise PolicyError(CHANGING)
    if manifest.signature is None or manifest.signature.verified:
        return data
    return unsigned(data)


def unsigned(data: bytes) -> bytes:
    """A bundle without its signature, for an OPA that knows no key.

    Raises:
        PolicyError: it is no bundle.
    """
    return pack({name: content for name, content in unpack(data).items() if name != SIGNATURES})


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PolicyError(f"bundle {path}: {error.strerror or error}") from error
