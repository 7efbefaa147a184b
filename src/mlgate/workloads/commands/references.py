"""References to variables that stand for a program or for arguments: whether anybody knows what they say."""

from __future__ import annotations

import re

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.shell_variables import sets_arguments
from mlgate.workloads.programs.catalog import catalog

_OWN_ARGUMENTS = re.compile(r"\$(?:[@*0]|\{[@*0]\})")
_REFERENCE = re.compile(r"\$(?:\{[#!]?([A-Za-z_]\w*)|([A-Za-z_]\w*)|\(([A-Za-z_][\w.-]*)\))")


def is_given(text: str, invocation: Invocation) -> bool:
    """The container's own arguments, which are read as they stand, or what an operator always sets itself."""
    match = _REFERENCE.match(text)
    name = next((group for group in match.groups() if group), "") if match else ""
    by_operator = name in catalog().variables["given"] and invocation.slot.variable(name) is None
    if _OWN_ARGUMENTS.fullmatch(text):
        return not any(sets_arguments(line) for line, _ in invocation.lines)
    return by_operator


def is_open(text: str, invocation: Invocation) -> bool:
    """Whether what stands for arguments can be anything; a variable that comes from nowhere is empty.

    What ConfigMaps say is looked up.
    """
    if _OWN_ARGUMENTS.fullmatch(text):
        return False
    match = _REFERENCE.match(text)
    if match is None:
        return True
    name = next(group for group in match.groups() if group)
    if text.endswith(("[@]}", "[*]}")) and invocation.is_written_out(name):
        return False
    var = invocation.slot.variable(name)
    if var is not None:
        return var.value is None and var.from_ != "configMapKey"
    if name in invocation.facts:
        return False
    return name in invocation.assigned or any(source.kind == "secret" for source in invocation.slot.env_from)
