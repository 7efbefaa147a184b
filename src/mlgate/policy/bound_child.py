"""Runs as `python -I -S bound_child.py PARENT HOME PROGRAM ARGUMENT…`: becomes PROGRAM, bound to its parent.

On Linux the kernel kills the program when its parent ends, however it ends. The environment is
not passed on: policy could read it, and variables of OPA's own could change how it runs.
A step between two programs is safer than code between fork and exec in a process with threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
MEMORY = {"GOGC": "400", "GOMEMLIMIT": "400MiB"}
"""How a program of Go finds garbage: seldom, which saves a sixth of OPA's work, until that much is used."""


def become(arguments: list[str]) -> None:
    """Replace this process by the program; does not return, unless the parent is gone already."""
    parent, home, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == int(parent):  # else it ended before the line above: nobody needs the program
        os.execve(command[0], command, {"HOME": home, **MEMORY})  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    become(sys.argv[1:])
