"""Connections to registries: none is left open by a look-up that has ended."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.registries.transport import Caller, Places, https_clients


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A host that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def uncollected() -> Iterator[None]:
    """The collector closes what nobody else did, at a time of its own."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
async def test_a_handshake_that_outlasts_the_deadline_is_hung_up(silent: socket.socket) -> None:
    host = f"localhost:{silent.getsockname()[1]}"
    caller = Caller(Places(frozenset({host}), frozenset({host})), https_clients())

    async def lookup(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    caller.lookup = lookup
    with pytest.raises(EvidenceUnavailable, match="did not answer"):
        await caller.get(f"https://{host}/v2/", {}, 10, Deadline.after(0.2))
    peer, _ = silent.accept()
    with peer:
        assert _ends(peer), "the connection stays open"
    await caller.close()


def _ends(peer: socket.socket) -> bool:
    """Whether the other side hangs up after its greeting."""
    peer.settimeout(2)
    try:
        while peer.recv(65536):
            continue
    except TimeoutError:
        return False
    return True
