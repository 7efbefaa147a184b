"""A registry in a process, and a client that may ask it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import Registry

from mlgate.evidence.registries.client import RegistryClient
from mlgate.evidence.registries.credentials import DockerConfig
from mlgate.evidence.registries.transport import Caller, Places, https_clients


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as running:
        yield running


@pytest.fixture
async def caller(registry: Registry, tmp_path: Path) -> AsyncIterator[Caller]:
    authority = tmp_path / "ca.pem"
    registry.authority.cert_pem.write_to_path(str(authority))
    hosts = frozenset({registry.host})
    found = Caller(Places(hosts, hosts), https_clients(authority))
    yield found
    await found.close()


@pytest.fixture
def client(caller: Caller) -> RegistryClient:
    return RegistryClient(caller, DockerConfig(None))
