"""Start what the bench compares: the gate, a bare OPA and an empty endpoint, on the same input."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from load import Target
from registry_evidence import card_in_registry

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.cli.manifests import load_documents
from mlgate.cli.requests import request_for
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import UserInfo
from mlgate.gate import Gate
from mlgate.policy.engine import PolicyEngine

CASE = "credit-scoring"
"""The reference workload: an InferenceService with a full card and five approvals."""
REQUESTER = UserInfo(username="erin@example.com", groups=("ml-release", "system:authenticated"))
MANY = 1000
IN_REGISTRY = "gate, oci"
"""The gate whose card lies in a registry."""


@dataclass
class Bench:
    """The running targets, and the files for the commands."""

    opa: Path
    bundle: Path
    question: Path
    targets: list[Target]
    start_seconds: float
    folder: Path
    program: Path
    pids: dict[str, int]
    """Process of each target, by its name."""
    checks: list[tuple[str, list[Path], float]] = field(default_factory=list)

    def check(self, paths: list[Path]) -> None:
        """`mlgate check` as a person runs it."""
        command = [str(self.program), "check", "--assume-authenticated", "--output", "json"]
        done = subprocess.run([*command, *map(str, paths)], capture_output=True, check=False)
        if done.returncode not in {0, 1}:
            raise RuntimeError(done.stderr.decode())


class _Remember:
    """An engine that keeps the question it is asked, so that bare OPA gets the very same."""

    def __init__(self, engine: PolicyEngine) -> None:
        self._engine = engine
        self.question: PolicyInput | None = None

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        self.question = question
        return await self._engine.decide(question, deadline)

    async def ready(self) -> str | None:
        return await self._engine.ready()

    async def aclose(self) -> None:
        await self._engine.aclose()


async def question_of(case: Path) -> tuple[dict[str, Any], Path]:
    """The policy input of the reference workload, and the bundle that judges it."""
    documents = load_documents([str(case / "manifest.yaml"), str(case / "evidence.yaml")])
    objects = tuple(item.object for item in documents if item.object is not None)
    source = CheckFrom(objects, namespace="default", assume_authenticated=True)
    async with assemble_check(source) as running:
        memory = _Remember(running.engine)
        gate = Gate(
            memory,
            running.gate.cluster,
            running.gate.sink,
            running.gate.extract_options,
            running.gate.evidence_options,
        )
        request = request_for(objects[0], default_namespace="default", user=REQUESTER)
        judgement = await gate.judge(request, Deadline.after(30))
        if memory.question is None or running.manifest.path is None or not judgement.verdict.allowed:
            raise RuntimeError(f"the reference workload is not allowed: {judgement.record.violations}")
        return memory.question.wire(), running.manifest.path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> float:
    """Seconds until an address answers."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    started = time.perf_counter()
    while time.perf_counter() - started < 30:  # noqa: PLR2004 - seconds
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1, context=context):  # noqa: S310 - loopback
                return time.perf_counter() - started
        except urllib.error.HTTPError as answer:
            if answer.code != 503:  # noqa: PLR2004 - not ready yet
                return time.perf_counter() - started
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"{url} does not answer")


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback, for this run only."""
    import trustme  # noqa: PLC0415 - a development package, needed for a bench only

    issued = trustme.CA().issue_cert("127.0.0.1", "localhost")
    cert, key = folder / "tls.crt", folder / "tls.key"
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    return cert, key


def _review(case: Path) -> bytes:
    """The AdmissionReview the API server would send for the reference workload."""
    return review_of(load_documents([str(case / "manifest.yaml")])[0].object or {})


def review_of(value: dict[str, Any]) -> bytes:
    """The review of an object that is created."""
    request = request_for(value, default_namespace="default", user=REQUESTER)
    asked = {
        "uid": "0f6d3c1e-8a52-4a54-9d1c-6f1c7a5e2b90",
        "kind": request.kind.wire(),
        "resource": {"group": request.kind.group, "version": request.kind.version, "resource": "x"},
        "name": request.name,
        "namespace": request.namespace,
        "operation": "CREATE",
        "userInfo": {"username": REQUESTER.username, "groups": list(REQUESTER.groups)},
        "object": value,
        "oldObject": None,
        "dryRun": False,
        "options": None,
    }
    return json.dumps(
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": asked}
    ).encode()


@contextmanager
def _running(*command: object, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the time of the bench, its output in nobody's way."""
    process = subprocess.Popen(
        [str(part) for part in command],
        env=os.environ | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _serve(program: Path, port: int, pair: tuple[Path, Path], evidence: Path) -> tuple[object, ...]:
    """The command of a server with files for its evidence."""
    return (
        *(program, "serve", "--listen", f"127.0.0.1:{port}"),
        *("--tls-cert", pair[0], "--tls-key", pair[1], "--assume-authenticated", "--evidence", evidence),
    )


def _gate(port: int, review: bytes, name: str = "gate") -> Target:
    """What a server is asked, and what it is to answer."""
    url = f"https://127.0.0.1:{port}/validate?timeout=5s"
    return Target(name, url, review, {"Content-Type": "application/json"}, b'"allowed": true')


@dataclass(frozen=True)
class Replica:
    """A running server and its process; the engine is its only child."""

    target: Target
    pid: int


@contextmanager
def replicas(root: Path, count: int) -> Iterator[list[Replica]]:
    """So many servers, each on a core of its own while there are enough."""
    case = _examples(root) / CASE
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        pair = _certificate(Path(name))
        made = []
        for number in range(count):
            port = _free_port()
            command = _serve(root / ".venv" / "bin" / "mlgate", port, pair, case)
            process = running.enter_context(_running(*command, MLGATE_SERVER__DRAIN_SECONDS="0"))
            # Before it starts its engine, which stays on the same core.
            os.sched_setaffinity(process.pid, {cores[number % len(cores)]})
            _wait(f"https://127.0.0.1:{port}/readyz", process)
            made.append(Replica(_gate(port, _review(case)), process.pid))
        yield made


def _examples(root: Path) -> Path:
    """The examples, shifted to today."""
    script = str(root / "tools" / "examples.py")
    subprocess.run([sys.executable, script], check=True, stdout=subprocess.DEVNULL)
    return root / ".build" / "examples"


@contextmanager
def prepared(root: Path) -> Iterator[Bench]:
    """Everything started; stopped again at the end."""
    opa, program = root / ".tools" / "bin" / "opa", root / ".venv" / "bin" / "mlgate"
    case = _examples(root) / CASE
    question, bundle = asyncio.run(question_of(case))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = folder / "input.json"
        asked.write_text(json.dumps(question))
        cert, key = _certificate(folder)
        ports = [_free_port() for _ in range(4)]
        serve = _serve(program, ports[0], (cert, key), case)
        echo = (sys.executable, root / "bench" / "echo_app.py", ports[2], cert, key)
        bare = (opa, "run", "--server", "-a", f"127.0.0.1:{ports[1]}", "-b", bundle, "--log-level=error")
        with (
            card_in_registry(case, folder) as stored,
            _running(*serve, MLGATE_SERVER__DRAIN_SECONDS="0") as gate,
            _running(
                *_serve(program, ports[3], (cert, key), stored.evidence),
                **stored.env,
                MLGATE_SERVER__DRAIN_SECONDS="0",
            ) as other_gate,
            _running(*bare, "--disable-telemetry") as engine,
            _running(*echo) as endpoint,
        ):
            start = _wait(f"https://127.0.0.1:{ports[0]}/readyz", gate)
            _wait(f"https://127.0.0.1:{ports[3]}/readyz", other_gate)
            _wait(f"http://127.0.0.1:{ports[1]}/health", engine)
            _wait(f"https://127.0.0.1:{ports[2]}/", endpoint)
            review = _review(case)
            json_type = {"Content-Type": "application/json"}
            body = json.dumps({"input": question}).encode()
            data = f"http://127.0.0.1:{ports[1]}/v1/data/mlgate/main/decision"
            targets = [
                Target("endpoint", f"https://127.0.0.1:{ports[2]}/validate", review, json_type, b'"request"'),
                Target("opa", data, body, json_type, b'"allow":true'),
                _gate(ports[0], review),
                _gate(ports[3], review_of(stored.manifest), IN_REGISTRY),
            ]
            running = (endpoint, engine, gate, other_gate)
            pids = {target.name: child.pid for target, child in zip(targets, running, strict=True)}
            bench = Bench(opa, bundle, asked, targets, start, folder, program, pids)
            _add_checks(bench, case)
            yield bench


def _add_checks(bench: Bench, case: Path) -> None:
    """One manifest, and a thousand of them with the same evidence."""
    many = bench.folder / "many"
    many.mkdir()
    text = (case / "manifest.yaml").read_text()
    for number in range(MANY):
        (many / f"{number:04}.yaml").write_text(text)
    evidence = case / "evidence.yaml"
    bench.checks.append(("one manifest, cold", [case / "manifest.yaml", evidence], 1.5))
    bench.checks.append((f"{MANY} manifests", [many, evidence], 10))
