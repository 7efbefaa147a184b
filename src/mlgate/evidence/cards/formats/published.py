"""Published JSON Schemas, validated by compiled code: those of CycloneDX, as its own library ships them.

A document of 256 KiB takes milliseconds, so that no card can hold up the reviews of others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import jsonschema_rs

from mlgate.domain.base import Json, Problem
from mlgate.evidence.shapes import join

CYCLONEDX_VERSIONS = ("1.5", "1.6", "1.7")
_BASE = "http://cyclonedx.org/schema/"
_REFERRED = ("spdx", "jsf-0.82", "cryptography-defs")
_MOST = 50
_LONGEST = 200


def violations(version: str, document: dict[str, Any], root: str) -> tuple[Problem, ...]:
    """Where a document breaks the schema of its version, never repeating a value; at most fifty places."""
    return breaches(_validator(version), "CycloneDX", document, root)


def breaches(
    validator: jsonschema_rs.Validator, name: str, document: dict[str, Any], root: str
) -> tuple[Problem, ...]:
    """The same for any schema.

    Args:
        validator: of the schema; it must mask values.
        name: of the format, as people know it.
        document: what is validated.
        root: what the document is called in paths.
    """
    return tuple(_problem(error, name, root) for error in islice(validator.iter_errors(document), _MOST))


@cache
def _validator(version: str) -> jsonschema_rs.Validator:
    known = [(f"{_BASE}{name}.SNAPSHOT.schema.json", _schema(name)) for name in _REFERRED]
    registry = jsonschema_rs.Registry(known)
    return jsonschema_rs.validator_for(
        _schema(f"bom-{version}"), registry=registry, validate_formats=True, mask="the value"
    )


def _schema(name: str) -> Json:
    path = files("cyclonedx.schema._res") / f"{name}.SNAPSHOT.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _problem(error: jsonschema_rs.ValidationError, name: str, root: str) -> Problem:
    closest = max(_alternatives(error), key=lambda one: len(one.instance_path), default=error)
    path = root
    for part in closest.instance_path:
        path = join(path, part) if isinstance(part, str) else f"{path}[{part}]"
    return Problem(path=path, message=f"breaks the schema of {name}: {closest.message[:_LONGEST]}")


def _alternatives(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """The error, or the faults of the alternatives that were tried: the one deepest down says most."""
    context = getattr(error.kind, "context", None)
    for branch in context or ():
        for below in branch:
            if len(below.instance_path) > len(error.instance_path):
                yield from _alternatives(below)
    yield error
