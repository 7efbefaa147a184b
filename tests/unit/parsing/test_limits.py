"""The caps on documents."""

from __future__ import annotations

from mlgate.parsing.limits import CARD_LIMITS, MANIFEST_LIMITS, REVIEW_LIMITS


def test_cards_are_capped_as_the_card_format_says() -> None:
    assert (CARD_LIMITS.max_bytes, CARD_LIMITS.max_depth, CARD_LIMITS.max_nodes) == (256 * 1024, 64, 20_000)


def test_a_review_has_room_for_two_objects_at_their_limits() -> None:
    assert REVIEW_LIMITS.max_bytes >= 2 * MANIFEST_LIMITS.max_bytes
    assert REVIEW_LIMITS.max_nodes >= 2 * MANIFEST_LIMITS.max_nodes
    assert REVIEW_LIMITS.max_depth > MANIFEST_LIMITS.max_depth
