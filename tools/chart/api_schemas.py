"""JSON Schemas of what the API server takes, from the files in which projects publish their kinds.

Structure only: names, types, what is required, and that nothing else is there. Descriptions are left out, and
so are rules in CEL, which no JSON Schema can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]

_KEPT = ("type", "required", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems")
_EITHER = {"type": ["string", "integer"]}
_QUANTITY = {"type": ["string", "number"]}
_SPECIAL: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": _EITHER,
    "io.k8s.apimachinery.pkg.api.resource.Quantity": _QUANTITY,
}
"""Of which the published type says what is sent back, not what is taken."""
_REFERENCE = "#/definitions/"


def of_api_server(swagger: Mapping[str, Any], kinds: Iterable[tuple[str, str]]) -> Schema:
    """Definitions of kinds, given as (apiVersion, kind), and of all they are made of; and which is whose.

    Raises:
        KeyError: the API server does not have a kind.
    """
    published = swagger["definitions"]
    names = _names(published)
    roots = {f"{kind} {api_version}": names[api_version, kind] for api_version, kind in kinds}
    found: dict[str, Schema] = {}
    left = [*roots.values()]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = _SPECIAL.get(name) or closed(published[name])
            left += _references(found[name])
    return {"kinds": roots, "definitions": dict(sorted(found.items()))}


def _names(published: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Names of definitions by (apiVersion, kind)."""
    return {
        ("/".join(filter(None, (entry["group"], entry["version"]))), entry["kind"]): name
        for name, schema in published.items()
        for entry in schema.get("x-kubernetes-group-version-kind", ())
    }


def closed(schema: Mapping[str, Any]) -> Schema:
    """A published schema, in which an object with named properties has no others."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    if schema.get("x-kubernetes-int-or-string"):
        return dict(_EITHER)
    found = {key: schema[key] for key in _KEPT if key in schema}
    if "items" in schema:
        found["items"] = closed(schema["items"])
    if "properties" in schema:
        found["properties"] = {name: closed(part) for name, part in schema["properties"].items()}
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping):
        found["additionalProperties"] = closed(more)
    elif "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        found["additionalProperties"] = False
    return found


def of_definition(definition: Mapping[str, Any]) -> dict[str, Schema]:
    """Schemas of a CustomResourceDefinition, by `<kind> <apiVersion>`."""
    spec = definition["spec"]
    return {
        f"{spec['names']['kind']} {spec['group']}/{version['name']}": closed(
            version["schema"]["openAPIV3Schema"]
        )
        for version in spec["versions"]
        if version["served"]
    }


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for part in schema for name in _references(part)]
    if not isinstance(schema, dict):
        return []
    named = schema.get("$ref")
    own = [named.removeprefix(_REFERENCE)] if isinstance(named, str) else []
    return own + [name for part in schema.values() for name in _references(part)]
