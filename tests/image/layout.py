"""What the Dockerfile builds, built without a container: its own commands, in a scratch directory.

Its paths are moved below that directory. Two things are not done as in a container: packages that it
installs by hash from an index are copied from this environment, which `make` installed by the same
hashes; and OPA is the one that tools/build.py built with the flags of the Dockerfile.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from recipe import ROOT, Copy, Stage, as_copy, context, stages

OPA = ROOT / ".tools" / "bin" / "opa"
INTERPRETER = "/usr/bin/python3"
_OURS = re.compile(r"(?<![\w/.])/(?:opt|out|src|usr/bin/python3)\b")
_ABSOLUTE = re.compile(r"(?<![\w.<>])/[\w.][\w./-]*")


@dataclass(frozen=True)
class Image:
    """The root of an image and what its configuration says."""

    root: Path
    stage: Stage
    interpreter: Path
    """What stands for the Python of the base, with no packages of its own."""

    def path(self, inside: str) -> Path:
        """Where a path of the image lies here."""
        return self.root / inside.lstrip("/")

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        """What a container gets: the `ENV` of the image, and nothing of this process."""
        moved = {
            name: ":".join(moved_in(self.root, part) for part in value.split(":"))
            for name, value in self.stage.variables.items()
        }
        return moved | {"HOME": str(home), "TMPDIR": str(self.path("/tmp")), **more}  # noqa: S108 - moved


def moved_in(root: Path, text: str) -> str:
    """A path of the image that we made, or /tmp, moved below `root`; the system's own stay."""
    return f"{root}{text}" if _OURS.match(text) or re.match(r"/tmp(/|$)", text) else text  # noqa: S108


def lay_out(folder: Path) -> Image:
    """Build what the Dockerfile builds below a folder."""
    (_, found), builder, root = stages(), folder / "builder", folder / "root"
    named = {stage.name: stage for stage in found}
    sent = folder / "context"
    for path in context():
        (sent / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, sent / path)
    venv.create(folder / "debian", symlinks=True, with_pip=False)
    interpreter = folder / "debian" / "bin" / "python3"
    _build(named["packages"], sent, builder, interpreter)
    (builder / "out").mkdir(exist_ok=True)
    shutil.copyfile(OPA.resolve(), builder / "out" / "opa")
    (builder / "out" / "opa").chmod(0o755)
    (root / "tmp").mkdir(parents=True)
    for copied in found[-1].copies:
        assert copied.stage in named, copied
        _copy(copied, builder, root)
    return Image(root, found[-1], interpreter)


def _build(stage: Stage, sent: Path, root: Path, interpreter: Path) -> None:
    """Do what a stage does, below `root`."""
    folder, variables = root, stage.variables
    for item in stage.instructions:
        if item.verb == "WORKDIR":
            folder = root / item.value.lstrip("/")
            folder.mkdir(parents=True, exist_ok=True)
        elif item.verb == "COPY":
            _copy(as_copy(item), sent, folder)
        elif item.verb == "RUN" and "--require-hashes" in item.words:
            _take_packages(item.words, folder, root)
        elif item.verb == "RUN":
            _run(item.value, folder, root, variables, interpreter)


def _copy(copied: Copy, source: Path, target: Path) -> None:
    """Copy as `COPY` does: a folder's contents into the target, files below it where it ends in a slash."""
    for name in copied.sources:
        taken, put = source / name.lstrip("/"), target / copied.target.lstrip("/")
        if taken.is_dir():
            shutil.copytree(taken, put, dirs_exist_ok=True)
            continue
        put = put / taken.name if copied.target.endswith("/") else put
        put.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(taken, put)


def _take_packages(words: list[str], folder: Path, root: Path) -> None:
    """Copy what `pip install -r FILE --target PLACE` installs; without a place it is here already."""
    pins = folder / words[words.index("-r") + 1]
    place = root / words[words.index("--target") + 1].lstrip("/") if "--target" in words else None
    for pin in pinned(pins):
        found = distribution(pin.name)
        assert pin.specifier.contains(found.version), f"{pin} is pinned, {found.version} is here: run make"
        for file in (found.files or []) if place else []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (place / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(found.locate_file(file)), place / file)


def pinned(lock: Path) -> Iterable[Requirement]:
    """The packages of a lock file that are for this machine."""
    lines = re.findall(r"(?m)^[a-zA-Z0-9][^\\\n]*", lock.read_text())
    pins = [Requirement(line.strip()) for line in lines]
    return [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]


def _run(command: str, folder: Path, root: Path, variables: dict[str, str], interpreter: Path) -> None:
    """Run a command with its paths moved; one that names any other path is not run."""
    text = _OURS.sub(lambda match: f"{root}{match.group()}", command)
    text = text.replace(f"{root}{INTERPRETER}", str(interpreter))
    rest = text.replace(str(root), "").replace(str(interpreter), "")
    strangers = {path for path in _ABSOLUTE.findall(rest) if not _OURS.match(path)}
    assert not strangers, f"not run, for it names {strangers}: {command}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLGATE_", "PYTHON"))}
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 - our own Dockerfile
        ["bash", "-euc", text],  # noqa: S607 - as a builder runs it
        cwd=folder,
        env=kept | variables | {"PATH": programs},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.quote(text)}\n{done.stdout}{done.stderr}"
