"""What the files of a bundle say, before OPA has looked at one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from mlgate.domain.base import Json
from mlgate.domain.decision import Mode
from mlgate.errors import BundleUnsound, ManifestError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import Limits
from mlgate.policy.archive import MAX_JSON
from mlgate.policy.setting_values import Profile
from mlgate.policy.signature import SIGNATURES

MANIFEST = ".manifest"
DATA = "data.json"
ROOTS = ["mlgate"]
REGO_VERSION = 1
LIMITS = Limits(max_bytes=MAX_JSON, max_depth=64, max_nodes=500_000)
SHOWN = 60
MODES: tuple[str, ...] = get_args(Mode)
PROFILES: tuple[str, ...] = get_args(Profile)
HIGHEST_SEQUENCE = 2**53 - 1
"""Beyond it readers of JSON disagree about a number."""

_FILE = re.compile(r"mlgate/.+\.rego")
_MANIFEST_KEYS = {"revision", "roots", "rego_version", "metadata"}
_OURS = {"version", "sequence", "codes"}


@dataclass(frozen=True)
class Contents:
    """What a bundle says of itself; the parts agree with each other."""

    revision: str
    version: str
    sequence: int
    codes: frozenset[str]
    data: Mapping[str, Any]
    """`data.mlgate`."""


def manifest_of(revision: str, version: str, sequence: int, codes: Collection[str]) -> bytes:
    """The content of `.manifest`."""
    ours = {"version": version, "sequence": sequence, "codes": sorted(codes)}
    value = {
        "revision": revision,
        "roots": ROOTS,
        "rego_version": REGO_VERSION,
        "metadata": {"mlgate": ours},
    }
    return (json.dumps(value, indent=1) + "\n").encode()


def contents_of(files: Mapping[str, bytes]) -> Contents:
    """What a bundle says of itself.

    Raises:
        BundleUnsound: a file is missing or is none of a bundle, or two files say different things.
    """
    for name in sorted(files):
        if name not in (MANIFEST, DATA, SIGNATURES) and not _FILE.fullmatch(name):
            raise BundleUnsound(f"{name} is no file of a policy bundle of mlgate")
    manifest, data = _object(files, MANIFEST), _object(files, DATA)
    ours = _our_metadata(manifest)
    policy = data.get("mlgate")
    if data.keys() != {"mlgate"} or not isinstance(policy, dict):
        raise BundleUnsound(f"{DATA} holds no policy of mlgate, or something beside it")
    revision = policy.get("revision")
    if not isinstance(revision, str) or not revision:
        raise BundleUnsound(f"{DATA} names no revision")
    if manifest["revision"] != revision:
        raise BundleUnsound(f"{MANIFEST} and {DATA} name different revisions")
    codes = _codes(policy)
    if ours["codes"] != codes:
        raise BundleUnsound(
            f"{MANIFEST} lists other codes than the catalogue: {_difference(ours['codes'], codes)}"
        )
    return Contents(revision, ours["version"], ours["sequence"], frozenset(codes), policy)


def modes_of(policy: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What becomes of denials in each profile, as `data.mlgate` of a bundle settles it."""
    found: dict[str, str] = {}
    for layer in ("settings", "overrides"):
        value: Any = policy
        for key in (layer, "decision", "mode"):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            found |= {profile: mode for profile, mode in value.items() if mode in MODES}
    return tuple(sorted((profile, mode) for profile, mode in found.items() if profile in PROFILES))


def shown(text: str) -> str:
    """Text of a bundle as it may stand in a message."""
    return ascii(text[:SHOWN])[1:-1]


def _object(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    if name not in files:
        raise BundleUnsound(f"{name} is missing")
    try:
        found: Json = parse_json(files[name], LIMITS)
    except ManifestError as error:
        raise BundleUnsound(f"{name}: {error.message}") from error
    if not isinstance(found, dict):
        raise BundleUnsound(f"{name} holds no object")
    return found


def _our_metadata(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the build wrote into the manifest. Anything else there would change how OPA loads it."""
    if manifest.keys() != _MANIFEST_KEYS:
        names = sorted(manifest.keys() ^ _MANIFEST_KEYS)
        raise BundleUnsound(f"{MANIFEST}: {shown(names[0])} is missing, or is none of its keys")
    if manifest["roots"] != ROOTS or manifest["rego_version"] != REGO_VERSION:
        raise BundleUnsound(f"{MANIFEST}: its roots are not mlgate alone, or its Rego is not version 1")
    metadata = manifest["metadata"]
    ours = metadata.get("mlgate") if isinstance(metadata, dict) else None
    if not isinstance(ours, dict) or ours.keys() != _OURS:
        raise BundleUnsound(f"{MANIFEST} holds no metadata of mlgate")
    codes, sequence = ours["codes"], ours["sequence"]
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise BundleUnsound(f"{MANIFEST} lists no codes")
    if type(sequence) is not int or not 0 <= sequence <= HIGHEST_SEQUENCE:
        raise BundleUnsound(f"{MANIFEST}: its sequence is no number of a bundle")
    if not isinstance(ours["version"], str):
        raise BundleUnsound(f"{MANIFEST} names no version of mlgate")
    return ours


def _codes(policy: Mapping[str, Any]) -> list[str]:
    """The codes, in order, by catalogue and indexes alike."""
    indexes, catalog = policy.get("indexes"), policy.get("catalog")
    codes = indexes.get("codes") if isinstance(indexes, dict) else None
    if not isinstance(codes, list) or not codes or not isinstance(catalog, dict):
        raise BundleUnsound(f"{DATA} lists no codes")
    if sorted(catalog) != codes:
        raise BundleUnsound(f"{DATA}: its catalogue and its list of codes differ")
    return codes


def _difference(some: list[str], others: list[str]) -> str:
    """The first code that stands in one list alone, or that the order is another."""
    apart = sorted(set(some) ^ set(others))
    return shown(apart[0]) if apart else "the order, or a code twice"
