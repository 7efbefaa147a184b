"""What an enemy or an accident makes of a card, in every format: a reason with a place, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.cards.formats.read import FOREIGN, read_card
from mlgate.parsing.limits import CARD_LIMITS

EXAMPLES = Path(__file__).parents[5] / "examples" / "cards"
ALL = sorted(
    path
    for path in EXAMPLES.glob("*/*")
    if path.suffix in {".md", ".json"} and path.parent.name in {*FOREIGN}
)
JSON = [path for path in ALL if path.suffix == ".json"]
ids = {"ids": lambda path: f"{path.parent.name}/{path.name}"}


def refused(data: bytes) -> str:
    """Why nothing at all could be read."""
    content = read_card(data)
    assert content.card is None
    assert content.problems
    assert all(problem.message for problem in content.problems)
    return " ".join(f"{problem.path} {problem.message}" for problem in content.problems)


def sound(path: Path) -> CardContent:
    content = read_card(path.read_bytes())
    assert content.card is not None
    assert content.problems == ()
    return content


@pytest.mark.parametrize("path", ALL, **ids)
def test_a_truncated_card_is_refused_or_says_less(path: Path) -> None:
    whole, data = sound(path), path.read_bytes()
    for share in range(1, 20):
        cut = data[: len(data) * share // 20]
        content = read_card(cut)
        is_whole = path.suffix == ".md" and b"\n---" in cut
        assert content.card == (whole.card if is_whole else None), "what a text says stands before its body"
        assert content.problems or is_whole


@pytest.mark.parametrize("path", JSON, **ids)
def test_a_truncated_card_is_told_with_its_line(path: Path) -> None:
    assert "line " in refused(path.read_bytes()[:-20])


@pytest.mark.parametrize("path", ALL, **ids)
def test_a_card_past_the_limit_is_refused(path: Path) -> None:
    data = path.read_bytes()
    assert "262144 bytes" in refused(data + b" " * (CARD_LIMITS.max_bytes - len(data) + 1))


@pytest.mark.parametrize("path", ALL, **ids)
def test_bytes_that_are_no_utf8_and_byte_order_marks_are_refused(path: Path) -> None:
    data = path.read_bytes()
    place = data.index(b"name")
    assert "line " in refused(data[:place] + b"\xff" + data[place:])
    assert "byte order mark" in refused(b"\xef\xbb\xbf" + data)
    assert "byte order mark" in refused(path.read_text().encode("utf-16"))


@pytest.mark.parametrize("path", JSON, **ids)
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_are_none_are_refused_with_their_place(path: Path, number: str) -> None:
    text = path.read_text().rstrip()
    assert "line " in refused((text[:-1] + f', "extra": {number}}}').encode())


@pytest.mark.parametrize("path", JSON, **ids)
def test_a_key_that_comes_twice_is_refused_with_its_place(path: Path) -> None:
    key = json.dumps(next(iter(json.loads(path.read_text()))))
    text = path.read_text().rstrip()
    told = refused((text[:-1] + f", {key}: 1}}").encode())
    assert "duplicate key" in told
    assert "line " in told


@pytest.mark.parametrize("path", JSON, **ids)
def test_deep_nesting_is_refused(path: Path) -> None:
    text = path.read_text().rstrip()
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        deep = opening * 5000 + "1" + closing * 5000
        assert "nested deeper" in refused((text[:-1] + f', "extra": {deep}}}').encode())


@pytest.mark.parametrize("path", JSON, **ids)
def test_two_cards_in_one_are_refused(path: Path) -> None:
    text = path.read_text()
    refused((text + text).encode())
    assert "2 documents" in refused(f"---\n{text}---\n{text}".encode())
    refused(json.dumps([json.loads(text)] * 2).encode())


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("a: &x [1]\nb: *x", "anchor"),
        ("a: &a [z]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]", "anchor"),
        ("a: {<<: {b: 1}}", "merge key"),
        ("a: !!python/object/apply:os.system [id]", "tag"),
        ("a: !Ref b", "tag"),
        ("a: .nan", "no JSON number"),
        ("a: -.inf", "no JSON number"),
        ("a: 1\na: 2", "duplicate key"),
        ("1: a", "no string"),
        ("? [a]\n: b", "no string"),
        ("a: " + "[" * 200 + "]" * 200, "nested deeper"),
        ("a:\n\t- b", "not valid YAML"),
        ("a: 'b", "not valid YAML"),
    ],
)
def test_hostile_yaml_is_refused_with_its_line(block: str, told: str) -> None:
    message = refused(f"---\nlicense: mit\n{block}\n---\nprose\n".encode())
    assert told in message
    assert "line " in message


def places(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where every value of a document stands."""
    yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in entries:
        yield from places(item, *path, key)


def replaced(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copied: Any = dict(document) if isinstance(document, dict) else list(document)
    copied[path[0]] = replaced(document[path[0]], path[1:], value)
    return copied


@pytest.mark.parametrize("path", JSON, **ids)
def test_a_value_of_any_other_type_anywhere_is_no_crash_and_only_ever_takes_away(
    path: Path, spoken: Callable[[Any], set[Any]], may: Callable[[Any, Any], set[Any]]
) -> None:
    document = json.loads(path.read_text())
    whole = spoken(sound(path).card)
    everywhere = list(places(document))
    for place in everywhere[:: max(1, len(everywhere) // 40)]:
        for value in (None, 7, True, "other", [], {}, [[]], [{}], {"a": {}}):
            content = read_card(json.dumps(replaced(document, place, value)).encode())
            assert content.card is not None or content.problems
            assert spoken(content.card) <= whole | may(place, value), (place, value)
