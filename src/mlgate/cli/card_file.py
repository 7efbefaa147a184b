"""A card in a file, as people name it.

`FILE`; `FILE#BOM-REF` for one of several models in a bill of materials; either with `@sha256:...` behind it,
as `mlgate card digest` prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlgate.cli.manifests import STDIN, exists
from mlgate.domain.components import read_component

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

        A bom-ref is written as in an annotation, or as it stands in the file where that could not be one.
        """
        if _is_there(text):
            return cls(text)
        pin = _PIN.fullmatch(text)
        place, digest = (pin["place"], pin["digest"]) if pin else (text, None)
        for mark in reversed(list(re.finditer("#", place))):
            file, written = place[: mark.start()], place[mark.end() :]
            if written and _is_there(file):
                return cls(file, read_component(written) or written, digest)
        return cls(place, None, digest) if _is_there(place) else cls(text)


def _is_there(name: str) -> bool:
    return name == STDIN or exists(name)
