"""Values that name several models at once, or a model among other things: adapters, drafts, lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote

from mlgate.domain.base import Json
from mlgate.workloads.reading import dig
from mlgate.workloads.shell.words import Word

_ADDRESSES = ("path", "lora_path", "model")
_SENT = ("lora_path", "model_path", "from", "model", "name", "path")
_NAMES = ("name", "lora_name")
_SAY_PLACE = ("uri", "path", "dir", "model", "file")
"""Parts of keys whose values say where weights lie."""


def named_values(text: str) -> Iterator[tuple[str | None, str]]:
    """Name and address of each: `name=address,...`, addresses alone, or JSON objects.

    JSON that says no address is one itself, so that what is not understood is refused.
    """
    if text.startswith(("{", "[")):
        yield from _in_json(text)
        return
    for part in text.split(","):
        name, equals, address = part.partition("=")
        # The sign may as well stand in an address.
        if equals and "/" not in name:
            yield name, address
        elif part:
            yield None, part


def draft_of(text: str) -> str | None:
    """The model of a flag that takes an address or a JSON object; null if that speaks of no model."""
    if not text.startswith("{"):
        return text
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _first(data, ("model",))


def weights_of(text: str, entry: str) -> Iterator[str]:
    """Where the weights lie that a loader is told of: in a map of JSON, or the value of one entry of it.

    What is no JSON counts as it stands, so that it is refused and not passed over.
    """
    data: Json = text
    if text.startswith(("{", "[")):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            entry = _SAY_PLACE[0]
    yield from _places_in(data, entry)


def _places_in(value: Json, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for inner, item in value.items():
            yield from _places_in(item, inner)
    elif isinstance(value, list):
        for item in value:
            yield from _places_in(item, key)
    elif isinstance(value, str) and ("://" in value or any(word in key.lower() for word in _SAY_PLACE)):
        yield value


def sent(word: Word) -> str | None:
    """The model in what is sent to a server: an object of JSON, or the query of an address."""
    _, _, query = word.text.partition("?")
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "url" and value:
            return unquote(value)
    if not word.text.startswith("{"):
        return None
    try:
        data: Json = json.loads(word.text)
    except (ValueError, RecursionError):
        return None
    return _first(data, _SENT)


def _in_json(text: str) -> Iterator[tuple[str | None, str]]:
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    for item in data if isinstance(data, list) else [data]:
        address = item if isinstance(item, str) else _first(item, _ADDRESSES)
        yield _first(item, _NAMES), address or text


def _first(value: Json, keys: tuple[str, ...]) -> str | None:
    texts = (dig(value, key) for key in keys)
    return next((text for text in texts if isinstance(text, str) and text), None)
