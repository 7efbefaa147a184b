"""What a Go binary says it was built from."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MODULE = rb"(?:mod|dep)\t(?P<path>\S+)\t(?P<version>v\S+)\t(?P<sum>h1:\S+)\n"
_BUILD_INFO = re.compile(rb"path\tgithub\.com/open-policy-agent/opa\n(?P<modules>(?:" + _MODULE + rb")+)")
_GO = re.compile(rb"\xff Go buildinf:.{18}[\x00-\x7f]go(?P<release>\d+\.\d+(?:\.\d+)?)", re.DOTALL)


class UnknownModules(Exception):
    """The binary does not say."""


@dataclass(frozen=True)
class Module:
    """A Go module, and the hash that go.sum has of it."""

    path: str
    version: str
    sum: str


def modules(program: bytes) -> list[Module]:
    """The modules a Go binary says it was built from, its own first and the standard library last.

    Raises:
        UnknownModules: it does not say.
    """
    told, go = _BUILD_INFO.search(program), _GO.search(program)
    if told is None or go is None:
        raise UnknownModules("the opa program does not say what it was built from")
    found = [
        Module(match["path"].decode(), match["version"].decode(), match["sum"].decode())
        for match in re.finditer(_MODULE, told["modules"])
    ]
    return [*found, Module("std", go["release"].decode(), "")]
