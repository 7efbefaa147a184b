"""What cards said is remembered by their bytes."""

from __future__ import annotations

from typing import Any

from mlgate.evidence.cards.formats.modelcard import CardContent, read_spec
from mlgate.evidence.cards.memory import CardMemory


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
    memory = CardMemory(max_bytes=10)
    content = CardContent()
    for data in (b"aaaa", b"bbbb"):
        memory.recall(data, lambda: content)
    memory.recall(b"aaaa", lambda: content)
    memory.recall(b"cccc", lambda: content)
    assert len(memory) == 2
    other = CardContent(format="other")
    assert memory.recall(b"aaaa", lambda: other) is content
    assert memory.recall(b"bbbb", lambda: other) is other


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
