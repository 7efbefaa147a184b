"""What stands in any place that any row of the table describes is seen."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from row_slots import PASSWORD, TOLD, WORD, RowSlot, merged, slots_of

from mlgate.domain.request import GroupVersionKind, Request
from mlgate.workloads.extract import Extraction, ExtractOptions, extract
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import gated_kinds

Object = dict[str, Any]
ROWS = [row for row in gated_kinds().values() if row.components]
CHANCES = st.randoms(use_true_random=True)
"""Which of several forms is taken, how many neighbours there are and how deep it lies."""


def read(obj: Object, row: Kind) -> Extraction:
    kind = GroupVersionKind(group=row.group, version=obj["apiVersion"].rpartition("/")[2], kind=row.kind)
    return extract(
        Request(
            origin="admission",
            uid="1",
            operation="CREATE",
            dry_run=False,
            kind=kind,
            namespace=None if row.scope == "Cluster" else "team",
            name="a",
            sub_resource=None,
            user_info=None,
            object=obj,
            old_object=None,
        ),
        ExtractOptions(),
    )


def seen(what: str, workload: Object) -> str:
    """All that was read of one sort, as one text."""
    found: list[Any] = {
        "image": [container["image"]["raw"] for container in workload["containers"]],
        "model": [model["uri"] for model in workload["models"]],
        "dataset": [dataset["uri"] for dataset in workload["datasets"]],
        "endpoint": [endpoint["uri"] for endpoint in workload["endpoints"]],
        "reference": [reference["name"] for reference in workload["references"]],
        "volume": [[volume["name"], volume["claimName"]] for volume in workload["volumes"]],
    }[what]
    return json.dumps(found)


def missed(slot: RowSlot, obj: Object, found: Extraction, word: str = WORD, told: str = TOLD) -> list[str]:
    """What of a slot was not seen, or was shown that must not be."""
    assert found.workload is not None
    workload = found.workload.wire()
    lacking = []
    if slot.what not in {"told", "variable", "argument"} and word not in seen(slot.what, workload):
        lacking.append(slot.what)
    if slot.what in {"told", "image"} and told in json.dumps(obj) and told not in seen("model", workload):
        lacking.append("the model it is told")
    if found.concerned and len(found.credentials) < _passwords(obj):
        lacking.append("password")
    if PASSWORD in json.dumps(workload):
        lacking.append("a mask over the password")
    return lacking


def _passwords(value: Any) -> int:
    """In how many places passwords stand, where a text is one place."""
    return json.dumps(value).count(PASSWORD)


def test_every_row_is_tried() -> None:
    assert {row.webhook for row in gated_kinds().values() if not row.components} == {"records"}
    sorts = {slot.what for row in ROWS for slot in slots_of(row)}
    assert sorts - {"told", "variable", "argument"} == {
        "image",
        "model",
        "dataset",
        "endpoint",
        "reference",
        "volume",
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}.{row.group}")
@settings(max_examples=2, derandomize=True, phases=[Phase.generate])
@given(chance=CHANCES)
def test_what_is_put_into_any_slot_of_any_kind_is_seen(row: Kind, chance: Random) -> None:
    for slot in slots_of(row):
        obj = slot.object(row, chance)
        assert not missed(slot, obj, read(obj, row)), (slot.component, slot.path, obj)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}.{row.group}")
@settings(max_examples=6, derandomize=True, phases=[Phase.generate])
@given(chance=CHANCES)
def test_nothing_that_stands_beside_it_hides_it(row: Kind, chance: Random) -> None:
    slots = list(slots_of(row))
    picked = {slot.field: slot for slot in chance.sample(slots, min(4, len(slots)))}
    together = [slot for slot in picked.values() if not slot.alone]
    words = [(slot, f"word-{number}x", f"hf://acme/told-{number}x") for number, slot in enumerate(together)]
    obj: Object = {"apiVersion": f"{row.group}/{row.versions[0]}".lstrip("/"), "kind": row.kind}
    for slot, word, told in words:
        text = json.dumps(slot.object(row, chance)).replace(WORD, word).replace(TOLD, told)
        obj = merged(obj, json.loads(text))
    found = read(obj, row)
    for slot, word, told in words:
        # Of two texts in the same place only one is left.
        assert word not in json.dumps(obj) or not missed(slot, obj, found, word, told), (slot.path, obj)
