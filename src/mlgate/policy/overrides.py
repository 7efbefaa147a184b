"""What a site puts over the shipped settings, checked before OPA loads it.

The rule `settings.invalid` checks the same again, for settings that reach OPA another way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from mlgate.domain.base import Json
from mlgate.errors import ManifestError, PolicyError
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.policy.catalog import Catalog
from mlgate.policy.site_settings import PolicySettings

Overrides = Mapping[str, Mapping[str, Json]]

LIMITS = Limits(max_bytes=1024 * 1024, max_depth=32, max_nodes=50_000)
RANK = {"off": 0, "audit": 1, "warn": 2, "deny": 3}
SHOWN_PARTS = 6


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
        raise PolicyError(f"policy settings {path}: {error}") from error


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
        raise PolicyError("policy settings are no map of groups")
    for group, names in overrides.items():
        _check_group(group, names)
    enforcement = overrides.get("enforcement", {})
    barred = locked | frozenset(enforcement.get("locked", ()))
    for code, entry in enforcement.get("overrides", {}).items():
        _check_code(code, entry, catalog, barred)
    return {group: dict(names) for group, names in overrides.items()}


def _check_group(group: Json, names: Json) -> None:
    known = _adapters()
    if not any(key.split(".")[0] == group for key in known):
        raise PolicyError(f"policy setting {group}: there is no such group")
    if not isinstance(names, Mapping):
        raise PolicyError(f"policy setting {group}: is no map of settings")
    for name, value in names.items():
        key = f"{group}.{name}"
        if key not in known:
            raise PolicyError(f"policy setting {key}: there is no such setting")
        _check_value(key, value, known[key])


def _check_value(key: str, value: Json, adapter: TypeAdapter[Any]) -> None:
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise PolicyError(f"policy setting {key}: is no JSON value") from error
    try:
        adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join([key, *[str(part) for part in first["loc"][:SHOWN_PARTS]]])
        raise PolicyError(f"policy setting {place}: {first['msg']}") from error


def _check_code(code: str, entry: Mapping[str, Json], catalog: Catalog, barred: frozenset[str]) -> None:
    key = f"enforcement.overrides.{code}"
    rule = catalog.entries.get(code)
    if rule is None:
        raise PolicyError(f"policy setting {key}: there is no such code")
    if code not in barred:
        return
    lowered = any(
        RANK[action] < RANK[rule["enforcement"].get(profile, "deny")]
        for profile, action in entry.items()
        if profile != "raise"
    )
    if lowered or (entry.get("raise") is False and rule.get("raise")):
        raise PolicyError(f"policy setting {key}: the code is locked and cannot be lowered")


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
