"""Which component of a bill of materials is meant: `#<bom-ref>` behind the place of the bill."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

_PLAIN = "/:?!$&'()*+;~"
"""Beside letters, digits and `-._`: less than a URL allows, as `,` `=` and `@` end references or parts."""
_WRITTEN = re.compile(rf"(?:[A-Za-z0-9._{re.escape(_PLAIN)}-]|%[0-9A-Fa-f]{{2}}){{1,256}}")
HOW_TO_WRITE = f"all but letters, digits and -._{_PLAIN} of the bom-ref is percent-encoded, @ as %40"


def component_in(reference: str) -> tuple[str, str | None]:
    """What comes before the `#` of a reference, and the bom-ref behind it; all of it where that is none."""
    place, _, written = reference.rpartition("#")
    component = read_component(written) if place else None
    return (reference, None) if component is None else (place, component)


def read_component(written: str) -> str | None:
    """The bom-ref that is written so; None where it is none that can be named."""
    try:
        component = unquote_to_bytes(written).decode() if _WRITTEN.fullmatch(written) else ""
    except UnicodeDecodeError:
        component = ""
    return component if component and component.isprintable() else None


def can_be_named(component: str) -> bool:
    """Whether a reference can name the component."""
    return read_component(_written(component)) == component


def with_component(place: str, component: str | None) -> str:
    """The reference to a component of what lies there; to all of it where none is meant."""
    return place if component is None else f"{place}#{_written(component)}"


def _written(component: str) -> str:
    return quote(component, safe=_PLAIN, errors="replace")
