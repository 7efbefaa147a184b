"""What is put together from which settings, and what it needs for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlgate import __version__, assembly, engines
from mlgate.assembly import (
    API_SECONDS,
    CheckFrom,
    assemble,
    assemble_check,
    card_from_cluster,
    cluster_user,
    installed_versions,
)
from mlgate.audit.log import NoSink
from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable, SettingsError
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.layered import LayeredCluster
from mlgate.policy.bundle import build_bundle
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine
from mlgate.settings import Settings, load_settings

ELSEWHERE = "http://127.0.0.1:1"
EXAMPLE = Path(__file__).parents[2] / "examples" / "cluster.yaml"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BundleManifest:
    return build_bundle(None, None, tmp_path_factory.mktemp("bundles"), find_opa())


@pytest.fixture
def no_opa(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the opa program."""

    def missing(configured: Path | None = None) -> Path:
        raise SettingsError("opa.binary: no opa program found on PATH")

    def unusable(*_: object) -> str:
        raise AssertionError("the opa program was run")

    for module in (assembly, engines):
        monkeypatch.setattr(module, "find_opa", missing)
    monkeypatch.setattr(engines, "run_opa", unusable)


def settings(url: str = ELSEWHERE, **groups: dict[str, Any]) -> Settings:
    chosen: dict[str, dict[str, Any]] = {"opa": {"url": url}, "evidence": {"files": (EXAMPLE,)}}
    return load_settings(chosen | groups)


async def test_no_program_is_needed_where_opa_runs_elsewhere_and_the_bundle_is_built(
    no_opa: None, built: BundleManifest
) -> None:
    chosen = settings(policy={"bundle": built.path})
    async with assemble(chosen, NoSink()) as running:
        assert isinstance(running.engine, OpaEngine)
        assert running.versions() == {"mlgate": __version__, "policy": built.revision, "opa": None}


@pytest.mark.parametrize("url", [ELSEWHERE, "managed"])
async def test_a_program_is_needed_to_build_or_to_run(no_opa: None, built: BundleManifest, url: str) -> None:
    bundle = built.path if url == "managed" else None
    with pytest.raises(SettingsError, match="no opa program"):
        async with assemble(settings(url, policy={"bundle": bundle}), NoSink()):
            pytest.fail("it started")


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"two words", b"a\nb", b"\xff\xfe"])
async def test_a_token_file_that_holds_no_token_refuses_to_start(
    built: BundleManifest, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    chosen = settings(opa={"url": ELSEWHERE, "token_file": path}, policy={"bundle": built.path})
    with pytest.raises(SettingsError, match=r"opa\.token_file"):
        async with assemble(chosen, NoSink()):
            pytest.fail("it started")


async def test_the_token_in_the_file_is_sent_without_its_newline(
    built: BundleManifest, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("t0ken\n")
    chosen = settings(opa={"url": ELSEWHERE, "token_file": tmp_path / "token"}, policy={"bundle": built.path})
    async with assemble(chosen, NoSink()) as running:
        assert isinstance(running.engine, OpaEngine)
        endpoint = running.engine._source()
    assert endpoint is not None
    assert endpoint.token == "t0ken"


def test_versions_of_parts_that_are_missing_are_null(no_opa: None) -> None:
    assert installed_versions(settings()) == {"mlgate": __version__, "policy": None, "opa": None}


def test_versions_of_parts_that_are_there_are_told(built: BundleManifest, tmp_path: Path) -> None:
    found = installed_versions(settings("managed", policy={"bundle": built.path}))
    assert found["policy"] == built.revision
    assert str(found["opa"]).startswith("1.")


async def test_a_check_judges_with_the_policy_that_is_named(built: BundleManifest) -> None:
    source = CheckFrom(objects=(), namespace="default", bundle=built.path)
    async with assemble_check(source) as running:
        assert await running.engine.ready() is None
        assert running.manifest.revision == built.revision


class Live:
    """A cluster that notes what is done with it."""

    source = "cluster"
    assume_authenticated = False

    def __init__(self) -> None:
        self.done: list[str] = []
        self.connected: tuple[object, ...] = ()
        self.unwatched: frozenset[str] | None = None
        self.card: dict[str, Any] | None = {"kind": "ModelCard"}
        self.fault: EvidenceUnavailable | None = None

    def start(self) -> None:
        self.done.append("start")

    def stop(self) -> None:
        self.done.append("stop")

    async def get(self, *key: object, **options: object) -> dict[str, Any] | None:
        self.done.append(f"get {key[1:]} {options['fresh']}")
        if self.fault is not None:
            raise self.fault
        return self.card

    async def whoami(self, deadline: Deadline) -> str | None:
        self.done.append(f"whoami {deadline.sooner(99) <= API_SECONDS}")
        if self.fault is not None:
            raise self.fault
        return "ana@bank.example"


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Live:
    found = Live()

    def connect(
        *where: object, per_call_timeout: float = 1.0, unwatched: frozenset[str] = frozenset()
    ) -> Live:
        found.connected = (*where, per_call_timeout)
        found.unwatched = unwatched
        return found

    monkeypatch.setattr(KubernetesCluster, "connect", connect)
    return found


async def test_without_files_the_live_cluster_is_watched_and_let_go_at_the_end(
    built: BundleManifest, live: Live, tmp_path: Path
) -> None:
    evidence = {"kubeconfig": tmp_path / "kubeconfig", "context": "prod", "call_seconds": 3}
    chosen = settings(evidence=evidence, policy={"bundle": built.path})
    async with assemble(chosen) as running:
        assert running.gate.cluster is live  # type: ignore[comparison-overlap]
        assert live.done == ["start"]
    assert live.done == ["start", "stop"]
    assert live.connected == (tmp_path / "kubeconfig", "prod", 3)
    assert live.unwatched == frozenset()


async def test_the_nodes_are_not_watched_where_the_region_is_known(built: BundleManifest, live: Live) -> None:
    chosen = settings(evidence={"region": "eu-west-1"}, policy={"bundle": built.path})
    async with assemble(chosen) as running:
        assert running.gate.evidence_options.region == "eu-west-1"
    assert live.unwatched == {"Node"}


async def test_how_surroundings_are_looked_up_is_a_setting(built: BundleManifest) -> None:
    chosen = settings(
        evidence={"files": (EXAMPLE,), "mesh_root": "mesh", "secrets": True, "config_maps": True},
        policy={"bundle": built.path},
    )
    async with assemble(chosen, NoSink()) as running:
        options = running.gate.evidence_options
    assert (options.mesh_root, options.secrets, options.config_maps) == ("mesh", True, True)
    assert options.scan_entries({"password": "hunter2hunter2"}) == [("password", "name")]


async def test_the_cluster_is_let_go_also_where_the_engine_does_not_start(
    built: BundleManifest, live: Live, tmp_path: Path
) -> None:
    opa = {"url": ELSEWHERE, "token_file": tmp_path / "missing"}
    chosen = settings(opa=opa, evidence={"context": "prod"}, policy={"bundle": built.path})
    with pytest.raises(SettingsError, match=r"opa\.token_file"):
        async with assemble(chosen):
            pytest.fail("it started")
    assert live.done == ["start", "stop"]


async def test_a_check_beside_a_cluster_asks_the_files_first_and_watches_nothing(
    built: BundleManifest, live: Live
) -> None:
    source = CheckFrom(objects=(), namespace="default", bundle=built.path, context="prod")
    async with assemble_check(source) as running:
        assert isinstance(running.gate.cluster, LayeredCluster)
    assert live.done == ["stop"]


async def test_a_check_without_a_time_uses_the_clock_and_with_one_that_time(built: BundleManifest) -> None:
    for moment in (None, "2026-11-02T12:00:00Z"):
        source = CheckFrom(objects=(), namespace="default", bundle=built.path, at=moment)
        async with assemble_check(source) as running:
            assert running.gate.clock() == moment or (moment is None and running.gate.clock().endswith("Z"))


async def test_a_card_is_read_from_the_cluster_itself_or_said_to_be_missing(live: Live) -> None:
    assert await card_from_cluster("credit", "bank", "prod") == {"kind": "ModelCard"}
    assert live.done == ["get ('ModelCard', 'bank', 'credit') True", "stop"]
    live.card = None
    with pytest.raises(SettingsError, match="no ModelCard credit in namespace bank"):
        await card_from_cluster("credit", "bank", "prod")
    assert live.done[-1] == "stop"


async def test_who_runs_this_is_asked_of_the_cluster_which_is_let_go(live: Live) -> None:
    assert await cluster_user("prod") == "ana@bank.example"
    assert live.done == ["whoami True", "stop"]
    assert live.connected[1:] == ("prod", API_SECONDS)


async def test_a_cluster_that_does_not_answer_is_let_go_and_named(live: Live) -> None:
    live.fault = EvidenceUnavailable("the API server answered 403")
    with pytest.raises(EvidenceUnavailable, match="403"):
        await card_from_cluster("credit", "bank", None)
    with pytest.raises(EvidenceUnavailable, match="403"):
        await cluster_user(None)
    assert live.done.count("stop") == 2
