"""Whatever an object holds, reading it ends with a valid workload, and what it hides is not let through."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hostile import ODD, hostile, maps, sound
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from row_slots import Object

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.lookups import LookUps
from mlgate.domain.request import GroupVersionKind, Request
from mlgate.domain.workload import Workload
from mlgate.errors import ManifestError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import REVIEW_LIMITS
from mlgate.policy.document import build_input
from mlgate.policy.schema_export import input_schema
from mlgate.workloads.complete import complete, wider_lookups
from mlgate.workloads.extract import Extraction, ExtractOptions, extract
from mlgate.workloads.kinds.table import find_kind, gated_kinds

ROWS = [row for row in gated_kinds().values() if row.components]
MODEL_ROWS = [row for row in ROWS if row.webhook == "models"]
CHANCES = st.randoms(use_true_random=True)
SCHEMA = input_schema()
NAMES = {
    "string": (str,),
    "object": (dict,),
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}
often = settings(max_examples=400, derandomize=True, phases=[Phase.generate])


def request(obj: Object, old: Object | None = None) -> Request:
    group, _, version = obj["apiVersion"].rpartition("/")
    return Request(
        origin="admission",
        uid="1",
        operation="CREATE" if old is None else "UPDATE",
        dry_run=False,
        kind=GroupVersionKind(group=group, version=version, kind=obj["kind"]),
        namespace="team",
        name="a",
        sub_resource=None,
        user_info=None,
        object=obj,
        old_object=old,
    )


def read(obj: Object, old: Object | None = None) -> Extraction:
    return extract(request(obj, old), ExtractOptions())


def workload(obj: Object) -> Workload:
    found = read(obj).workload
    assert found is not None
    return found


def surroundings(lookups: LookUps, chance: Random) -> Evidence:
    """Objects that are as odd as the one that names them."""
    found = []
    for reference in lookups.references:
        api_version, kind, namespaced = reference.kinds[0]
        row = find_kind(api_version.rpartition("/")[0], kind)
        obj = (
            hostile(row, chance)
            if row is not None
            else {"data": chance.choice((*ODD, {"a": chance.choice(ODD)}))}
        )
        status = chance.choice(("found", "found", "missing", "unavailable"))
        found.append(
            ResolvedReference(
                api_version=api_version,
                kind=kind,
                namespace="team" if namespaced else None,
                name=reference.name,
                status=status,
                object=obj if status == "found" else None,
            )
        )
    owners = tuple(hostile(chance.choice(ROWS), chance) for _ in range(chance.randrange(3)))
    return Evidence(references=tuple(found), owners=owners, claims={"word-7": "fast"})


def faults(schema: Object, value: Any, path: str = "") -> Iterator[str]:
    """Where a value does not fit the part of JSON Schema that the input document is described in."""
    types = schema.get("type", [])
    allowed = tuple(kind for name in ([types] if isinstance(types, str) else types) for kind in NAMES[name])
    if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
        yield f"{path} is {type(value).__name__}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(schema.get("items", {}), item, f"{path}[{index}]")
    elif isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        for key, item in value.items():
            if key not in known and others is False:
                yield f"{path} has {key}"
            else:
                yield from faults(known.get(key, others), item, f"{path}.{key}")


@often
@given(chance=CHANCES)
def test_any_object_ends_as_a_valid_document(chance: Random) -> None:
    row = chance.choice(ROWS)
    obj, old = hostile(row, chance), hostile(row, chance) if chance.randrange(2) else None
    extraction = read(obj, old)
    evidence = surroundings(extraction.lookups, chance)
    wider_lookups(extraction, evidence)
    subject = complete(extraction, evidence)

    # What reaches OPA comes through a door that refuses half of a character, and nests no deeper than a
    # review may; reading does not rely on it.
    everything = json.dumps([obj, old, evidence.owners, [item.object for item in evidence.references]])
    try:
        parse_json(everything, REVIEW_LIMITS)
    except ManifestError:
        return
    document = build_input(
        request(obj, old),
        workload=subject.workload,
        old_workload=subject.old_workload,
        change=subject.change,
        cards=subject.cards,
        credentials=subject.credentials,
        evidence=evidence,
        evaluated_at="2026-11-22T00:00:00Z",
    ).wire()
    json.dumps(document, allow_nan=False)
    assert not list(faults(SCHEMA, document))


@settings(often, max_examples=100)
@given(
    chance=CHANCES, value=st.sampled_from(ODD), key=st.sampled_from(["spec", "metadata", "inference", "x"])
)
def test_any_object_of_any_group_is_read(chance: Random, value: Any, key: str) -> None:
    group = chance.choice(["example.com/", "", "serving.kserve.io/", "apps/", "\ud800/"])
    found = read({"apiVersion": f"{group}v1", "kind": chance.choice(["Pod", "X", "", "\ud800"]), key: value})
    assert found.workload is None or found.concerned or not found.workload.problems


def shuffled(value: Any, chance: Random) -> Any:
    """The same value with the keys of each map in another order."""
    if isinstance(value, dict):
        keys = chance.sample(list(value), len(value))
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


@settings(often, max_examples=200)
@given(chance=CHANCES)
def test_the_order_of_keys_decides_nothing(chance: Random) -> None:
    row = chance.choice(ROWS)
    obj = hostile(row, chance) if chance.randrange(2) else sound(row, chance)
    one, other = read(obj), read(shuffled(obj, chance))
    assert one.workload == other.workload
    if len(one.credentials) < 200:  # of more, the first are told
        assert set(one.credentials) == set(other.credentials)


_POD = {"containers": [{"name": "c", "image": "hidden-7"}]}
HIDDEN: list[Any] = [
    _POD,
    {"spec": _POD},
    [{"template": {"spec": _POD}}],
    {"initContainers": _POD["containers"]},
    {"containers": {"a": {"image": "hidden-7"}}},
    {"containers": [[{"name": "c", "image": {"repository": "hidden-7"}}]]},
    {"container": {"image": "hidden-7"}},
    {"storageUri": "s3://hidden-7/m"},
    [{"modelUri": "s3://hidden-7/m"}],
    {"storageUri": {"uri": "s3://hidden-7/m"}},
    {"storageUris": [{"uri": "s3://hidden-7/m"}]},
]


@settings(often, max_examples=300)
@given(chance=CHANCES, hidden=st.sampled_from(HIDDEN))
def test_what_stands_in_a_field_nobody_knows_is_seen_or_told(chance: Random, hidden: Any) -> None:
    row = chance.choice(MODEL_ROWS)
    obj = sound(row, chance)
    places = [obj, *maps([value for key, value in obj.items() if key != "metadata"])]
    chance.choice(places)["addition"] = hidden
    found = workload(obj)
    seen = [container.image.raw or "" for container in found.containers] + [
        model.uri for model in found.models
    ]
    assert found.problems or any("hidden-7" in text for text in seen), obj


def grown(number: int) -> dict[str, Object]:
    """Objects that hold so many of one thing."""
    many = range(number)
    pod = {"apiVersion": "v1", "kind": "Pod"}
    one = {"name": "c", "image": "vllm/vllm-openai:v1"}
    llm: Object = {"apiVersion": "serving.kserve.io/v1alpha2", "kind": "LLMInferenceService"}
    ray: Object = {"apiVersion": "ray.io/v1", "kind": "RayService"}
    graph = {"apiVersion": "serving.kserve.io/v1alpha1", "kind": "InferenceGraph"}
    applications = [{"args": {"model": f"acme/m{index}"}, "name": str(index)} for index in many]
    steps = {f"n{index}": {"steps": [{"serviceUrl": f"http://s{index}.example.com"}]} for index in many}
    adapters = [{"name": str(index), "uri": f"hf://acme/m{index}"} for index in many]
    return {
        "containers": pod | {"spec": {"containers": [one | {"name": str(index)} for index in many]}},
        "words": pod | {"spec": {"containers": [one | {"args": [f"--x{index}=y" for index in many]}]}},
        "one text": pod | {"spec": {"containers": [one | {"command": ["sh", "-c", "a --b=c; " * number]}]}},
        "variables": pod
        | {
            "spec": {
                "containers": [one | {"env": [{"name": f"A{index}", "value": "$(A1)"} for index in many]}]
            }
        },
        "volumes": pod
        | {
            "spec": {
                "volumes": [{"name": str(index), "emptyDir": {}} for index in many],
                "containers": [
                    one | {"volumeMounts": [{"name": str(i), "mountPath": f"/m/{i}"} for i in many]}
                ],
            }
        },
        "adapters": llm | {"spec": {"model": {"uri": "hf://acme/m", "lora": {"adapters": adapters}}}},
        "applications": ray | {"spec": {"serveConfigV2": json.dumps({"applications": applications})}},
        "nodes": graph | {"spec": {"nodes": steps}},
        "unknown fields": llm | {"spec": {"x": {f"k{index}": {"y": [{"z": index}]} for index in many}}},
        "problems": llm | {"spec": {"baseRefs": list(many)}},
    }


def calls(obj: Object) -> int:
    """How many calls reading takes: a measure that no busy machine changes."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        read(obj)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("what", grown(1))
def test_four_times_as_much_takes_four_times_as_long(what: str) -> None:
    read(grown(1)[what])  # what is made once
    small, large = calls(grown(50)[what]), calls(grown(200)[what])
    assert small < large < 4.4 * small
