"""METADATA of a rule that would leave it unasked, silent or without an answer is refused before it judges.

`mlgate policy lint` says more about METADATA; what stands here a bundle is never built without.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

from mlgate.errors import PolicyError
from mlgate.parsing.times import normalise_time
from mlgate.policy.setting_values import Action, Classification, Profile, Tier

ACTIONS: tuple[str, ...] = get_args(Action)
SEVERITIES = ("critical", "high", "medium", "low")
OBJECTS = (
    "any",
    "serving",
    "training",
    "runtime",
    "route",
    "modelCard",
    "signOff",
    "waiver",
    "namespace",
    "cloudIam",
)
LOOKUPS = (
    "request.userInfo",
    "cluster.namespace",
    "cluster.references",
    "cluster.serviceAccounts",
    "cluster.storageClasses",
    "cluster.secrets",
    "cluster.configMaps",
    "cluster.peerAuthentication",
    "cluster.networkPolicies",
    "cluster.authorizationPolicies",
    "cluster.region",
    "signOffs",
    "waivers",
    "evidence.modelSignatures",
    "evidence.imageSignatures",
    "evidence.attestations",
    "evidence.registry",
)
REQUIRED = ("severity", "appliesWhen", "enforcement", "message", "fix")

_MAPS = ("appliesWhen", "enforcement")
_LISTS = ("needs", "configuredBy", "raise", "settings", "alsoUses", "controls")
_NAMES = ("configuredBy", "settings", "alsoUses", "controls")
_TEXTS = ("message", "fix")
_FLAGS = ("pair", "topLevelOnly")
_LIMITS: Mapping[str, tuple[str, ...]] = {
    "objects": OBJECTS,
    "tiers": get_args(Tier),
    "classifications": get_args(Classification),
    "profiles": get_args(Profile),
}
"""By what a rule or a raise is limited; an unknown word or an empty list would limit it to nothing."""


def check_metadata(code: str, annotation: Mapping[str, Any]) -> None:
    """Go on only with METADATA by which the rule is asked and its findings can be told.

    Args:
        code: the code it stands for.
        annotation: as `opa inspect -a` prints it, with a map under `custom`.

    Raises:
        PolicyError: it cannot serve; the code, the key and what would be right are named.
    """
    custom: Mapping[str, Any] = annotation["custom"]
    missing = [key for key in REQUIRED if key not in custom]
    if missing:
        raise PolicyError(f"{code} has no {missing[0]} in its METADATA")
    if annotation.get("scope", "rule") != "rule":
        told = "with another a rule does not know its own code and finds nothing"
        raise PolicyError(f"{code}: write `scope: rule` in its METADATA; {told}")
    _check_shapes(code, custom)
    _check_limits(code, custom["appliesWhen"])
    _check_enforcement(code, custom)
    begins = custom.get("effectiveOn", "2027-01-01T00:00:00Z")
    if normalise_time(begins) is None or "T" not in begins:  # the policy reads no day without its time
        raise PolicyError(f"{code}: effectiveOn in its METADATA is no time such as 2027-01-01T00:00:00Z")
    _check_words(code, "severity", [custom["severity"]], SEVERITIES)
    _check_words(code, "needs", custom.get("needs", []), LOOKUPS)


def _check_shapes(code: str, custom: Mapping[str, Any]) -> None:
    """What is read as a map, a list or a text here and in every review is one."""
    _demand(code, "map", [key for key in _MAPS if not isinstance(custom[key], Mapping)])
    _demand(code, "list", [key for key in _LISTS if not isinstance(custom.get(key, []), list)])
    _demand(code, "text", [key for key in _TEXTS if not isinstance(custom[key], str)])
    _demand(code, "boolean", [key for key in _FLAGS if not isinstance(custom.get(key, False), bool)])
    _demand(code, "list of names", [key for key in _NAMES if not _are_texts(custom.get(key, []))])
    if "objects" not in custom["appliesWhen"]:
        raise PolicyError(f"{code}: appliesWhen.objects in its METADATA is no list")
    for entry in custom.get("raise", []):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("to"), Mapping):
            raise PolicyError(f"{code}: raise in its METADATA is no list of maps with a map under `to`")


def _demand(code: str, shape: str, wrong: Collection[str]) -> None:
    for key in wrong:
        raise PolicyError(f"{code}: {key} in its METADATA is no {shape}")


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _check_limits(code: str, limits: Mapping[str, Any], within: str = "appliesWhen") -> None:
    """What a rule or a raise is limited to."""
    for key, known in _LIMITS.items():
        words = limits.get(key, [known[0]])
        if not isinstance(words, list):
            raise PolicyError(f"{code}: {within}.{key} in its METADATA is no list")
        if not words:
            raise PolicyError(f"{code}: {within}.{key} in its METADATA is empty, which is true of nothing")
        _check_words(code, f"{within}.{key}", words, known)


def _check_enforcement(code: str, custom: Mapping[str, Any]) -> None:
    """How strictly a finding counts: an unknown word would count for nothing."""
    for entry in custom.get("raise", []):
        _check_limits(code, entry, "raise")
    for to in (custom["enforcement"], *(entry["to"] for entry in custom.get("raise", []))):
        _check_words(code, "the profiles", list(to), get_args(Profile))
        _check_words(code, "the actions", list(to.values()), ACTIONS)


def _check_words(code: str, key: str, given: list[Any], known: Collection[str]) -> None:
    for word in given:
        if word not in known:
            hint = '; off is a boolean in YAML, write "off"' if word is False else ""
            told = f"{word!r} in its METADATA is none of {', '.join(known)}{hint}"
            raise PolicyError(f"{code}: {key}: {told}")
