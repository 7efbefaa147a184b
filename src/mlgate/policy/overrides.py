"""What a site puts over the shipped settings, checked before OPA loads it.

The rule `settings.invalid` checks the same again, for settings that reach OPA another way.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from mlgate.domain.base import Json
from mlgate.errors import ManifestError, PolicyError, SettingRefused
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.policy.catalog import Catalog
from mlgate.policy.shipped import shipped_rego
from mlgate.policy.site_settings import PolicySettings

Overrides = Mapping[str, Mapping[str, Json]]

LIMITS = Limits(max_bytes=1024 * 1024, max_depth=32, max_nodes=50_000)
RANK = {"off": 0, "audit": 1, "warn": 2, "deny": 3}
SHOWN_PARTS = 6
SHOWN_CHARACTERS = 100


def read_overrides(path: Path) -> Json:
    """The content of a settings file; an empty file overrides nothing.

    Raises:
        PolicyError: it cannot be read, or is no YAML the strict parser accepts.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"policy settings {path}: {error.strerror or error}") from error
    if not data.strip():
        return {}
    try:
        return parse_yaml(data, LIMITS)
    except ManifestError as error:
        place = f"{path}:{error.line}" if error.line else str(path)
        told = f"{place}: policy settings: {error}"
        raise PolicyError(f"{told}; correct the YAML there") from error


def check_overrides(overrides: Json, catalog: Catalog, locked: frozenset[str]) -> dict[str, dict[str, Json]]:
    """The overrides, if every one of them may be used.

    Args:
        overrides: what the site wrote.
        catalog: the rules there are.
        locked: codes whose enforcement cannot be lowered.

    Raises:
        PolicyError: a name is unknown, a value does not fit, or a locked code is lowered; names the key.
    """
    if overrides is None:
        return {}
    if not isinstance(overrides, Mapping):
        raise SettingRefused((), "are no map of groups", "write <group>: {<setting>: <value>}")
    for group, names in overrides.items():
        _check_group(group, names)
    enforcement = overrides.get("enforcement", {})
    barred = locked | frozenset(enforcement.get("locked", ()))
    for code, entry in enforcement.get("overrides", {}).items():
        _check_code(code, entry, catalog, barred)
    return {group: dict(names) for group, names in overrides.items()}


def _check_group(group: Json, names: Json) -> None:
    known = _adapters()
    groups = {key.split(".")[0] for key in known}
    if group not in groups:
        raise SettingRefused((str(group),), "there is no such group", _alike(str(group), groups))
    if not isinstance(names, Mapping):
        raise SettingRefused((str(group),), "is no map of settings", "write <setting>: <value> under it")
    for name, value in names.items():
        key = f"{group}.{name}"
        if key not in known:
            others = {key.split(".")[1] for key in known if key.startswith(f"{group}.")}
            raise SettingRefused(
                (str(group), str(name)), "there is no such setting", _alike(str(name), others)
            )
        _check_value((str(group), str(name)), value, known[key])


def _check_value(keys: tuple[str, str], value: Json, adapter: TypeAdapter[Any]) -> None:
    fix = f"write a value like the shipped one, {_shipped_value(*keys)}"
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SettingRefused(keys, "is no JSON value", fix) from error
    try:
        adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        inside = tuple(str(part) for part in first["loc"][:SHOWN_PARTS])
        raise SettingRefused((*keys, *inside), first["msg"], fix) from error


def _alike(name: str, others: Iterable[str]) -> str:
    """What may have been meant."""
    ordered = sorted(others)
    near = difflib.get_close_matches(name, ordered, 1)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(ordered)}"


def _shipped_value(group: str, name: str) -> str:
    shipped = yaml.safe_load((shipped_rego() / "mlgate" / "settings" / "data.yaml").read_bytes())
    text = json.dumps(shipped.get(group, {}).get(name), ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def _check_code(code: str, entry: Mapping[str, Json], catalog: Catalog, barred: frozenset[str]) -> None:
    keys = ("enforcement", "overrides", code)
    rule = catalog.entries.get(code)
    if rule is None:
        raise SettingRefused(
            keys, "there is no such code", f"{_near(code, catalog)}`mlgate policy list` lists them"
        )
    if code not in barred:
        return
    lowered = any(
        RANK[action] < RANK[rule["enforcement"].get(profile, "deny")]
        for profile, action in entry.items()
        if profile != "raise"
    )
    if lowered or (entry.get("raise") is False and rule.get("raise")):
        raise SettingRefused(
            keys, "the code is locked and cannot be lowered", "remove the entry, or raise the code only"
        )


def _near(code: str, catalog: Catalog) -> str:
    near = difflib.get_close_matches(code, sorted(catalog.codes), 1)
    return f"did you mean {near[0]}? " if near else ""


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    """A validator per setting, by `<group>.<name>` as it is written in files."""
    found: dict[str, TypeAdapter[Any]] = {}
    for group in PolicySettings.model_fields.values():
        of_group = group.annotation
        if not (isinstance(of_group, type) and issubclass(of_group, BaseModel)):  # pragma: no cover
            raise TypeError("a group of settings is a class")
        for field in of_group.model_fields.values():
            kind: Any = field.annotation
            for limit in field.metadata:
                kind = Annotated[kind, limit]
            found[f"{group.alias}.{field.alias}"] = TypeAdapter(kind, config=ConfigDict(strict=True))
    return found
