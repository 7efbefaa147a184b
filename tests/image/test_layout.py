"""The image runs: read-only, with an empty home, and with nothing but what the Dockerfile puts into it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from casebook.cases import EXAMPLES, read_reference
from casebook.documents import write_all
from casebook.reviews import review
from casebook.twins import cases_on
from layout import Image, pinned
from packaging.utils import canonicalize_name
from process import Certificates, Served
from recipe import ROOT

from mlgate import __version__
from mlgate.policy.shipped import shipped_rego

PROGRAM = "/opt/mlgate/bin/mlgate"


def _state(root: Path) -> dict[str, tuple[int, int]]:
    """Every file of the root but those below /tmp, with size and time of change."""
    return {
        str(path.relative_to(root)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and not path.is_relative_to(root / "tmp")
    }


@contextmanager
def _read_only(image: Image) -> Iterator[None]:
    """Nobody may write below the root but in /tmp; whoever may all the same, as root, must not have."""
    before = _state(image.root)
    folders = [path for path in (image.root, *image.root.rglob("*")) if path.is_dir()]
    kept = [path for path in folders if not path.is_relative_to(image.path("/tmp"))]  # noqa: S108 - moved
    for path in kept:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path in kept:
            path.chmod(0o755)
    assert _state(image.root) == before


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home with nothing in it, before and after."""
    found = tmp_path / "home"
    found.mkdir(mode=0o555)
    yield found
    assert list(found.iterdir()) == []


def _ask(image: Image, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    with _read_only(image):
        return subprocess.run(  # noqa: S603 - our own program
            [str(image.path(PROGRAM)), *arguments],
            cwd=image.root,
            env=image.environment(home),
            capture_output=True,
            text=True,
            check=False,
        )


def _python(image: Image, home: Path, script: str) -> str:
    """What a script prints under the interpreter of the image."""
    with _read_only(image):
        done = subprocess.run(  # noqa: S603 - the interpreter of the layout
            [str(image.interpreter), "-c", script],
            cwd=image.root,
            env=image.environment(home),
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.strip()


def test_it_tells_its_versions(image: Image, home: Path) -> None:
    told = _ask(image, home, "version", "--output", "json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["mlgate"] == __version__
    assert found["opa"] in (ROOT / "tools" / "opa" / "go.mod").read_text()
    assert found["policy"].startswith(f"v{__version__}+")


def test_its_policy_is_that_of_the_checkout(image: Image) -> None:
    shipped = image.path("/opt/mlgate/lib/mlgate/shipped/policies/rego")
    there, here = (
        {str(p.relative_to(r)) for p in r.rglob("*") if p.is_file()} for r in (shipped, shipped_rego())
    )
    assert there == here
    assert all((shipped / path).read_bytes() == (shipped_rego() / path).read_bytes() for path in here)


def test_doctor_finds_what_it_compares_a_cluster_with(image: Image, home: Path) -> None:
    script = (
        "from mlgate.doctor.shipped import definitions, guard_file\n"
        "print(*definitions(), guard_file('SignOff'))"
    )
    *names, guard = _python(image, home, script).split()
    assert names == ["modelcards.mlgate.dev", "signoffs.mlgate.dev", "waivers.mlgate.dev"]
    assert Path(guard).is_relative_to(image.root)
    assert Path(guard).read_bytes() == (ROOT / "charts/mlgate/files/guards/signoffs.yaml").read_bytes()


def test_it_is_compiled_for_the_root_it_cannot_write_to(image: Image) -> None:
    lib = image.path("/opt/mlgate/lib")
    sources = list((lib / "mlgate").rglob("*.py"))
    assert sources
    compiled = {path.name.split(".")[0] for path in lib.rglob("mlgate/**/*.pyc")}
    assert {path.stem for path in sources} == compiled
    cached = next((lib / "mlgate" / "__pycache__").glob("__init__.*.pyc")).read_bytes()
    assert int.from_bytes(cached[4:8], "little") == 0b01, "by hash, and the hash is not looked at again"


def test_the_programs_in_it_are_mlgate_and_opa(image: Image) -> None:
    programs = image.path("/opt/mlgate/bin")
    assert {path.name for path in programs.iterdir()} == {"mlgate", "opa"}
    assert all(os.access(path, os.X_OK) for path in programs.iterdir())
    assert not image.path("/opt/mlgate/lib/pip").exists()


def test_it_runs_on_the_python_of_the_base(image: Image) -> None:
    assert image.path(PROGRAM).read_text().splitlines()[0] == f"#!{image.interpreter}"


def test_it_holds_the_pinned_packages_and_no_others(image: Image) -> None:
    folders = image.path("/opt/mlgate/lib").glob("*.dist-info")
    installed = {canonicalize_name(path.name.split("-")[0]) for path in folders}
    pins = {canonicalize_name(pin.name) for pin in pinned(ROOT / "requirements" / "runtime.txt")}
    assert installed == pins | {"mlgate"}


def test_the_client_of_the_cluster_is_whole_without_what_was_left_out(image: Image, home: Path) -> None:
    told = _ask(image, home, "serve", "--kubeconfig", "/nowhere/config", "--tls-cert", "a", "--tls-key", "b")
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    script = "import kubernetes.client, kubernetes.config, kubernetes.watch; print(kubernetes.__version__)"
    said = _python(image, home, script)
    assert said == version("kubernetes")


def test_it_serves_and_judges_with_its_own_opa(image: Image, home: Path, tmp_path: Path) -> None:
    cases = {case.name: case for case in cases_on(datetime.now(UTC).date(), EXAMPLES)}
    good, bad = cases["credit-scoring"], cases["credit-scoring-no-card"]
    write_all(tmp_path / "evidence.yaml", [*good.evidence, *bad.evidence], "evidence")
    files = [tmp_path / "evidence.yaml", EXAMPLES / "cluster.yaml"]
    with _serving(image, home, tmp_path, files) as served:
        limit = time.monotonic() + 60
        while served.call("GET", "/readyz").status != 200:
            assert time.monotonic() < limit, served.call("GET", "/readyz").text
            time.sleep(0.05)
        requester = read_reference(EXAMPLES).requester
        answers = [served.ask(review(case.manifest[0], requester, "u-1")) for case in (good, bad)]
        assert [answer["allowed"] for answer in answers] == [True, False]
        program = Path(f"/proc/{served.child()}/exe").readlink()
        assert program == image.path("/opt/mlgate/bin/opa")
        assert served.stop() == 0


@contextmanager
def _serving(image: Image, home: Path, folder: Path, evidence: list[Path]) -> Iterator[Served]:
    """The entrypoint with the default command, as an orchestrator starts it."""
    certificates = Certificates(folder)
    certificates.issue()
    command = [
        *json.loads(image.stage.every("ENTRYPOINT")[0].value),
        *json.loads(image.stage.every("CMD")[0].value),
    ]
    settings = {
        "MLGATE_LISTEN__HOST": "127.0.0.1",
        "MLGATE_LISTEN__PORT": "0",
        "MLGATE_TLS__CERT": str(certificates.cert),
        "MLGATE_TLS__KEY": str(certificates.key),
        "MLGATE_EVIDENCE__FILES": json.dumps([str(path) for path in evidence]),
        "MLGATE_EVIDENCE__ASSUME_AUTHENTICATED": "true",
        "MLGATE_SERVER__DRAIN_SECONDS": "0",
    }
    log = folder / "log"
    with _read_only(image), log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [str(image.path(command[0])), *command[1:]],
            cwd=image.root,
            env=image.environment(home, **settings),
            stdout=output,
            stderr=output,
        )
        try:
            served = Served(process, log, certificates)
            served.wait_for("serving")
            yield served
        finally:
            process.kill()
            process.wait()
