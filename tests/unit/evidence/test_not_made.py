"""Look-ups that are needed and not made are said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.lookups import LookUps, ObjectReference
from mlgate.domain.request import Request
from mlgate.evidence.not_made import not_made
from mlgate.evidence.options import EvidenceOptions

RUNTIME = ObjectReference(kinds=(("serving.kserve.io/v1alpha1", "ServingRuntime", True),), name="r", path="p")


def said(request: Request, lookups: LookUps, options: EvidenceOptions | None = None) -> dict[str, str]:
    return {entry.lookup: entry.reason for entry in not_made(request, lookups, options or EvidenceOptions())}


def test_an_object_that_needs_nothing_is_told_nothing(request_of: Callable[..., Request]) -> None:
    assert said(request_of(), LookUps()) == {}


def test_an_unknown_requester_is_offline(request_of: Callable[..., Request]) -> None:
    assert said(request_of(user=None), LookUps()) == {"request.userInfo": "offline"}


@pytest.mark.parametrize(
    ("lookups", "names"),
    [
        ({"has_images": True}, {"evidence.imageSignatures"}),
        ({"references": (RUNTIME,)}, {"evidence.imageSignatures"}),
        ({"registry": True}, {"evidence.registry"}),
        ({"serves": True}, {"evidence.modelSignatures", "evidence.attestations"}),
    ],
)
def test_each_look_up_is_named_only_where_the_object_needs_it(
    request_of: Callable[..., Request], lookups: dict[str, Any], names: set[str]
) -> None:
    found = said(request_of(), LookUps(**lookups))
    assert set(found) == names
    assert set(found.values()) == {"disabled"}


def test_where_signatures_are_sought_nothing_is_said_of_them(request_of: Callable[..., Request]) -> None:
    sought: Any = object()
    lookups = LookUps(serves=True, has_images=True)
    assert said(request_of(), lookups, EvidenceOptions(served=sought)) == {}
