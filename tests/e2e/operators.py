"""Somebody who follows the pages for operators, with the programs the pages name."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from cluster.control_plane import ControlPlane

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT / "tests") not in sys.path:
    sys.path.insert(0, str(ROOT / "tests"))

from pages import Block, blocks, run  # noqa: E402 - the folder has to be on the path first

__all__ = ["Block", "Operator", "blocks", "write_programs"]


@dataclass
class Operator:
    """Somebody who follows the pages: a folder with the checkout in it, and a cluster."""

    plane: ControlPlane
    folder: Path

    def run(self, block: Block) -> str:
        """Run a block; an alternative is tried by the API server, and nothing stays."""
        programs = "tried" if block.what.endswith("instead") else "programs"
        homes = {f"HELM_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        kept = {name: value for name, value in os.environ.items() if name in ("PYTHONPATH", "LANG")}
        environment = {
            "PATH": f"{self.folder / programs}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.plane.kubeconfig),
        }
        return run(block, self.folder, kept | homes | environment)

    def there(self, kind: str, name: str, *flags: str) -> str:
        """What is there of a name; empty when it is not."""
        answer = self.plane.kubectl("administrator", "get", kind, name, "--ignore-not-found", *flags)
        assert answer.ok, answer.errors
        return answer.output


def write_programs(folder: Path) -> None:
    """The programs as they are, and once more so that whatever they would store is only tried."""
    here = {name: ROOT / ".tools" / "bin" / name for name in ("kubectl", "helm")}
    here["mlgate"] = Path(sys.executable).with_name("mlgate")
    for kind, flag in (("programs", ""), ("tried", " --dry-run=server")):
        (folder / kind).mkdir()
        for name, program in here.items():
            (folder / kind / name).write_text(f'#!/bin/bash\nexec {shlex.quote(str(program))} "$@"{flag}\n')
            (folder / kind / name).chmod(0o755)
