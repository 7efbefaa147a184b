"""What cards said is remembered by their bytes."""

from __future__ import annotations

import gc
import json
import tracemalloc
from typing import Any

import pytest

from mlgate.evidence.cards.formats.modelcard import CardContent, read_spec
from mlgate.evidence.cards.formats.read import read_card
from mlgate.evidence.cards.memory import MOST_BYTES, CardMemory

Spec = dict[str, Any]


def test_the_same_bytes_are_read_once(spec: dict[str, Any]) -> None:
    memory, reads = CardMemory(), []

    def read() -> CardContent:
        reads.append(1)
        return read_spec(spec)

    first = memory.recall_object(spec, read)
    assert memory.recall_object({**spec}, read) is first
    assert len(reads) == 1


def test_a_changed_card_is_read_again(spec: dict[str, Any]) -> None:
    memory = CardMemory()
    before = memory.recall_object(spec, lambda: read_spec(spec))
    changed = {**spec, "limitations": ["new"]}
    assert memory.recall_object(changed, lambda: read_spec(changed)).digest != before.digest


def test_the_memory_is_bounded_and_forgets_what_was_not_asked_for_longest() -> None:
    content = CardContent(format="x" * 10_000)
    memory = CardMemory(max_bytes=25_000)
    for data in (b"aaaa", b"bbbb"):
        memory.recall(data, lambda: content)
    memory.recall(b"aaaa", lambda: content)
    memory.recall(b"cccc", lambda: content)
    assert len(memory) == 2
    other = CardContent(format="other")
    assert memory.recall(b"aaaa", lambda: other) is content
    assert memory.recall(b"bbbb", lambda: other) is other


def test_a_card_larger_than_the_memory_displaces_no_other() -> None:
    memory = CardMemory(max_bytes=25_000)
    memory.recall(b"small", CardContent)
    memory.recall(b"large", lambda: CardContent(format="x" * 30_000))
    assert len(memory) == 1


MODEL = {"name": "m", "version": "1", "artifacts": [{"uri": "s3://b/m"}]}
WORST: dict[str, Spec] = {
    "objects that say nothing": {"intendedUse": {"purposes": [{}] * 19_900}},
    "objects that say little": {"intendedUse": {"purposes": [{"id": "p"}] * 9_900}},
    "approvals that say nothing": {"signOffs": [{}] * 128},
    "approvals that are wrong": {"signOffs": [{f"k{key}": 1 for key in range(150)}] * 128},
    "keys": {"training": {"hyperparameters": {f"{key:x}": "6" for key in range(19_000)}}},
    "texts": {"limitations": [f"{number:x}" for number in range(19_000)]},
    "one text, of which each character takes four bytes": {"limitations": ["\U0001f600" + "x" * 250_000]},
    "metrics": {"evaluation": {"metrics": [{"name": "a", "value": 0.5}] * 6_000}},
}
"""Cards that take most memory for their bytes, as far as they may be read."""


@pytest.mark.parametrize("name", WORST)
def test_a_memory_full_of_the_worst_cards_takes_no_more_than_it_is_allowed(name: str) -> None:
    most = 8 * 1024 * 1024
    texts = [json.dumps({"model": MODEL | {"version": f"{at}"}} | WORST[name]).encode() for at in range(60)]
    assert read_card(texts[0]).card is not None  # and what is made once, whatever is read, is made
    memory = CardMemory(max_bytes=most)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        rounds = 0
        while len(memory) == rounds < len(texts):
            text = texts[rounds]
            memory.recall(text, lambda text=text: read_card(text))  # type: ignore[misc]
            rounds += 1
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert rounds > len(memory) > 1
    assert most / 2 < held < most * 1.1


def test_what_is_remembered_by_default_fits_beside_everything_else() -> None:
    """The chart counts 200 MiB for all that is not reviews and connections."""
    assert MOST_BYTES <= 200 * 1024 * 1024 / 4


def test_a_card_larger_than_the_memory_is_read_and_not_kept() -> None:
    memory = CardMemory(max_bytes=1)
    assert memory.recall(b"large", CardContent) == CardContent()
    assert len(memory) == 0


def test_a_value_too_deep_to_be_written_out_is_read_each_time() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    memory = CardMemory()
    assert memory.recall_object(deep, CardContent) == CardContent()
    assert len(memory) == 0
    while deep:  # taken apart here, because its destruction would be as deep as it is
        deep = deep.pop()
