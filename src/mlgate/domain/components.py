"""Which component of a bill of materials is meant: `#<bom-ref>` behind the place of the bill."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

_PLAIN = "/:?!$&'()*+;~"
"""Beside letters, digits and `-._`: less than a URL allows, as `,` `=` and `@` end references or parts."""
_COMPONENT = rf"(?:[A-Za-z0-9._{re.escape(_PLAIN)}-]|%[0-9A-Fa-f]{{2}}){{1,256}}"
_NAMED = re.compile(rf"(?P<place>.+)#(?P<component>{_COMPONENT})")
HOW_TO_WRITE = f"all but letters, digits and -._{_PLAIN} of the bom-ref is percent-encoded, @ as %40"


def component_in(reference: str) -> tuple[str, str | None]:
    """What comes before the `#` of a reference, and the bom-ref behind it; all of it where that is none."""
    found = _NAMED.fullmatch(reference)
    try:
        component = unquote_to_bytes(found["component"]).decode() if found else ""
    except UnicodeDecodeError:
        component = ""
    return (
        (found["place"], component) if found and component.isprintable() and component else (reference, None)
    )


def with_component(place: str, component: str | None) -> str:
    """The reference to a component of what lies there; to all of it where none is meant."""
    return place if component is None else f"{place}#{quote(component, safe=_PLAIN, errors='replace')}"
