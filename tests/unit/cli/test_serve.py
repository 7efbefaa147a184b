"""`serve`: which settings its flags are, what it refuses to start with, and what it says at start."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mlgate import assembly
from mlgate.cli import serve as module
from mlgate.cli.requests import request_for
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.evidence.files import FileCluster
from mlgate.live_policy import LivePolicy
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.reload import PolicyReload
from mlgate.settings import Settings
from mlgate.web.routes import Server

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
EXAMPLE = Path(__file__).parents[3] / "examples" / "credit-scoring"
WAIVER = """\
apiVersion: mlgate.dev/v1alpha1
kind: Waiver
metadata: {name: w, namespace: credit-scoring, creationTimestamp: "2026-11-01T00:00:00Z"}
spec:
  codes: [encryption.at_rest_missing]
  subject: {workload: {kind: InferenceService, name: credit-scoring}}
  reason: because
  ticket: T-1
  requestedBy: erin@example.com
  approvedBy: rita@example.com
  expiresAt: "2099-01-01"
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mlgate")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "tls.crt", folder / "tls.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert, secret


class Engine:
    """Notes what it is asked and allows it."""

    def __init__(self) -> None:
        self.asked: list[PolicyInput] = []

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        self.asked.append(question)
        return Decision(
            allow=True, profile="production", tier="high", classification=None, mode="enforce",
            unchanged=False, violations=(), warnings=(), audited=(), waived=(), suppressed=0, skipped=(),
            evaluated=("model_card.missing",), revision="v1+abc",
        )  # fmt: skip

    async def ready(self) -> str | None:
        return None

    async def aclose(self) -> None:
        """Nothing is open."""


class Started:
    """What `serve` came to: its settings, and one review of the example."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.settings: Settings | None = None

    async def run(self, server: Server, started: Callable[[str], None]) -> None:
        self.settings = server.settings
        assert server.certificate is not None
        started("127.0.0.1:8443")
        manifest = yaml.safe_load((EXAMPLE / "manifest.yaml").read_text())
        request = request_for(manifest, default_namespace="default", user=None)
        await server.gate.judge(request, Deadline.after(5))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """`serve` without sockets and without OPA."""
    found = Started()

    manifest = BundleManifest(revision="v1+abc", codes=frozenset({"model_card.missing"}), path=None)

    async def use(_: BundleManifest) -> None:
        pytest.fail("the policy does not change")

    @asynccontextmanager
    async def live_policy(*_: object) -> AsyncIterator[LivePolicy]:
        reload = PolicyReload(lambda: "", lambda judging: judging, use, seen="", manifest=manifest)
        yield LivePolicy(found.engine, reload)

    monkeypatch.setattr(assembly, "opa_for", lambda _settings: None)
    monkeypatch.setattr(assembly, "live_policy", live_policy)
    monkeypatch.setattr(module, "run_server", found.run)
    return found


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """The evidence of the example, and a waiver."""
    file = tmp_path / "evidence.yaml"
    file.write_text(f"{(EXAMPLE / 'evidence.yaml').read_text()}\n---\n{WAIVER}")
    return file


def serve(mlgate: Program, pair: tuple[Path, Path], *more: str | Path) -> Any:
    return mlgate("serve", "--tls-cert", pair[0], "--tls-key", pair[1], *more)


def events(text: str) -> dict[str, dict[str, Any]]:
    return {line["event"]: line for line in map(json.loads, text.splitlines())}


def test_sign_offs_in_files_are_claims_and_waivers_are_not_read_unless_the_operator_says_otherwise(
    mlgate: Program, pair: tuple[Path, Path], started: Started, evidence: Path
) -> None:
    serve(mlgate, pair, "--evidence", evidence)
    serve(mlgate, pair, "--evidence", evidence, "--assume-authenticated")

    unguarded, assumed = started.engine.asked
    assert {entry.assurance for entry in unguarded.sign_offs} == {"claimed"}
    assert len(unguarded.sign_offs) == 4
    assert unguarded.waivers == ()
    assert {entry.assurance for entry in assumed.sign_offs} == {"authenticated"}
    assert [entry.name for entry in assumed.waivers] == ["w"]


@pytest.mark.parametrize("more", [(), ("--assume-authenticated",)])
def test_files_that_stand_for_the_cluster_are_logged_at_start_and_in_every_decision_record(
    mlgate: Program, pair: tuple[Path, Path], started: Started, evidence: Path, more: tuple[str, ...]
) -> None:
    logged = events(serve(mlgate, pair, "--evidence", evidence, *more).err)

    assert logged["serving"]["evidence_source"] == "files"
    assert (logged["serving"]["policy"], logged["serving"]["address"]) == ("v1+abc", "127.0.0.1:8443")
    warning = logged["files_stand_for_the_cluster"]
    assert (warning["level"], warning["files"]) == ("warning", [str(evidence)])
    assert warning["assume_authenticated"] is bool(more)
    assert logged["decision"]["evidenceSource"] == "files"


def test_files_must_not_stand_for_the_cluster_inside_one(
    mlgate: Program,
    pair: tuple[Path, Path],
    started: Started,
    evidence: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")

    done = serve(mlgate, pair, "--evidence", evidence)

    assert (done.code, started.settings) == (2, None)
    assert "files must not stand for the cluster inside a cluster" in done.err


def test_an_assumption_about_no_files_is_refused(
    mlgate: Program, pair: tuple[Path, Path], started: Started
) -> None:
    done = serve(mlgate, pair, "--assume-authenticated")

    assert (done.code, started.settings) == (2, None)
    assert "it is about evidence.files, and there are none" in done.err


def test_every_flag_is_a_setting_and_wins_over_the_environment(
    mlgate: Program,
    pair: tuple[Path, Path],
    started: Started,
    evidence: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLGATE_LISTEN__PORT", "1")
    monkeypatch.setenv("MLGATE_OPA__URL", "http://127.0.0.1:2")
    policy = ("--bundle", tmp_path / "b", "--settings", tmp_path / "s", "--opa", "managed")
    live = ("--kubeconfig", tmp_path / "k", "--context", "prod")

    serve(mlgate, pair, "--listen", "[::1]:9443", "--evidence", evidence, *policy, *live)

    found = started.settings
    assert found is not None
    assert (found.listen.host, found.listen.port) == ("::1", 9443)
    assert (found.tls.cert, found.tls.key) == pair
    assert (found.opa.url, found.policy.bundle, found.policy.settings) == (
        "managed",
        tmp_path / "b",
        tmp_path / "s",
    )
    chosen = found.evidence
    assert (chosen.files, chosen.kubeconfig, chosen.context) == ((evidence,), tmp_path / "k", "prod")


def test_settings_alone_are_enough(
    mlgate: Program,
    pair: tuple[Path, Path],
    started: Started,
    evidence: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLGATE_TLS__CERT", str(pair[0]))
    monkeypatch.setenv("MLGATE_TLS__KEY", str(pair[1]))
    monkeypatch.setenv("MLGATE_EVIDENCE__FILES", json.dumps([str(evidence)]))
    monkeypatch.setenv("MLGATE_DECISION__ON_ERROR", "allow")

    done = mlgate("serve", "--listen", ":7000")

    assert started.settings is not None
    assert (started.settings.listen.host, started.settings.listen.port) == ("::", 7000), "all of them"
    assert "on_error_is_allow" in events(done.err)


@pytest.mark.parametrize(
    "listen", ["", "localhost", "localhost:", "localhost:x", "h:²", "h:-1", "h:999999", "h:99999"]
)
def test_an_address_that_is_none_is_named(
    mlgate: Program, pair: tuple[Path, Path], started: Started, listen: str
) -> None:
    done = serve(mlgate, pair, "--listen", listen)

    assert (done.code, done.err.count("\n"), started.settings) == (2, 1, None)
    assert "setting listen" in done.err


def test_beside_a_live_cluster_no_files_are_spoken_of(
    mlgate: Program, pair: tuple[Path, Path], started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def cluster_for(_settings: Settings) -> Iterator[FileCluster]:
        yield FileCluster([])

    monkeypatch.setattr(assembly, "_cluster_for", cluster_for)

    logged = events(serve(mlgate, pair).err)

    assert logged["serving"]["evidence_source"] == "cluster"
    assert "files_stand_for_the_cluster" not in logged


def test_without_a_certificate_nothing_is_served(mlgate: Program, pair: tuple[Path, Path]) -> None:
    for arguments in ((), ("--tls-cert", pair[0]), ("--tls-key", pair[1])):
        done = mlgate("serve", *arguments)
        assert (done.code, "webhooks are called over TLS only" in done.err) == (2, True)


def test_a_broken_evidence_file_is_named_with_its_place(
    mlgate: Program, pair: tuple[Path, Path], started: Started, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text("a: 1\na: 2\n")

    done = serve(mlgate, pair, "--evidence", tmp_path)

    assert (done.code, started.settings) == (2, None)
    assert done.err == f"mlgate: {tmp_path / 'bad.yaml'}: duplicate key 'a' (line 2, column 1)\n"


async def test_an_order_to_reload_that_comes_before_the_server_is_kept_for_it() -> None:
    ordered = module._reload_orders()
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.wait_for(ordered.wait(), 30)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)


def test_where_there_is_no_faster_event_loop_the_own_one_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module._loop_factory() is not None
    monkeypatch.setattr(sys, "platform", "win32")
    assert module._loop_factory() is None


def test_what_is_there_at_the_start_is_not_searched_for_garbage_again(
    mlgate: Program, pair: tuple[Path, Path], started: Started, evidence: Path
) -> None:
    gc.unfreeze()
    serve(mlgate, pair, "--evidence", evidence)
    kept = gc.get_freeze_count()
    gc.unfreeze()

    assert kept > 10_000
