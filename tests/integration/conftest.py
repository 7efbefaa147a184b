"""The whole gate as `mlgate serve` runs it, but for the sockets: the examples stand for the cluster."""

from __future__ import annotations

import asyncio
import copy
import json
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "tools", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import process  # noqa: E402 - the folders have to be on the path first
from asking import Ask, Served  # noqa: E402 - as above
from casebook.cases import EXAMPLES, Case, read_reference  # noqa: E402 - as above
from casebook.documents import write_all  # noqa: E402 - as above
from casebook.reviews import review  # noqa: E402 - as above
from casebook.twins import cases_on  # noqa: E402 - as above
from hostile_cards import hostile_cards  # noqa: E402 - as above

from mlgate.assembly import assemble  # noqa: E402 - as above
from mlgate.policy.bundle import build_bundle  # noqa: E402 - as above
from mlgate.policy.local_opa import ManagedOpa, find_opa  # noqa: E402 - as above
from mlgate.policy.manifest import BundleManifest  # noqa: E402 - as above
from mlgate.settings import load_settings  # noqa: E402 - as above
from mlgate.web.app import create_app  # noqa: E402 - as above
from mlgate.web.routes import Server  # noqa: E402 - as above


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    return {case.name: case for case in cases_on(datetime.now(UTC).date(), EXAMPLES)}


@pytest.fixture(scope="session")
def evidence(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The files that stand for the cluster."""
    path = tmp_path_factory.mktemp("evidence") / "evidence.yaml"
    write_all(path, [item for case in cases.values() for item in case.evidence], "all evidence")
    return (path, EXAMPLES / "cluster.yaml")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> BundleManifest:
    """The bundle of the shipped policy."""
    return build_bundle(None, None, tmp_path_factory.mktemp("bundles"), find_opa())


@pytest.fixture
def served(cases: dict[str, Case], evidence: tuple[Path, ...], shipped: BundleManifest) -> Served:
    @asynccontextmanager
    async def serve(url: str = "managed") -> AsyncIterator[Ask]:
        files = {"files": evidence, "assume_authenticated": True}
        settings = load_settings({"opa": {"url": url}, "policy": {"bundle": shipped.path}, "evidence": files})
        async with assemble(settings) as running:
            app = create_app(Server(running.gate, running.engine, settings, running.versions))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="https://mlgate") as client:
                yield Ask(client, cases, running.engine)

    return serve


@pytest.fixture(scope="session")
def running(
    evidence: tuple[Path, ...],
    cases: dict[str, Case],
    shipped: BundleManifest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[process.Served]:
    """One real process for all tests that leave it as it is; hostile cards lie beside the good ones."""
    folder = tmp_path_factory.mktemp("serve")
    assert shipped.path is not None
    card = next(item for item in cases["credit-scoring"].evidence if item["kind"] == "ModelCard")
    hostile = {"apiVersion": "v1", "kind": "List", "items": hostile_cards(card)}
    (folder / "hostile.json").write_text(json.dumps(hostile))
    with process.serving(
        folder,
        [*evidence, folder / "hostile.json"],
        shipped.path,
        settings={
            "MLGATE_EVIDENCE__CARD_SOURCES": '["modelcard", "configmap"]',
            "MLGATE_SERVER__HEAD_SECONDS": "2",
            "MLGATE_SERVER__BODY_SECONDS": "2",
        },
    ) as server:
        yield server


@pytest.fixture(scope="session")
def make_question(cases: dict[str, Case]) -> Callable[..., dict[str, Any]]:
    """The review of a case, the good example by default; parts of its request can be others."""

    def ask(name: str = "credit-scoring", **changes: object) -> dict[str, Any]:
        made = copy.deepcopy(review(cases[name].manifest[0], read_reference(EXAMPLES).requester, "u-1"))
        made["request"] |= changes
        return made

    return ask


@pytest.fixture
def question(make_question: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The same, for one test."""
    return make_question


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ManagedOpa]]:
    """The managed OPAs that are started, to do them harm."""
    started: list[ManagedOpa] = []
    launch = ManagedOpa._launch

    async def noted(self: ManagedOpa) -> None:
        started.append(self)
        await launch(self)

    monkeypatch.setattr(ManagedOpa, "_launch", noted)
    yield started
    for child in started:
        assert child.pid is None  # stopped with the gate


@pytest.fixture
def back_to_normal() -> Callable[[Ask], Awaitable[None]]:
    async def until_allowed(ask: Ask) -> None:
        """Ask until the good example is allowed again, as whoever applies it would."""
        async with asyncio.timeout(60):
            while not (await ask("credit-scoring"))["allowed"]:
                await asyncio.sleep(0.05)

    return until_allowed


@pytest.fixture
def unused_url() -> Iterator[str]:
    """An address where nobody listens; the port is held, so that nobody will."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{holder.getsockname()[1]}"
