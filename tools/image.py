"""Build the image with a container engine; `--release` refuses what could not be built again.

Usage: python tools/image.py [--engine docker|podman] [--tag NAME] [--print]
       python tools/image.py --release --tag NAME --source URL --base NAME=IMAGE@sha256:... (for every base)

A release names every base by digest, is built from a commit without changes beside it, for both
platforms, with the commit's time in place of today's. The bases are the arguments that stand before
the first stage of the Dockerfile.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlgate import __version__

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = "linux/amd64,linux/arm64"
_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")


class ImageError(Exception):
    """The image cannot be built so; the message says what is missing."""


@dataclass(frozen=True)
class Commit:
    """What is built from."""

    revision: str
    seconds: int
    """Its time, since 1970."""
    clean: bool
    """Whether no tracked file differs from it."""


def bases(dockerfile: str) -> dict[str, str]:
    """The bases a Dockerfile has: its arguments before the first stage, with their defaults."""
    head = re.split(r"(?m)^FROM ", dockerfile, maxsplit=1)[0]
    return dict(re.findall(r"(?m)^ARG (\w+)=(\S+)$", head))


def chosen_bases(shipped: Mapping[str, str], given: Sequence[str]) -> dict[str, str]:
    """The shipped bases with those of the command line in their place.

    Raises:
        ImageError: one is no NAME=IMAGE, or names no base.
    """
    found = dict(shipped)
    for text in given:
        name, separator, image = text.partition("=")
        if not separator or name not in shipped:
            raise ImageError(f"--base {text}: give NAME=IMAGE, where NAME is one of {', '.join(shipped)}")
        found[name] = image
    return found


def check_release(found: Mapping[str, str], commit: Commit, source: str | None) -> None:
    """Refuse what nobody could build again.

    Raises:
        ImageError: a base is no digest, the checkout has changes, or nobody says where the source is.
    """
    moving = [f"{name}={image}" for name, image in found.items() if not _DIGEST.fullmatch(image)]
    if moving:
        raise ImageError(
            f"a release names its bases by digest (IMAGE@sha256:...); these move: {', '.join(moving)}"
        )
    if not commit.clean:
        raise ImageError("a release is built from a commit; the checkout has changes beside it")
    if source is None:
        raise ImageError("a release says where its source is: --source URL")


def command(
    engine: str, tag: str, found: Mapping[str, str], commit: Commit, source: str | None, *, release: bool
) -> list[str]:
    """What is run to build it."""
    arguments = {
        **found,
        "SOURCE_DATE_EPOCH": str(commit.seconds),
        "VERSION": __version__,
        "REVISION": commit.revision if commit.clean else f"{commit.revision}-changed",
        **({"SOURCE": source} if source else {}),
    }
    given = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    if not release:
        return [engine, "build", *given, "--tag", tag, "."]
    output = f"type=image,name={tag},push=true,rewrite-timestamp=true,oci-mediatypes=true"
    return [
        "docker",
        "buildx",
        "build",
        *given,
        "--platform",
        PLATFORMS,
        "--provenance=mode=max",
        "--output",
        output,
        ".",
    ]


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words],  # noqa: S607 - git on PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def this_commit() -> Commit:
    """The commit that is checked out.

    Raises:
        ImageError: this is no checkout.
    """
    try:
        revision, seconds = _git("log", "-1", "--format=%H %ct").split()
        return Commit(revision, int(seconds), not _git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, ValueError, subprocess.CalledProcessError) as problem:
        raise ImageError(f"the image says of which commit it is, and git cannot tell: {problem}") from problem


def main(words: Sequence[str]) -> int:
    """Build, or print how; exit 2 with one message when it cannot be."""
    parser = argparse.ArgumentParser(prog="tools/image.py", description="Build the image of mlgate.")
    parser.add_argument("--engine", default="docker", help="docker (with BuildKit) or podman")
    parser.add_argument("--tag", default=f"mlgate:{__version__}")
    parser.add_argument("--base", action="append", default=[], metavar="NAME=IMAGE")
    parser.add_argument("--source", help="where the source is, for the label")
    parser.add_argument("--release", action="store_true", help="for both platforms, and published")
    parser.add_argument("--print", action="store_true", help="print what would be run")
    given = parser.parse_args(words)
    try:
        found = chosen_bases(bases((ROOT / "Dockerfile").read_text()), given.base)
        commit = this_commit()
        if given.release:
            check_release(found, commit, given.source)
        run = command(given.engine, given.tag, found, commit, given.source, release=given.release)
        if given.print:
            print(shlex.join(run))
            return 0
        return subprocess.run(run, cwd=ROOT, check=False).returncode
    except (ImageError, OSError) as problem:
        print(f"tools/image.py: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
