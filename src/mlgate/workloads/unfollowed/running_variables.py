"""Variables whose values programs run, or that say where further code or packages come from."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.programs.known_commands import commands

Told = tuple[str, str]
_FROM_VOLUME = "takes code from a volume, which the reader cannot look into"
_RUN = "holds what programs run, which the reader does not follow"
_INDEX = "says from where packages are installed, which can replace the server"
_COMPUTED = ("$(", "`")
_MOST_PLACES = 50


def run_by_variables(invocation: Invocation, places: AuthorsPlaces, *, installs: bool) -> Iterator[Told]:
    """Path and description of each; `installs`: the line installs packages."""
    table = commands()
    given = [(env.name, env.value, env.path) for env in invocation.slot.env]
    for name, value, path in (*given, *_set_on_lines(invocation)):
        text = invocation.expand(value or "")
        computed = table.is_variable("prompts", name) and any(sign in text for sign in _COMPUTED)
        if computed or (table.is_variable("commands", name) and value != ""):
            yield path, _RUN
        elif installs and table.is_variable("installers", name) and _leads_away(places, value, text):
            yield path, _INDEX
        elif name in table.variables["code"] and _holds_one(places, text):
            yield path, _FROM_VOLUME


def _set_on_lines(invocation: Invocation) -> Iterator[tuple[str, str | None, str]]:
    """Name, value and place of what the line sets, before commands and by itself."""
    for word in invocation.words:
        name, equals, value = word.text.partition("=")
        if equals:
            yield name.removesuffix("+"), value, word.path


def _leads_away(places: AuthorsPlaces, value: str | None, text: str) -> bool:
    return value is None or "://" in text or "$" in text or ("/" in text and places.hold(text))


def _holds_one(places: AuthorsPlaces, text: str) -> bool:
    named = text.replace(" ", ":").replace(";", ":").split(":", _MOST_PLACES)
    return any(place and not place.startswith("$") and places.hold(place) for place in named)
