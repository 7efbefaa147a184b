from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

import image
from mlgate import __version__

DIGEST = f"registry.example.com/base@sha256:{'a1' * 32}"
COMMIT = image.Commit("c0ffee", 1_700_000_000, clean=True)
SHIPPED = image.bases((image.ROOT / "Dockerfile").read_text())
PINNED = dict.fromkeys(SHIPPED, DIGEST)
SOURCE = "https://git.example.com/mlgate"


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout without changes."""
    monkeypatch.setattr(image, "this_commit", lambda: COMMIT)


def pins(*left_out: str) -> list[str]:
    """The bases by digest, but for these."""
    return [word for name in SHIPPED if name not in left_out for word in ("--base", f"{name}={DIGEST}")]


def test_the_bases_are_the_arguments_before_the_first_stage() -> None:
    assert set(SHIPPED) == {"GO_IMAGE", "BUILD_IMAGE", "RUNTIME_IMAGE"}
    assert image.bases("ARG A=b\nFROM ${A}\nARG C=d\n") == {"A": "b"}


def test_a_release_is_built_for_both_platforms_with_the_time_of_its_commit(
    committed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--release", "--print", "--tag", "registry.example.com/mlgate:1", "--source", SOURCE, *pins()]
    assert image.main(words) == 0
    told = shlex.split(capsys.readouterr().out)
    assert told[:3] == ["docker", "buildx", "build"]
    assert told[told.index("--platform") + 1] == "linux/amd64,linux/arm64"
    given = {told[index + 1] for index, word in enumerate(told) if word == "--build-arg"}
    assert given == {
        *(f"{name}={DIGEST}" for name in SHIPPED),
        *("SOURCE_DATE_EPOCH=1700000000", f"VERSION={__version__}", "REVISION=c0ffee", f"SOURCE={SOURCE}"),
    }
    assert "rewrite-timestamp=true" in told[told.index("--output") + 1]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_release_from_a_tag_is_refused_and_the_base_is_named(
    committed: None, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert image.main(["--release", "--print", "--source", SOURCE, *pins(name)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith(f"these move: {name}={SHIPPED[name]}\n")


@pytest.mark.parametrize(
    "base", ["a@sha256:", f"a@sha256:{'a' * 63}", f"a@sha256:{'g' * 64}", f"@sha256:{'a' * 64}", "a:tag"]
)
def test_what_only_looks_like_a_digest_is_refused(base: str) -> None:
    with pytest.raises(image.ImageError, match="these move"):
        image.check_release(PINNED | {"GO_IMAGE": base}, COMMIT, SOURCE)


def test_a_release_from_a_changed_checkout_is_refused() -> None:
    with pytest.raises(image.ImageError, match="changes"):
        image.check_release(PINNED, replace(COMMIT, clean=False), SOURCE)


def test_a_release_without_its_source_is_refused() -> None:
    with pytest.raises(image.ImageError, match="--source"):
        image.check_release(PINNED, COMMIT, None)


@pytest.mark.parametrize("base", ["GO_IMAGE", f"OTHER={DIGEST}"])
def test_a_base_that_there_is_not_is_named(
    committed: None, capsys: pytest.CaptureFixture[str], base: str
) -> None:
    assert image.main(["--print", "--base", base]) == 2
    assert f"--base {base}" in capsys.readouterr().err


def test_an_image_of_ones_own_takes_the_tags_and_tells_of_changes() -> None:
    built = image.command("podman", "mlgate:1", SHIPPED, replace(COMMIT, clean=False), None, release=False)
    assert built[:2] == ["podman", "build"]
    assert "REVISION=c0ffee-changed" in built
    assert f"GO_IMAGE={SHIPPED['GO_IMAGE']}" in built
    assert built[-3:] == ["--tag", "mlgate:1", "."]


def test_an_engine_that_is_not_there_is_an_error_in_one_line(
    committed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert image.main(["--engine", "/nowhere/engine"]) == 2
    assert "/nowhere/engine" in capsys.readouterr().err


def test_the_commit_is_that_of_the_checkout() -> None:
    assert len(image.this_commit().revision) == 40
    assert image.this_commit().seconds > 1_700_000_000
