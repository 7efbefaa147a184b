"""All look-ups of a request, and what is said of each that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Evidence
from mlgate.domain.lookups import LookUps, ObjectReference, OwnerReference, Served
from mlgate.domain.verified import ImageSignature, VerifiedEvidence
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.bounded import AT_ONCE
from mlgate.evidence.cards.load import LoadedCard, load
from mlgate.evidence.facts import MOST
from mlgate.evidence.files import FileCluster
from mlgate.evidence.gather import gather
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.served import Checked

RUNTIME = ObjectReference(
    kinds=(("serving.kserve.io/v1alpha1", "ServingRuntime", True),), name="onnx", path="p"
)
CONFIG = ObjectReference(kinds=(("v1", "ConfigMap", True),), name="arguments", path="inference.config")
CONFIG_MAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "arguments", "namespace": "prod"},
    "data": {"server.yaml": "model: acme/drafts"},
}
NAMED = ("ModelCard", "PersistentVolumeClaim", "ServingRuntime")
"""Kinds of which the author of a manifest decides how many are read."""
NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "prod", "labels": {"mlgate.dev/profile": "production"}},
}
CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "fast"},
    "provisioner": "ebs",
}


class World:
    """One request and the cluster it is judged in."""

    def __init__(self, cluster: Any, request: Any, reference: Any, now: str) -> None:
        self.cluster, self.request, self.reference, self.now = cluster, request, reference, now
        self.options = EvidenceOptions()

    def lookups(self, **fields: Any) -> LookUps:
        wanted = {
            "namespace": "prod",
            "cards": (self.reference(),),
            "wants_sign_offs": True,
            "wants_waivers": True,
        }
        return LookUps(**{**wanted, **fields})

    async def __call__(self, seconds: float = 5, *, confirmed: bool = True, **fields: Any) -> Evidence:
        lookups = self.lookups(**fields)
        deadline = Deadline.after(seconds)
        return await gather(
            self.request, lookups, self.cluster, self.options, deadline, self.now, confirmed=confirmed
        )


@pytest.fixture
def world(cluster: Any, request_of: Any, reference: Any, now: str) -> World:
    cluster.objects = [NAMESPACE]
    return World(cluster, request_of(), reference, now)


def reasons(evidence: Evidence) -> dict[str, str]:
    return {entry.lookup: entry.reason for entry in evidence.unavailable}


async def test_everything_the_object_names_is_found(
    world: World, model_card: Any, sign_off: Any, waiver: Any
) -> None:
    runtime = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": {"name": "onnx", "namespace": "prod"},
    }
    world.cluster.objects += [model_card(), sign_off("a"), sign_off("b"), waiver(), runtime, CLASS]
    world.options = EvidenceOptions(region="eu-west-1")
    evidence = await world(references=(RUNTIME,), storage_classes=("fast",), has_volumes=True)
    assert [card.status for card in evidence.cards] == ["found"]
    assert [entry.source.reference for entry in evidence.sign_offs] == ["prod/a", "prod/b"]
    assert [entry.name for entry in evidence.waivers] == ["w1"]
    assert evidence.cluster.namespace is not None
    assert evidence.cluster.namespace.labels == {"mlgate.dev/profile": "production"}
    assert evidence.cluster.region == "eu-west-1"
    assert set(evidence.cluster.storage_classes) == {"fast"}
    assert [entry.status for entry in evidence.references] == ["found"]
    assert set(reasons(evidence).values()) == {"disabled"}


async def test_an_object_that_needs_nothing_costs_no_read(world: World) -> None:
    evidence = await world(namespace=None, cards=(), wants_sign_offs=False, wants_waivers=False)
    assert evidence == Evidence()
    assert world.cluster.calls == []


async def test_sign_offs_are_not_needed_where_no_card_was_found(world: World, unavailable: Any) -> None:
    world.cluster.faults["SignOff"] = unavailable
    evidence = await world()
    assert evidence.cards[0].status == "missing"
    assert "signOffs" not in reasons(evidence)


async def test_sign_offs_nobody_asked_for_are_not_read(world: World, model_card: Any, sign_off: Any) -> None:
    world.cluster.objects += [model_card(), sign_off("a")]
    evidence = await world(wants_sign_offs=False)
    assert (evidence.cards[0].status, evidence.sign_offs) == ("found", ())


async def test_approvals_and_waivers_are_read_live_unless_copies_are_to_be_believed(
    world: World, model_card: Any, sign_off: Any, waiver: Any
) -> None:
    world.cluster.objects += [model_card(), *(sign_off(name) for name in "abcde"), waiver("theirs", "policy")]
    world.cluster.late = [sign_off("f", role="privacy"), waiver("new")]
    world.options = EvidenceOptions(waiver_namespaces=("policy",))
    copied = await world(confirmed=False)
    assert [entry.source.reference for entry in copied.sign_offs] == [f"prod/{name}" for name in "abcde"]
    assert [entry.name for entry in copied.waivers] == ["theirs"]
    assert not any(fresh for _, _, fresh in world.cluster.calls)
    world.cluster.calls.clear()
    confirmed = await world()
    assert [entry.source.reference for entry in confirmed.sign_offs] == [f"prod/{name}" for name in "abcdef"]
    assert [entry.name for entry in confirmed.waivers] == ["theirs", "new"]
    lists = [what for how, what, fresh in world.cluster.calls if fresh and how == "list"]
    assert (lists.count("SignOff"), lists.count("Waiver")) == (1, 2)


async def test_a_card_that_is_not_the_pinned_one_is_read_live_unless_copies_are_to_be_believed(
    world: World, model_card: Any
) -> None:
    world.cluster.objects += [model_card()]
    pinned = (world.reference(pinned="sha256:" + "0" * 64),)
    await world(cards=pinned, confirmed=False)
    assert not any(fresh for _, _, fresh in world.cluster.calls)
    await world(cards=pinned)
    assert ("get", "ModelCard/credit", True) in world.cluster.calls


async def test_cached_waivers_that_cannot_be_confirmed_are_unavailable(world: World) -> None:
    read = world.cluster.list

    async def cached_only(*what: Any, fresh: bool = False, **more: Any) -> Any:
        if fresh:
            raise EvidenceUnavailable("the API server answered 500")
        return await read(*what, fresh=fresh, **more)

    world.cluster.list = cached_only
    evidence = await world(cards=())
    assert (evidence.waivers, reasons(evidence)["waivers"]) == ((), "error")


async def test_approvals_in_the_card_follow_the_objects_and_are_claims(
    world: World, model_card: Any, sign_off: Any, spec: dict[str, Any]
) -> None:
    spec["signOffs"] = [{"role": "legal", "approver": "x", "decision": "approved"}]
    world.cluster.objects += [model_card(), sign_off("a")]
    evidence = await world()
    assert [entry.source.type for entry in evidence.sign_offs] == ["signOff", "cardClaim"]


@pytest.mark.parametrize("message", ["answered 403", "answered 404", "answered 500", "no answer"])
@pytest.mark.parametrize(
    ("kind", "lookup"),
    [
        ("Namespace", "cluster.namespace"),
        ("ServingRuntime", "cluster.references"),
        ("StorageClass", "cluster.storageClasses"),
        ("SignOff", "signOffs"),
        ("ValidatingAdmissionPolicy", "signOffs"),
        ("Waiver", "waivers"),
        ("ValidatingAdmissionPolicyBinding", "waivers"),
    ],
)
async def test_a_source_that_fails_is_named_and_the_others_are_there(
    world: World, model_card: Any, fake_cluster: Any, kind: str, lookup: str, message: str
) -> None:
    world.cluster.objects += [model_card(), CLASS]
    world.cluster.faults[kind] = EvidenceUnavailable(message)
    evidence = await world(references=(RUNTIME,), storage_classes=("fast",), has_volumes=True)
    assert reasons(evidence)[lookup] == "error"
    assert [entry.message for entry in evidence.unavailable if entry.lookup == lookup] == [message]
    assert evidence.cards[0].status == "found"


async def test_a_reference_that_could_not_be_read_is_unavailable_and_not_missing(
    world: World, unavailable: Any
) -> None:
    world.cluster.faults["ServingRuntime"] = unavailable
    evidence = await world(references=(RUNTIME, RUNTIME))
    assert [entry.status for entry in evidence.references] == ["unavailable", "unavailable"]
    assert [entry.lookup for entry in evidence.unavailable].count("cluster.references") == 1


async def test_a_config_map_that_decides_what_runs_is_found_where_it_may_be_read(world: World) -> None:
    world.cluster.objects.append(CONFIG_MAP)
    world.options = EvidenceOptions(config_maps=True)
    evidence = await world(references=(CONFIG,))
    assert [(entry.status, entry.object) for entry in evidence.references] == [("found", CONFIG_MAP)]
    assert {"cluster.configMaps", "cluster.references"}.isdisjoint(reasons(evidence))


async def test_a_config_map_that_is_not_there_is_missing(world: World) -> None:
    world.options = EvidenceOptions(config_maps=True)
    evidence = await world(references=(CONFIG,))
    assert [entry.status for entry in evidence.references] == ["missing"]


async def test_where_config_maps_are_switched_off_a_reference_to_one_is_disabled_and_not_asked_for(
    world: World,
) -> None:
    world.cluster.objects.append(CONFIG_MAP)
    evidence = await world(references=(CONFIG, RUNTIME))
    assert [(entry.status, entry.object) for entry in evidence.references] == [
        ("unavailable", None),
        ("missing", None),
    ]
    assert reasons(evidence)["cluster.configMaps"] == "disabled"
    # Other references are judged as before: naming a ConfigMap must not switch that off.
    assert "cluster.references" not in reasons(evidence)
    assert not any("ConfigMap" in what for _, what, _ in world.cluster.calls)


async def test_a_config_map_that_cannot_be_read_is_an_error(world: World, unavailable: Any) -> None:
    world.cluster.faults["ConfigMap"] = unavailable
    world.options = EvidenceOptions(config_maps=True)
    evidence = await world(references=(CONFIG,))
    assert [entry.status for entry in evidence.references] == ["unavailable"]
    assert reasons(evidence)["cluster.references"] == "error"


async def test_a_config_map_among_files_is_read_whatever_the_installation_says(world: World) -> None:
    world.cluster = FileCluster((NAMESPACE, CONFIG_MAP))
    evidence = await world(references=(CONFIG,))
    assert [entry.status for entry in evidence.references] == ["found"]
    world.cluster = FileCluster((NAMESPACE,))
    evidence = await world(references=(CONFIG,))
    assert [entry.status for entry in evidence.references] == ["unavailable"]
    assert reasons(evidence)["cluster.references"] == "offline"


async def test_references_beyond_the_cap_are_not_looked_up_and_unavailable(
    world: World, model_card: Any
) -> None:
    many = tuple(RUNTIME.model_copy(update={"name": f"r{number}"}) for number in range(MOST + 8))
    world.cluster.objects += [
        {
            "apiVersion": "serving.kserve.io/v1alpha1",
            "kind": "ServingRuntime",
            "metadata": {"name": reference.name, "namespace": "prod"},
        }
        for reference in many
    ]
    evidence = await world(references=many)
    assert [entry.name for entry in evidence.references] == [reference.name for reference in many]
    assert [entry.status for entry in evidence.references] == ["found"] * MOST + ["unavailable"] * 8
    (said,) = [entry for entry in evidence.unavailable if entry.lookup == "cluster.references"]
    assert (said.reason, said.message) == (
        "error",
        "the object names 40 objects by reference; only 32 are looked up",
    )
    assert sum("ServingRuntime/" in what for _, what, _ in world.cluster.calls) == MOST


async def test_as_many_references_as_the_cap_are_all_looked_up(world: World) -> None:
    evidence = await world(references=(RUNTIME,) * MOST)
    assert {entry.status for entry in evidence.references} == {"missing"}
    assert "cluster.references" not in reasons(evidence)


async def test_claims_beyond_the_cap_make_the_classes_unavailable(world: World) -> None:
    claims = tuple(f"c{number}" for number in range(MOST + 1))
    evidence = await world(claims=claims, has_volumes=True)
    assert reasons(evidence)["cluster.storageClasses"] == "error"
    assert not any("PersistentVolumeClaim" in what for _, what, _ in world.cluster.calls)


async def test_of_what_a_manifest_names_only_so_much_is_read_at_a_time(world: World, reference: Any) -> None:
    running, most = 0, 0
    read = world.cluster.get

    async def counted(api_version: str, kind: str, *what: Any, **more: Any) -> Any:
        nonlocal running, most
        if kind not in NAMED:
            return await read(api_version, kind, *what, **more)
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return await read(api_version, kind, *what, **more)

    world.cluster.get = counted
    cards = tuple(reference(f"modelcard/c{number}") for number in range(64))
    claims = tuple(f"c{number}" for number in range(MOST))
    evidence = await world(cards=cards, claims=claims, references=(RUNTIME,) * MOST, has_volumes=True)
    assert most == AT_ONCE
    assert {card.status for card in evidence.cards} == {"missing"}
    assert {"cluster.references", "cluster.storageClasses"}.isdisjoint(reasons(evidence))


async def test_many_reads_that_hang_leave_the_fixed_ones_their_turn(
    world: World, waiver: Any, reference: Any
) -> None:
    world.cluster.objects += [waiver()]
    world.cluster.faults = dict.fromkeys(NAMED, "hang")
    cards = tuple(reference(f"modelcard/c{number}") for number in range(64))
    claims = tuple(f"c{number}" for number in range(MOST))
    evidence = await world(0.3, cards=cards, claims=claims, references=(RUNTIME,) * MOST, has_volumes=True)
    assert {card.status for card in evidence.cards} == {"unavailable"}
    assert {entry.status for entry in evidence.references} == {"unavailable"}
    assert {"cluster.references", "cluster.storageClasses"} <= set(reasons(evidence))
    assert evidence.cluster.namespace is not None
    assert [entry.name for entry in evidence.waivers] == ["w1"]


async def test_a_fault_nobody_thought_of_is_a_fact_too(world: World, model_card: Any) -> None:
    world.cluster.objects += [model_card()]
    world.cluster.faults["Waiver"] = ZeroDivisionError("secret text")
    evidence = await world()
    (message,) = [entry.message for entry in evidence.unavailable if entry.lookup == "waivers"]
    assert message == "reading it failed (ZeroDivisionError)"


@pytest.mark.parametrize(
    "kind", ["Namespace", "ModelCard", "SignOff", "Waiver", "StorageClass", "ReplicaSet"]
)
async def test_a_source_that_hangs_does_not_hold_up_the_answer(
    world: World, model_card: Any, sign_off: Any, kind: str
) -> None:
    world.cluster.objects += [model_card(), sign_off("a"), CLASS]
    world.cluster.faults[kind] = "hang"
    owner = OwnerReference(api_version="apps/v1", kind="ReplicaSet", name="r", uid="1")
    evidence = await asyncio.wait_for(
        world(seconds=0.3, storage_classes=("fast",), has_volumes=True, owner=owner), timeout=30
    )
    assert evidence.cluster.namespace is not None or kind == "Namespace"
    assert evidence.cards[0].status == ("unavailable" if kind == "ModelCard" else "found")


async def test_no_time_left_is_said_of_every_look_up(world: World, model_card: Any) -> None:
    world.cluster.objects += [model_card()]
    world.cluster.faults = dict.fromkeys(("Namespace", "ModelCard", "SignOff", "Waiver"), "hang")
    evidence = await world(seconds=0)
    assert evidence.cards[0].status == "unavailable"
    assert {"cluster.namespace", "waivers"} <= set(reasons(evidence))


async def test_the_owner_chain_is_handed_on(world: World) -> None:
    owner = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "r", "namespace": "prod", "uid": "1"},
    }
    world.cluster.objects += [owner]
    reference = OwnerReference(api_version="apps/v1", kind="ReplicaSet", name="r", uid="1")
    assert (await world(owner=reference)).owners == (owner,)


async def test_owners_that_cannot_be_read_count_as_none(world: World, unavailable: Any) -> None:
    world.cluster.faults["ReplicaSet"] = unavailable
    reference = OwnerReference(api_version="apps/v1", kind="ReplicaSet", name="r", uid="1")
    assert (await world(owner=reference)).owners == ()


async def test_records_of_a_cluster_scoped_object_lie_in_the_namespace_the_installation_names(
    world: World, model_card: Any, sign_off: Any, waiver: Any
) -> None:
    world.cluster.objects = [model_card(), sign_off("a"), waiver()]
    nothing = await world(namespace=None)
    assert (nothing.cards[0].status, nothing.waivers) == ("missing", ())
    world.options = EvidenceOptions(cluster_namespace="prod")
    evidence = await world(namespace=None)
    assert (evidence.cards[0].status, len(evidence.sign_offs), len(evidence.waivers)) == ("found", 1, 1)
    assert evidence.cluster.namespace is None


async def test_waivers_of_the_installation_are_read_beside_those_of_the_namespace(
    world: World, waiver: Any
) -> None:
    world.cluster.objects += [waiver("z"), waiver("a", "policy"), waiver("b", "elsewhere")]
    world.options = EvidenceOptions(waiver_namespaces=("policy", "prod"))
    evidence = await world(cards=())
    assert [(entry.namespace, entry.name) for entry in evidence.waivers] == [("policy", "a"), ("prod", "z")]


async def test_a_sign_off_under_review_is_alone(world: World, sign_off: Any, model_card: Any) -> None:
    world.cluster.objects += [model_card(), sign_off("other")]
    evidence = await world(cards=(), record=sign_off("mine"), record_kind="SignOff")
    assert [entry.source.reference for entry in evidence.sign_offs] == ["prod/mine"]
    assert (evidence.waivers, evidence.cards) == ((), ())
    assert evidence.cluster.namespace is not None


async def test_a_waiver_under_review_is_alone_and_begins_now(world: World, waiver: Any) -> None:
    world.cluster.objects += [waiver("other")]
    world.now = "2026-12-01T00:00:00Z"
    evidence = await world(cards=(), record=waiver("mine"), record_kind="Waiver")
    assert [(entry.name, entry.created_at) for entry in evidence.waivers] == [("mine", world.now)]


@pytest.mark.parametrize(("kind", "lookup"), [("SignOff", "signOffs"), ("Waiver", "waivers")])
async def test_a_record_whose_guard_cannot_be_read_is_unavailable(
    world: World, sign_off: Any, unavailable: Any, kind: str, lookup: str
) -> None:
    world.cluster.faults["ValidatingAdmissionPolicy"] = unavailable
    evidence = await world(cards=(), record=sign_off(), record_kind=kind)
    assert reasons(evidence) == {lookup: "error"}


async def test_other_records_are_looked_up_like_any_object(world: World, model_card: Any) -> None:
    evidence = await world(cards=(), record=model_card(), record_kind="ModelCard", wants_sign_offs=False)
    assert (evidence.sign_offs, evidence.cluster.namespace is None) == ((), False)


async def test_files_hold_claims_and_no_waivers_unless_told_otherwise(
    world: World, model_card: Any, sign_off: Any, waiver: Any
) -> None:
    objects = [NAMESPACE, model_card(), sign_off("a", created=None), waiver(created=None)]
    world.cluster = FileCluster(objects)
    evidence = await world()
    assert [entry.assurance for entry in evidence.sign_offs] == ["claimed"]
    assert evidence.waivers == ()
    world.cluster = FileCluster(objects, assume_authenticated=True)
    evidence = await world()
    assert [entry.assurance for entry in evidence.sign_offs] == ["authenticated"]
    assert [(entry.assurance, entry.created_at) for entry in evidence.waivers] == [
        ("authenticated", world.now)
    ]
    assert evidence.sign_offs[0].issued_at == world.now


async def test_without_files_and_cluster_what_is_needed_is_offline(world: World) -> None:
    world.cluster = None
    evidence = await world(references=(RUNTIME,), storage_classes=("fast",), has_volumes=True)
    assert evidence.cards[0].status == "missing"
    assert reasons(evidence) == {
        "cluster.namespace": "offline",
        "cluster.references": "offline",
        "cluster.storageClasses": "offline",
        "evidence.imageSignatures": "disabled",
    }


class Seeker:
    """Seeks signatures, and finds what a test says."""

    def __init__(self, answer: Checked | Exception) -> None:
        self.answer = answer

    async def verify(self, served: Any, _deadline: Deadline) -> Checked:
        assert [item.id for item in served] == ["i"]
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


SERVED = Served(kind="image", id="i", registry="r.example", repository="x", digest="sha256:" + "0" * 64)
SIGNED = VerifiedEvidence(image_signatures=(ImageSignature(image="i", status="verified"),))


async def sought(world: World, answer: Checked | Exception) -> Evidence:
    seeker: Any = Seeker(answer)
    world.options = EvidenceOptions(served=seeker)
    evidence: Evidence = await world(serves=True, has_images=True, served=(SERVED,))
    return evidence


async def test_signatures_that_verified_are_evidence(world: World) -> None:
    evidence = await sought(world, Checked(SIGNED, {}))
    assert evidence.verified == SIGNED
    assert not any(name.startswith("evidence.") for name in reasons(evidence))


async def test_signatures_that_could_not_be_sought_are_said_by_kind(world: World) -> None:
    evidence = await sought(world, Checked(SIGNED, {"image": EvidenceUnavailable("503")}))
    said = {name: reason for name, reason in reasons(evidence).items() if name.startswith("evidence.")}
    assert said == {"evidence.imageSignatures": "error", "evidence.attestations": "error"}


async def test_a_seeker_that_fails_leaves_nothing_unsaid(world: World) -> None:
    evidence = await sought(world, RuntimeError("a fault"))
    said = {name: reason for name, reason in reasons(evidence).items() if name.startswith("evidence.")}
    assert said == dict.fromkeys(
        ("evidence.imageSignatures", "evidence.modelSignatures", "evidence.attestations"), "error"
    )


async def test_statements_beside_a_card_that_cannot_be_read_are_said(
    world: World, monkeypatch: pytest.MonkeyPatch, model_card: Any
) -> None:
    world.cluster.objects = [NAMESPACE, model_card()]

    async def unread(*_: Any) -> LoadedCard:
        loaded = await load(*_)
        return replace(loaded, unread="the registry answered with 500")

    monkeypatch.setattr("mlgate.evidence.gather.load", unread)
    assert reasons(await world())["signOffs"] == "error"


async def test_the_caller_is_offline_when_nobody_said_who_asks(
    world: World, request_of: Callable[..., Any]
) -> None:
    world.request = request_of(user=None)
    assert reasons(await world())["request.userInfo"] == "offline"
