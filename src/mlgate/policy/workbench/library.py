"""A policy as its authors look things up in it: every rule with its place, settings and requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import ManifestError, PolicyError
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.policy.catalog import Catalog, Entry, build_catalog
from mlgate.policy.opa_command import inspect
from mlgate.policy.overrides import LIMITS, check_overrides, read_overrides
from mlgate.policy.setting_places import placed
from mlgate.policy.site import check_site, refused_files
from mlgate.policy.workbench.enforcement import Enforced, enforced
from mlgate.policy.workbench.workspace import Workspace, workspace


@dataclass(frozen=True)
class Place:
    """Where a rule stands."""

    name: str
    """Its file in the policy tree."""
    line: int


@dataclass(frozen=True)
class Subject:
    """What METADATA says of a package of rules."""

    title: str
    description: str


@dataclass(frozen=True)
class Library:
    """A policy with what a site puts over it."""

    space: Workspace
    catalog: Catalog
    places: Mapping[str, Place]
    subjects: Mapping[str, Subject]
    """Those that have METADATA."""
    shipped: Mapping[str, Any]
    """The settings of the policy."""
    overrides: Mapping[str, Any]
    """The settings of the site."""
    requirements: Mapping[str, Any]
    shortcuts: tuple[str, ...]
    """Functions that tell early that nothing is amiss; METADATA says so: `custom: {shortcut: true}`."""

    @property
    def settings(self) -> Json:
        """The settings in force."""
        return merged(self.shipped, self.overrides)

    def entry(self, code: str) -> Entry:
        """What METADATA says of a code."""
        return self.catalog.entries[code]

    def enforced(self, code: str) -> Mapping[str, Enforced]:
        """How strictly a code is enforced, by profile."""
        own = self.overrides.get("enforcement", {}).get("overrides", {}).get(code, {})
        return enforced(self.entry(code), own)

    def references(self, code: str) -> list[dict[str, Any]]:
        """What a code serves in the frameworks, by which of its requirements, and whether that is sure."""
        return [
            {**reference, "control": control}
            for control in self.controls(code)
            for reference in self.requirement(control).get("references", [])
        ]

    def controls(self, code: str) -> list[str]:
        """The requirements a code serves: those it names, and those that they speak for."""
        named = self.entry(code).get("controls", [])
        every = self.requirements.get("controls", {})
        return [*named, *(key for key, value in every.items() if value.get("coveredBy") in named)]

    def requirement(self, control: str) -> dict[str, Any]:
        """A requirement; empty where the policy has none of that name."""
        found = self.requirements.get("controls", {}).get(control)
        return found if isinstance(found, dict) else {}

    def shown_place(self, code: str) -> str:
        """File and line of a rule as its author calls them."""
        place = self.places[code]
        return f"{self.space.shown(place.name)}:{place.line}"


@contextmanager
def library(site: Path | None, settings: Path | None, opa: Path) -> Iterator[Library]:
    """The shipped policy, with a directory of somebody's own and their settings over it.

    Raises:
        PolicyError: the policy cannot be read, is one that no bundle is built of, or the settings do not fit.
    """
    overrides = read_overrides(settings) if settings is not None else {}
    with workspace(site, tests=False) as space:
        _refuse_what_no_build_takes(space, opa)
        inspection = inspect(space.tree, opa)
        catalog = build_catalog(inspection)
        shipped = _data(space.tree, "settings")
        locked = frozenset(shipped.get("enforcement", {}).get("locked", ()))
        with placed(settings):
            checked = check_overrides(overrides, catalog, locked)
        yield Library(
            space=space,
            catalog=catalog,
            places=_places(inspection),
            subjects=_subjects(inspection),
            shipped=shipped,
            overrides=checked,
            requirements=_data(space.tree, "requirements"),
            shortcuts=tuple(_shortcuts(inspection)),
        )


def merged(under: Json, over: Json) -> Json:
    """Two values as OPA puts settings over each other: objects key by key, anything else whole."""
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    return {**under, **{key: merged(under.get(key), value) for key, value in over.items()}}


def _refuse_what_no_build_takes(space: Workspace, opa: Path) -> None:
    if space.whole:
        return
    for refusal in refused_files(space.own, space.shipped):
        raise PolicyError(refusal.text)
    check_site(space.tree, space.rules, space.shipped, opa)


def _places(inspection: Mapping[str, Any]) -> dict[str, Place]:
    """Where each code stands."""
    found: dict[str, Place] = {}
    for item in inspection.get("annotations") or []:
        code = (item["annotations"].get("custom") or {}).get("code")
        if code is not None:
            place = item["location"]
            found[code] = Place(str(place["file"]).removeprefix("./"), int(place["row"]))
    return found


def _subjects(inspection: Mapping[str, Any]) -> dict[str, Subject]:
    """What each package of rules is about."""
    found: dict[str, Subject] = {}
    for item in inspection.get("annotations") or []:
        names = [str(part["value"]) for part in item["path"][1:]]
        said = item["annotations"]
        if said.get("scope") == "package" and names[:2] == ["mlgate", "rules"]:
            found[names[-1]] = Subject(said.get("title", ""), said.get("description", ""))
    return found


def _shortcuts(inspection: Mapping[str, Any]) -> Iterator[str]:
    for item in inspection.get("annotations") or []:
        if (item["annotations"].get("custom") or {}).get("shortcut") is True:
            yield ".".join(str(part["value"]) for part in item["path"][1:])


def _data(tree: Path, name: str) -> dict[str, Any]:
    """The data of a package; empty where the policy has none."""
    path = tree / "mlgate" / name / "data.yaml"
    if not path.is_file():
        return {}
    try:
        found = parse_yaml(path.read_bytes(), LIMITS)
    except (OSError, ManifestError) as error:
        raise PolicyError(f"mlgate/{name}/data.yaml cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}
