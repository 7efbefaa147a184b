"""Digests of cards, and the places that name them: annotations of workloads, and sign-offs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from casebook.documents import Object, is_card, map_strings
from mlgate.evidence.digest import card_digest

ANNOTATION = "mlgate.dev/model-card"
PINNED = re.compile(r"modelcard/([^@\s,]+)@(sha256:[0-9a-f]{64})")
"""A card by name and the digest it is pinned to."""


def digests(objects: Iterable[Object]) -> dict[str, str]:
    """Name and digest of every card among the objects."""
    return {item["metadata"]["name"]: card_digest(item["spec"]) for item in objects if is_card(item)}


def renamed(value: Any, before: Mapping[str, str], after: Mapping[str, str]) -> Any:
    """The value with each card's digest before replaced by its digest after, wherever it is named."""
    moves = {digest: after[name] for name, digest in before.items() if name in after}
    known = re.compile("|".join(map(re.escape, moves)) or r"(?!)")
    return map_strings(value, lambda text: known.sub(lambda found: moves[found.group()], text))


def wrong_pins(objects: list[Object]) -> Iterator[tuple[str, str, str]]:
    """Every pin that is not the digest of its card: who names it, the digest named, the right one."""
    right = digests(objects)
    versions = {
        (item["spec"]["model"]["name"], item["spec"]["model"]["version"]): right[item["metadata"]["name"]]
        for item in objects
        if is_card(item)
    }
    for item in objects:
        who = f"{item['kind']}/{item['metadata']['name']}"
        for name, digest in PINNED.findall(item["metadata"].get("annotations", {}).get(ANNOTATION, "")):
            if name in right and digest != right[name]:
                yield who, digest, right[name]
        if item["kind"] == "SignOff":
            about = versions.get((item["spec"]["model"], item["spec"]["version"]))
            named = str(item["spec"].get("cardDigest"))
            if about is not None and named != about:
                yield who, named, about
