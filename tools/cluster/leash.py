"""Run a program that ends when its parent ends.

Usage: python leash.py PARENT-PID PROGRAM [ARGUMENT...]

The kernel is asked to send SIGTERM when the parent dies, then the program replaces this
process. A parent that was killed so leaves no API server behind. Where the kernel cannot be
asked (it is no Linux), the program simply runs and the parent's own clean-up has to do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def leash(parent: int) -> bool:
    """Ask for SIGTERM at the parent's death; False when the parent is already gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent


if __name__ == "__main__":
    if not leash(int(sys.argv[1])):
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is wanted
