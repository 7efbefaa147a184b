"""A card in a file, as people name it.

`FILE`; `FILE#BOM-REF` for one of several models in a bill of materials; either with `@sha256:...` behind it,
as `mlgate card digest` prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from mlgate.cli.manifests import STDIN, exists

_PIN = re.compile(r"(?P<place>.+)@(?P<digest>sha256:[0-9a-f]{64})", re.DOTALL)


@dataclass(frozen=True)
class CardFile:
    """The parts of such a name."""

    path: str
    component: str | None = None
    """bom-ref of the model that is meant."""
    digest: str | None = None
    """That the card must have."""

    @classmethod
    def named(cls, text: str) -> CardFile:
        """The parts of a name; a file or folder that is called so as a whole comes first.

        Nothing ends a bom-ref here, so that what must be percent-encoded in an annotation need not be.
        """
        if _is_there(text):
            return cls(text)
        pin = _PIN.fullmatch(text)
        place, digest = (pin["place"], pin["digest"]) if pin else (text, None)
        for mark in re.finditer("#", place):
            component = unquote(place[mark.end() :])
            if component and _is_there(place[: mark.start()]):
                return cls(place[: mark.start()], component, digest)
        return cls(place, None, digest) if _is_there(place) else cls(text)


def _is_there(name: str) -> bool:
    return name == STDIN or exists(name)
