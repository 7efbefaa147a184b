"""`mlgate serve` as an operator meets it: its addresses, its log, its signals, and how it fails to start."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography.hazmat.primitives import serialization
from process import MLGATE, Certificates, Served, environment, serial_of, serving

from mlgate.cli.main import run
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.shipped import shipped_rego

Question = Callable[..., dict[str, Any]]
GOOD, BAD = "credit-scoring", "credit-scoring-no-card"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"
SIGNATURE = "5d672d79c15b13162d9279b0855cfba6"
PASSWORD = "correct-horse-battery-staple-42"


@contextmanager
def _patience(seconds: float = 60) -> Iterator[Callable[[], None]]:
    """A pause to call in a loop that waits for something; it fails when that never comes."""
    limit = time.monotonic() + seconds

    def pause() -> None:
        assert time.monotonic() < limit
        time.sleep(0.02)

    yield pause


def _gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _count(text: str, series: str) -> float:
    """The value of a series in the metrics; zero when it is not there yet."""
    return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{series} ")), 0.0)


def test_reviews_are_judged_over_tls_by_the_policy_it_says_it_has(
    running: Served, question: Question
) -> None:
    good, bad = running.ask(question(GOOD)), running.ask(question(BAD))
    version = running.call("GET", "/version").json()

    assert (good["allowed"], bad["allowed"], bad["status"]["code"]) == (True, False, 403)
    assert good["auditAnnotations"]["policy-revision"] == version["policy"]
    assert version["opa"].count(".") == 2
    assert set(version) == {"mlgate", "policy", "opa"}


def test_it_is_alive_and_ready(running: Served) -> None:
    live, ready = running.call("GET", "/livez"), running.call("GET", "/readyz")

    assert (live.status, live.json()) == (200, {"status": "ok"})
    found = ready.json()
    policy, certificate = found.pop("policy"), found.pop("certificate")
    assert (ready.status, found) == (200, {"ready": True, "problems": {}, "notes": [], "onError": "deny"})
    assert certificate["refused"] is None
    assert (policy["revision"], policy["refused"]) == (running.call("GET", "/version").json()["policy"], None)


def test_unknown_addresses_and_methods_are_told_in_json(running: Served) -> None:
    found = {
        call: running.call(*call).status
        for call in (("GET", "/"), ("GET", "/docs"), ("GET", "/validate"), ("DELETE", "/validate"))
    }

    assert set(found.values()) == {404, 405}
    assert "error" in running.call("GET", "/validate/../etc/passwd").json()


def test_reviews_findings_and_stages_are_counted(running: Served, question: Question) -> None:
    allowed = 'mlgate_reviews_total{kind="InferenceService",verdict="allowed"}'
    denied = 'mlgate_reviews_total{kind="InferenceService",verdict="denied"}'
    missing = 'mlgate_findings_total{code="model_card.missing",list="violations"}'
    bad_calls = 'mlgate_bad_calls_total{status="400"}'
    stages = [f'mlgate_stage_seconds_count{{stage="{name}"}}' for name in ("extract", "gather", "decide")]
    before = running.call("GET", "/metrics").text

    running.ask(question(GOOD))
    running.ask(question(BAD))
    running.post(b"{")
    after = running.call("GET", "/metrics").text

    grown = {
        name: _count(after, name) - _count(before, name) for name in (allowed, denied, missing, bad_calls)
    }
    assert grown == {allowed: 1, denied: 1, missing: 1, bad_calls: 1}
    assert [_count(after, name) - _count(before, name) for name in stages] == [2, 2, 2]
    assert _count(after, "mlgate_certificate_expiry_timestamp_seconds") > time.time()


def test_each_review_is_one_line_of_the_log_that_says_what_was_decided(
    running: Served, question: Question
) -> None:
    before = running.mark()

    running.ask(question(GOOD, uid="u-1", dryRun=True))
    running.ask(question(BAD))

    good, bad = [line for line in running.lines(since=before) if line["event"] == "decision"]
    assert (good["allowed"], good["dryRun"], good["uid"], good["evidenceSource"]) == (
        True,
        True,
        "u-1",
        "files",
    )
    assert (bad["allowed"], bad["level"], bad["violations"]) == (
        False,
        "warning",
        ["model_card.missing[predictor]"],
    )
    assert (bad["kind"], bad["namespace"], bad["name"]) == ("InferenceService", BAD, GOOD)


def test_no_secret_and_no_text_of_a_card_is_logged_or_measured(running: Served, question: Question) -> None:
    before = running.mark()
    item = question(GOOD)["request"]["object"]
    item["spec"]["predictor"]["model"] |= {
        "storageUri": f"https://reader:{PASSWORD}@models.example.com/m?X-Amz-Signature={SIGNATURE}&se=1",
        "args": [f"--token={PASSWORD}"],
        "env": [
            {"name": "AWS_ACCESS_KEY_ID", "value": KEY},
            {"name": "AWS_SECRET_ACCESS_KEY", "value": PASSWORD},
        ],
    }

    response = running.ask(question(object=item))
    running.ask(question(GOOD))  # its card is read from start to end

    log = json.dumps(running.lines(since=before))
    everything = log + running.call("GET", "/metrics").text + json.dumps(response)
    assert response["allowed"] is False
    assert "https://models.example.com/m?X-Amz-Signature=***&se=***" in log
    assert SIGNATURE not in log
    assert PASSWORD not in everything
    assert KEY not in everything
    assert "weighting by age band" not in everything


def test_a_line_of_the_log_stays_short_whatever_the_manifest_holds(
    running: Served, question: Question
) -> None:
    before = running.mark()
    item = question(GOOD)["request"]["object"]
    item["spec"]["predictor"]["model"]["storageUri"] = "s3://m/" + "x" * 500_000
    item["metadata"]["annotations"]["mlgate.dev/model-card"] = "modelcard/a," * 10_000

    running.ask(question(object=item))

    assert running.mark() - before < 8192


def test_a_name_of_several_lines_forges_no_line_of_the_log(running: Served, question: Question) -> None:
    before = running.mark()
    forged = 'x"}\n{"event": "decision", "allowed": true, "uid": "forged"}\r\u2028\x1b[2J'

    review = question(GOOD)
    review["request"] |= {"name": forged, "subResource": forged}
    running.ask(review)

    lines = running.lines(since=before)
    assert [line["uid"] for line in lines if line["event"] == "decision"] == ["u-1"]
    assert "\x1b" not in running.log.read_text()


def test_the_start_says_where_and_with_what_it_serves(running: Served) -> None:
    start = running.wait_for("serving")

    assert start["evidence_source"] == "files"
    assert start["on_error"] == "deny"
    assert running.wait_for("files_stand_for_the_cluster")["assume_authenticated"] is True


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_current_versions_of_tls_are_spoken(running: Served, version: ssl.TLSVersion) -> None:
    trust = ssl.create_default_context()
    running.certificates.authority.configure_trust(trust)
    trust.minimum_version = trust.maximum_version = version

    with (
        socket.create_connection(("127.0.0.1", running.port), timeout=30) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        assert connection.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]


def test_who_speaks_no_tls_gets_no_answer(running: Served) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as plain:
        plain.sendall(b"GET /livez HTTP/1.1\r\nHost: mlgate\r\n\r\n")
        assert b"HTTP/" not in plain.recv(100)


def _served_serial(server: Served) -> int:
    with server.connect() as connection:
        return serial_of(connection.getpeercert(binary_form=True) or b"")


def test_a_certificate_that_is_rotated_on_disk_is_served_without_a_restart(
    running: Served, question: Question
) -> None:
    before = _served_serial(running)

    rotated = running.certificates.issue()

    with _patience() as pause:
        while _served_serial(running) == before:
            pause()
    assert _served_serial(running) == rotated
    assert running.ask(question())["allowed"] is True


def test_a_new_certificate_that_is_no_good_is_told_and_the_old_one_kept(running: Served) -> None:
    kept = _served_serial(running)
    sound = running.certificates.cert.read_bytes(), running.certificates.key.read_bytes()

    running.certificates.issue(not_after=datetime.now(UTC) - timedelta(days=1))

    with _patience() as pause:
        while not (answer := running.call("GET", "/readyz").json())["notes"]:
            pause()
    assert answer["ready"] is True
    assert "cannot be served" in answer["notes"][0]
    assert _served_serial(running) == kept
    running.certificates.cert.write_bytes(sound[0])
    running.certificates.key.write_bytes(sound[1])
    with _patience() as pause:
        while running.call("GET", "/readyz").json()["notes"]:
            pause()


def test_it_is_not_ready_and_refuses_while_opa_is_down_and_comes_back_by_itself(
    running: Served, question: Question
) -> None:
    errors = 'mlgate_opa_errors_total{reason="unavailable"}'
    failed_before = _count(running.call("GET", "/metrics").text, errors)
    child = running.child()
    os.kill(child, signal.SIGSTOP)  # it cannot come back before it has been seen missing
    with _patience() as pause:
        while (answer := running.call("GET", "/readyz")).status == 200:
            pause()
    os.kill(child, signal.SIGKILL)

    assert answer.status == 503
    assert list(answer.json()["problems"]) == ["policy engine"]
    assert running.call("GET", "/livez").status == 200
    with _patience() as pause:
        while running.call("GET", "/readyz").status != 200:
            pause()
    assert running.ask(question(GOOD))["allowed"] is True
    assert running.ask(question(BAD))["status"]["code"] == 403
    assert running.child() != child
    assert _count(running.call("GET", "/metrics").text, errors) >= failed_before


def _own(folder: Path, evidence: tuple[Path, ...], shipped: BundleManifest, **settings: str) -> Any:
    """A server for one test, which does it harm."""
    assert shipped.path is not None
    return serving(folder, evidence, shipped.path, settings=settings)


def test_sigterm_drains_answers_what_is_under_way_and_ends_with_code_0_and_no_child_left(
    evidence: tuple[Path, ...], shipped: BundleManifest, question: Question, tmp_path: Path
) -> None:
    with (
        _own(tmp_path, evidence, shipped, MLGATE_SERVER__DRAIN_SECONDS="3") as server,
        ThreadPoolExecutor(1) as caller,
    ):
        child = server.child()
        os.kill(child, signal.SIGSTOP)  # so that the review certainly waits
        asked = caller.submit(server.post, question(GOOD))
        with _patience() as pause:
            while _count(server.call("GET", "/metrics").text, "mlgate_reviews_in_flight") < 1:
                pause()
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("draining")
        os.kill(child, signal.SIGCONT)
        ready, answered = server.call("GET", "/readyz"), asked.result(60)

        assert (ready.status, ready.json()["problems"]["server"]) == (503, "draining")
        assert answered.json()["response"]["allowed"] is True
        assert answered.headers["connection"] == "close"
        assert server.process.wait(60) == 0
        assert _gone(child)
        assert [line for line in server.lines() if line["level"] == "error"] == []


def test_sigkill_leaves_no_child(evidence: tuple[Path, ...], shipped: BundleManifest, tmp_path: Path) -> None:
    with _own(tmp_path, evidence, shipped) as server:
        child = server.child()
        server.process.kill()
        server.process.wait()

        with _patience() as pause:
            while not _gone(child):
                pause()
        assert _gone(child)


def test_a_flood_is_shed_with_valid_refusals_and_then_all_is_as_before(
    evidence: tuple[Path, ...], shipped: BundleManifest, question: Question, tmp_path: Path
) -> None:
    with _own(tmp_path, evidence, shipped, MLGATE_SERVER__MAX_CONCURRENT="2") as server:
        child = server.child()
        os.kill(child, signal.SIGSTOP)  # so that the first two certainly fill the server
        with ThreadPoolExecutor(12) as callers:
            asked = [callers.submit(server.ask, question(GOOD, uid=f"u-{number}")) for number in range(12)]
            with _patience() as pause:
                while sum(future.done() for future in asked) < 10:
                    pause()
            shed = [future.result() for future in asked if future.done()]
            ready = server.call("GET", "/livez").status
            os.kill(child, signal.SIGCONT)
            judged = [answer for future in asked if (answer := future.result(60)) not in shed]

        assert ready == 200
        assert [(answer["allowed"], answer["status"]["code"]) for answer in shed] == [(False, 503)] * 10
        assert {answer["status"]["details"]["causes"][0]["reason"] for answer in shed} == {
            "mlgate.gate_overloaded"
        }
        assert all("try again" in answer["status"]["message"].lower() for answer in shed)
        assert [answer["allowed"] for answer in judged] == [True, True]
        assert {line["uid"] for line in server.lines() if line["event"] == "decision"} == {
            f"u-{number}" for number in range(12)
        }
        assert [server.ask(question(name))["allowed"] for name in (GOOD, BAD)] == [True, False]


def test_an_expired_certificate_is_a_reason_not_to_be_ready(
    evidence: tuple[Path, ...], shipped: BundleManifest, tmp_path: Path
) -> None:
    expired = {"not_after": datetime.now(UTC) - timedelta(days=1)}
    with serving(tmp_path, evidence, Path(str(shipped.path)), dates=expired) as server:
        answer = server.call("GET", "/readyz", trust=server.certificates.blind)

    assert answer.status == 503
    assert "expired" in answer.json()["problems"]["certificate"]


def test_an_opa_that_nobody_started_is_a_reason_not_to_be_ready_and_to_refuse(
    evidence: tuple[Path, ...],
    shipped: BundleManifest,
    question: Question,
    tmp_path: Path,
    unused_url: str,
) -> None:
    with _own(tmp_path, evidence, shipped, MLGATE_OPA__URL=unused_url) as server:
        down = server.call("GET", "/readyz")
        refused = server.ask(question(GOOD))
        metrics = server.call("GET", "/metrics").text

    assert (down.status, list(down.json()["problems"])) == (503, ["policy engine"])
    assert (refused["allowed"], refused["status"]["code"]) == (False, 503)
    assert _count(metrics, 'mlgate_opa_errors_total{reason="unavailable"}') == 1
    assert _count(metrics, 'mlgate_reviews_total{kind="InferenceService",verdict="error_denied"}') == 1


def test_an_opa_without_the_policy_is_a_reason_not_to_be_ready_and_to_refuse(
    evidence: tuple[Path, ...], shipped: BundleManifest, question: Question, tmp_path: Path
) -> None:
    with _empty_opa(tmp_path) as url, _own(tmp_path, evidence, shipped, MLGATE_OPA__URL=url) as server:
        ready, refused = server.call("GET", "/readyz"), server.ask(question(GOOD))

    assert (ready.status, list(ready.json()["problems"])) == (503, ["policy engine"])
    assert (refused["allowed"], refused["status"]["code"]) == (False, 503)
    assert refused["status"]["details"]["causes"][0]["reason"] == "mlgate.engine_decision_invalid"


@contextmanager
def _empty_opa(folder: Path) -> Iterator[str]:
    """An OPA that was given nothing."""
    log = folder / "opa.log"
    command = [str(find_opa()), "run", "--server", "--addr", "127.0.0.1:0", "--disable-telemetry"]
    with log.open("wb") as output:
        process = subprocess.Popen([*command, "--log-level", "info"], stdout=output, stderr=output)  # noqa: S603 - the pinned OPA
    try:
        with _patience() as pause:
            while (port := _port_of(process.pid)) is None:
                assert process.poll() is None, log.read_text()
                pause()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _port_of(pid: int) -> int | None:
    """The TCP port a process listens on; none yet when there is none."""
    held = {
        link for file in Path(f"/proc/{pid}/fd").iterdir() if (link := _target(file)).startswith("socket:")
    }
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in held:
            return int(fields[1].rpartition(":")[2], 16)
    return None


def _target(link: Path) -> str:
    """Where a link leads; nowhere once it is gone."""
    try:
        return str(link.readlink())
    except OSError:
        return ""


@pytest.mark.parametrize("command", ["serve", "check"])
def test_an_order_to_stop_while_opa_starts_is_obeyed_and_leaves_nothing_behind(
    ground: Path, shipped: BundleManifest, tmp_path: Path, command: str
) -> None:
    slow, rest = tmp_path / "opa", tmp_path / "rest"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    rest.mkdir()
    flags = {
        "serve": (
            "--tls-cert",
            ground / "tls.crt",
            "--tls-key",
            ground / "tls.key",
            "--listen",
            "127.0.0.1:0",
        ),
        "check": (ground / "good.yaml",),
    }[command]
    evidence = ("--evidence", str(ground / "good.yaml"), "--bundle", str(shipped.path))
    settings = {"MLGATE_OPA__BINARY": str(slow), "TMPDIR": str(rest)}
    process = subprocess.Popen(  # noqa: S603 - our own program
        [str(MLGATE), command, *map(str, flags), *evidence], env=environment(tmp_path, **settings)
    )
    with _patience() as pause:
        while not [*rest.iterdir()]:
            pause()

    process.terminate()

    assert process.wait(60) == 128 + signal.SIGTERM
    assert [*rest.iterdir()] == []


@dataclass(frozen=True)
class Start:
    """A start that fails: flags and settings beyond sound ones, and a word of the line that says why."""

    word: str
    flags: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)


FAILING: dict[str, Start] = {
    "an unknown setting": Start("MLGATE_TSL__CERT", settings={"MLGATE_TSL__CERT": "x"}),
    "an unknown setting of a group": Start("tls.certt", settings={"MLGATE_TLS__CERTT": "x"}),
    "a negative time": Start("body_seconds", settings={"MLGATE_SERVER__BODY_SECONDS": "-1"}),
    "a list that is none": Start(
        "EVIDENCE__CARD_SOURCES", settings={"MLGATE_EVIDENCE__CARD_SOURCES": "modelcard"}
    ),
    "no port": Start("HOST:PORT", ("--listen", "localhost")),
    "a port past the last": Start("listen.port", ("--listen", "127.0.0.1:70000")),
    "a host nobody has": Start("listen", ("--listen", "no-such-host.invalid:0")),
    "a busy port": Start("127.0.0.1:{busy}", ("--listen", "127.0.0.1:{busy}")),
    "no certificate": Start("{folder}/none.crt", ("--tls-cert", "{folder}/none.crt")),
    "a certificate that is none": Start("cannot be served", ("--tls-cert", "{folder}/word")),
    "a key with a passphrase": Start("encrypted", ("--tls-key", "{folder}/locked.key")),
    "no policy": Start("{folder}/none", ("--bundle", "{folder}/none")),
    "a policy that is no Rego": Start("main.rego:3: unexpected eof token", ("--bundle", "{folder}/broken")),
    "a bundle that is none": Start("word", ("--bundle", "{folder}/word")),
    "site settings that are none": Start(
        "policy settings", ("--bundle", "{rego}", "--settings", "{folder}/word")
    ),
    "no opa": Start("opa.binary", settings={"MLGATE_OPA__BINARY": "{folder}/none"}),
    "an address of OPA that is none": Start("opa.url", ("--opa", "ftp://127.0.0.1")),
    "no evidence": Start("{folder}/none.yaml", ("--evidence", "{folder}/none.yaml")),
    "evidence that is no YAML": Start("torn.yaml", ("--evidence", "{folder}/torn.yaml")),
    "files inside a cluster": Start("inside a cluster", settings={"KUBERNETES_SERVICE_HOST": "10.0.0.1"}),
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that are not what they should be, and a sound pair."""
    folder = tmp_path_factory.mktemp("ground")
    certificates = Certificates(folder)
    certificates.issue()
    (folder / "word").write_text("word")
    (folder / "torn.yaml").write_text("a: [b")
    (folder / "good.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    (folder / "locked.key").write_bytes(_locked(certificates.key.read_bytes()))
    shutil.copytree(shipped_rego(), folder / "broken")
    (folder / "broken" / "mlgate" / "main" / "main.rego").write_text("package mlgate.main\n\nallow if {")
    return folder


def _locked(key: bytes) -> bytes:
    """A private key behind a passphrase."""
    return serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"passphrase"),
    )


@dataclass(frozen=True)
class Ended:
    """How a start came to its end."""

    code: int
    out: str
    err: str


def _in_a_process(arguments: list[str], settings: dict[str, str], folder: Path) -> Ended:
    ended = subprocess.run(  # noqa: S603 - our own program
        [str(MLGATE), *arguments],
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def start_here(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], ground: Path
) -> Iterator[Callable[[list[str], dict[str, str]], Ended]]:
    """Runs the program in this process, which saves a second each time."""

    def start(arguments: list[str], settings: dict[str, str]) -> Ended:
        for name in [name for name in os.environ if name.upper().startswith("MLGATE_")]:
            monkeypatch.delenv(name)
        for name, value in environment(ground, **settings).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as exit_:
            run(arguments)
        said = capfd.readouterr()
        return Ended(int(str(exit_.value.code)), said.out, said.err)

    yield start
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


APART = {"a busy port", "a key with a passphrase", "a policy that is no Rego"}
"""Tried in a process of their own, as an operator would."""


@pytest.mark.parametrize("name", FAILING)
def test_a_start_that_cannot_succeed_ends_with_code_2_and_one_line_that_names_the_cause(
    ground: Path,
    shipped: BundleManifest,
    start_here: Callable[[list[str], dict[str, str]], Ended],
    name: str,
) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        known = {"folder": str(ground), "busy": str(busy.getsockname()[1]), "rego": str(shipped_rego())}
        sound = {
            "--listen": "127.0.0.1:0",
            "--bundle": str(shipped.path),
            "--tls-cert": str(ground / "tls.crt"),
            "--tls-key": str(ground / "tls.key"),
            "--evidence": str(ground / "good.yaml"),
        }
        flags = [flag.format(**known) for flag in FAILING[name].flags]
        sound |= dict(zip(flags[::2], flags[1::2], strict=True))
        arguments = ["serve", *(part for pair in sound.items() for part in pair)]
        settings = {key: value.format(**known) for key, value in FAILING[name].settings.items()}
        if name in APART:
            ended = _in_a_process(arguments, settings, ground)
        else:
            ended = start_here(arguments, settings)

    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert line.startswith("mlgate: ")
    assert FAILING[name].word.format(**known) in line
