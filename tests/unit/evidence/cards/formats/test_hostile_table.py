"""Every format, mlgate's own and results of libraries too, attacked: refused with a reason and a place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.domain.base import Problem
from mlgate.errors import CardInvalid, ManifestError
from mlgate.evidence.cards.formats import aif360, fairlearn
from mlgate.evidence.cards.formats.read import FOREIGN, read_card
from mlgate.evidence.cards.formats.results import BiasResult
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml

EXAMPLES = Path(__file__).parents[5] / "examples"
CARDS = EXAMPLES / "cards"
OWN = next(
    document
    for document in yaml.safe_load_all((EXAMPLES / "credit-scoring" / "evidence.yaml").read_text())
    if document["kind"] == "ModelCard"
)
LIBRARIES: dict[str, Callable[[Any], BiasResult]] = {
    "fairlearn": fairlearn.convert,
    "aif360": lambda document: aif360.convert(document, aif360.Stated("sex")),
}
Read = tuple[dict[str, Any] | None, tuple[Problem, ...]]


def examples() -> dict[str, bytes]:
    """One sound text in each format; results of each library beside the cards."""
    found = {"modelcard as JSON": json.dumps(OWN).encode(), "modelcard as YAML": yaml.safe_dump(OWN).encode()}
    for name in (*FOREIGN, *LIBRARIES):
        folder = CARDS / name
        paths = sorted([*folder.glob("*.md"), *folder.glob("*.json")])
        found[name] = next(data for path in paths if said(name, data := path.read_bytes()) != (None, ()))
    return found


def said(name: str, data: bytes) -> Read:
    """What is read of some bytes, and what is wrong with them; no other way out counts as none."""
    if name not in LIBRARIES:
        content = read_card(data)
        return content.card, content.problems
    try:
        result = LIBRARIES[name](parse_yaml(data, CARD_LIMITS))
    except ManifestError as error:
        return None, (Problem(path="", message=f"{error.message} (line {error.line})"),)
    except CardInvalid as error:
        return None, (Problem(path=error.path, message=str(error)),)
    return result.evaluation, result.problems


SOUND = examples()
FORMATS = sorted(SOUND)
AS_JSON = [name for name in FORMATS if SOUND[name].lstrip()[:1] in b"{["]


def first_lines(data: bytes, text: str) -> bytes:
    """The text with some lines of YAML put where its first keys stand."""
    head, line, rest = data.partition(b"\n")
    block = text.encode() + b"\n"
    return head + line + block + rest if head == b"---" else block + data


def in_json(data: bytes, entry: str) -> bytes:
    """The document with one more entry in its first object."""
    place = data.index(b"{") + 1
    return data[:place] + entry.encode() + b", " + data[place:]


ANYWHERE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "blanks": lambda _: b" \n\t\n",
    "an empty object": lambda _: b"{}",
    "an empty list": lambda _: b"[]",
    "empty front matter": lambda _: b"---\n---\n",
    "a number": lambda _: b"7",
    "a text": lambda _: b"approved",
    "null": lambda _: b"null",
    "prose": lambda _: b"# A model\n\nIt is fair, encrypted and signed off.\n",
    "past the limit": lambda data: data + b" " * CARD_LIMITS.max_bytes,
    "no UTF-8": lambda data: data[:40] + b"\xff\xfe" + data[40:],
    "latin-1": lambda data: data[:40] + b"\xe4" + data[40:],
    "a cut character": lambda data: data + b"\xe2\x82",
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "NUL": lambda data: data[:40] + b"\x00" + data[40:],
    "an escape of a terminal": lambda data: data[:40] + b"\x1b[2J" + data[40:],
    "a gzip": lambda _: b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" * 20,
    "a zip": lambda _: b"PK\x03\x04" + bytes(60),
}
IN_YAML = {
    "an alias": "x: &a [1]\ny: *a",
    "a bomb": "x: &a [z, z]\ny: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nw: [*b, *b, *b, *b, *b, *b, *b, *b]",
    "a merge": "x: {<<: {a: 1}}",
    "a tag": "x: !!python/object/apply:os.system [id]",
    "a binary": "x: !!binary aGk=",
    "a key twice": "x: 1\nx: 2",
    "a key that is a list": "? [a]\n: b",
    "a number that is none": "x: .nan",
    "infinity": "x: -.inf",
    "deep lists": "x: " + "[" * 200 + "]" * 200,
    "an open quotation": "x: 'a",
    "a tab": "x:\n\t- a",
    "a directive": "%YAML 9.9\n---\nx: 1",
}
IN_JSON = {
    "NaN": '"x": NaN',
    "infinity": '"x": -Infinity',
    "a number past every float": '"x": 1e999',
    "thousands of digits": '"x": ' + "9" * 5000,
    "a key twice": '"x": 1, "x": 2',
    "deep lists": '"x": ' + "[" * 3000 + "]" * 3000,
    "deep objects": '"x": ' + '{"a":' * 3000 + "1" + "}" * 3000,
    "half a surrogate": r'"x": "\ud800"',
    "many values": '"x": [' + "0," * 25_000 + "0]",
    "a missing comma": '"x": 1 "y": 2',
}


def refused(name: str, data: bytes) -> str:
    card, problems = said(name, data)
    assert card is None
    assert problems
    told = " ".join(f"{problem.path} {problem.message}" for problem in problems)
    assert all(character.isprintable() for character in told)
    assert len(told) < 500
    return told


@pytest.mark.parametrize("name", FORMATS)
def test_the_examples_are_sound(name: str) -> None:
    card, problems = said(name, SOUND[name])
    assert card
    assert problems == ()


@pytest.mark.parametrize("attack", ANYWHERE)
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_no_text_of_the_format_is_refused(name: str, attack: str) -> None:
    told = refused(name, ANYWHERE[attack](SOUND[name]))
    if attack in {"no UTF-8", "latin-1", "NUL", "an escape of a terminal", "a cut character"}:
        assert "line " in told


@pytest.mark.parametrize("attack", IN_YAML)
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in AS_JSON])
def test_hostile_yaml_in_a_sound_text_is_refused_with_its_line(name: str, attack: str) -> None:
    told = refused(name, first_lines(SOUND[name], IN_YAML[attack]))
    assert "line " in told or attack == "a directive"


@pytest.mark.parametrize("attack", IN_YAML)
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_yaml_instead_of_it_is_refused(name: str, attack: str) -> None:
    refused(name, f"{IN_YAML[attack]}\n".encode())
    refused(name, f"---\n{IN_YAML[attack]}\n---\n".encode())


@pytest.mark.parametrize("attack", IN_JSON)
@pytest.mark.parametrize("name", AS_JSON)
def test_hostile_json_in_a_sound_text_is_refused_with_its_line(name: str, attack: str) -> None:
    assert "line " in refused(name, in_json(SOUND[name], IN_JSON[attack]))


@pytest.mark.parametrize("name", FORMATS)
def test_two_in_one_are_refused(name: str) -> None:
    data = SOUND[name]
    if name != "huggingface":  # what follows the front matter is prose
        refused(name, data + b"\n" + data)
        refused(name, b"---\n" + data + b"\n---\n" + data)
    if name in AS_JSON and name not in LIBRARIES:
        refused(name, b"[" + data + b"," + data + b"]")


@pytest.mark.parametrize("name", FORMATS)
def test_a_text_cut_anywhere_is_refused_or_says_less(name: str, spoken: Callable[[Any], set[Any]]) -> None:
    data = SOUND[name]
    whole = spoken(said(name, data)[0])
    for share in range(1, 24):
        card, problems = said(name, data[: len(data) * share // 24])
        assert problems or card
        assert spoken(card) <= whole
        assert card is None or name not in AS_JSON


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """The document with another value at a place."""
    if not path:
        return new
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = replaced(value[path[0]], path[1:], new)
    return copied


def places(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where every value of a document stands, the document itself first."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, *path, key)


@pytest.mark.parametrize("name", AS_JSON)
def test_a_value_of_another_type_says_less_and_is_a_problem_where_nothing_is_left(
    name: str, spoken: Callable[[Any], set[Any]], may: Callable[[Any, Any], set[Any]]
) -> None:
    document = json.loads(SOUND[name])
    whole = spoken(said(name, SOUND[name])[0])
    everywhere = list(places(document))
    for place in everywhere[:: max(1, len(everywhere) // 60)]:
        for value in (None, -1, True, "other", [], {}, [None], [[]]):
            card, problems = said(name, json.dumps(replaced(document, place, value)).encode())
            assert problems or card, (place, value)
            assert spoken(card) <= whole | may(place, value), (place, value)
