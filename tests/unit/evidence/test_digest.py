"""Digests of cards."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import CardInvalid
from mlgate.evidence.digest import canonical_digest, card_digest

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def test_the_digest_is_sha256_over_canonical_json() -> None:
    assert (
        canonical_digest({"b": 1.0, "a": "é"})
        == "sha256:" + hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()
    )


@given(st.dictionaries(st.text(max_size=5), _VALUES, max_size=4))
def test_the_order_of_keys_does_not_change_the_digest(value: dict[str, object]) -> None:
    assert canonical_digest(value) == canonical_digest(dict(reversed(value.items())))


def test_approvals_can_be_added_without_changing_the_digest() -> None:
    bare = {"model": {"name": "m"}}
    assert card_digest({**bare, "signOffs": [{"role": "legal"}]}) == card_digest(bare)


def test_any_other_change_changes_the_digest() -> None:
    assert card_digest({"model": {"name": "m"}}) != card_digest({"model": {"name": "m "}})


@pytest.mark.parametrize("value", [2**53 + 1, float("nan"), float("inf"), "\ud800"])
def test_a_value_without_canonical_form_has_no_digest(value: object) -> None:
    with pytest.raises(CardInvalid, match="no canonical JSON form"):
        canonical_digest({"x": value})
