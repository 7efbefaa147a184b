"""The identity of a bundle cannot change after it was read."""

from __future__ import annotations

import dataclasses

import pytest

from mlgate.policy.manifest import BundleManifest


@pytest.mark.parametrize("field", ["revision", "codes", "path"])
def test_it_cannot_be_changed(field: str) -> None:
    manifest = BundleManifest("v1", frozenset({"a.b"}), None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(manifest, field, None)


def test_two_that_say_the_same_are_the_same() -> None:
    one, other = (BundleManifest("v1", frozenset(codes), None) for codes in (["a.b", "c.d"], ["c.d", "a.b"]))
    assert one == other
    assert hash(one) == hash(other)
