"""One card, from reference to fact."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cards.load import LoadedCard, load
from mlgate.evidence.digest import card_digest
from mlgate.evidence.options import EvidenceOptions

ALL = EvidenceOptions(card_sources=frozenset({"modelcard", "configmap", "file"}))
Ref = Callable[..., CardReference]


def config_map(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cards", "namespace": "prod"},
        "data": data,
    }


async def from_text(cluster: Any, reference: Ref, deadline: Deadline, text: Any) -> LoadedCard:
    cluster.objects = [config_map({"credit.yaml": text})]
    return await load(reference("configmap/cards/credit.yaml"), "prod", cluster, ALL, deadline)


async def test_a_card_object_is_found_with_its_digests_and_status(
    cluster: Any, reference: Ref, deadline: Deadline, model_card: Any, spec: dict[str, Any]
) -> None:
    cluster.objects = [model_card(status={"alerts": [{"name": "drift"}]})]
    loaded = await load(reference(pinned="sha256:" + "0" * 64), "prod", cluster, ALL, deadline)
    card = loaded.card
    assert (card.status, card.format, card.problems) == ("found", "modelcard", ())
    assert card.digest == card_digest(spec)
    assert card.pinned_digest == "sha256:" + "0" * 64
    assert card.runtime.alerts[0].name == "drift"


async def test_a_card_of_another_namespace_is_missing(
    cluster: Any, reference: Ref, deadline: Deadline, model_card: Any
) -> None:
    cluster.objects = [model_card(namespace="elsewhere")]
    assert (await load(reference(), "prod", cluster, ALL, deadline)).card.status == "missing"


@pytest.mark.parametrize("text", ["modelcard/credit", "configmap/cards/credit.yaml"])
async def test_without_a_namespace_there_is_no_card(
    cluster: Any, reference: Ref, deadline: Deadline, text: str
) -> None:
    assert (await load(reference(text), None, cluster, ALL, deadline)).card.status == "missing"
    assert cluster.calls == []


async def test_a_reference_with_a_problem_is_missing_and_says_why(
    cluster: Any, reference: Ref, deadline: Deadline
) -> None:
    card = (await load(reference(problem="does not parse"), "prod", cluster, ALL, deadline)).card
    assert (card.status, card.problems[0].message) == ("missing", "does not parse")


@pytest.mark.parametrize("text", ["configmap/cards/k", "file/card.yaml", "oci/registry/card"])
async def test_a_source_that_is_off_or_not_made_is_missing_and_never_asked(
    cluster: Any, reference: Ref, deadline: Deadline, text: str
) -> None:
    options = EvidenceOptions(card_files={"card.yaml": b"{}"})
    card = (await load(reference(text), "prod", cluster, options, deadline)).card
    assert card.status == "missing"
    assert "switched off" in card.problems[0].message
    assert cluster.calls == []


async def test_a_source_that_does_not_answer_makes_the_card_unavailable(
    cluster: Any, reference: Ref, deadline: Deadline
) -> None:
    cluster.faults["ModelCard"] = EvidenceUnavailable("the API server answered 403")
    card = (await load(reference(), "prod", cluster, ALL, deadline)).card
    assert (card.status, card.problems[0].message) == ("unavailable", "the API server answered 403")


@pytest.mark.parametrize("dump", [json.dumps, yaml.safe_dump])
async def test_a_card_in_a_config_map_is_yaml_or_json(
    cluster: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any], dump: Callable[[Any], str]
) -> None:
    card = (await from_text(cluster, reference, deadline, dump(spec))).card
    assert (card.status, card.digest, card.runtime.alerts) == ("found", card_digest(spec), ())


@pytest.mark.parametrize("data", [{}, {"other": "x"}])
async def test_a_key_that_is_not_there_is_a_missing_card(
    cluster: Any, reference: Ref, deadline: Deadline, data: dict[str, Any]
) -> None:
    cluster.objects = [config_map(data)]
    loaded = await load(reference("configmap/cards/credit.yaml"), "prod", cluster, ALL, deadline)
    assert loaded.card.status == "missing"


MODEL = "model: {name: m, version: '1', artifacts: [{uri: s3://b/m}]}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 300 * 1024, "bytes"),
        ("- a\n- b\n", "not a model card"),
        (MODEL + MODEL, "cannot be parsed"),
        (MODEL + "limitations: &a [x]\nassumptions: *a\n", "cannot be parsed"),
        (MODEL + "evaluation: {metrics: [{name: auc, value: .nan}]}\n", "cannot be parsed"),
        ('{"model": {"name": "m", "version": "1"}, "x": NaN}', "cannot be parsed"),
        (MODEL + "---\n" + MODEL, "cannot be parsed"),
        ("a: b: c", "cannot be parsed"),
        ("", ""),
        ("\ud800", ""),
        (5, "is not text"),
    ],
)
async def test_text_that_is_no_card_is_invalid_and_never_repeated(
    cluster: Any, reference: Ref, deadline: Deadline, text: Any, message: str
) -> None:
    loaded = await from_text(cluster, reference, deadline, text)
    assert loaded.card.status == "invalid"
    assert message in loaded.card.problems[0].message
    assert loaded.claims == ()


async def test_bytes_that_are_not_utf8_are_an_invalid_card(
    cluster: Any, reference: Ref, deadline: Deadline
) -> None:
    options = EvidenceOptions(card_sources=ALL.card_sources, card_files={"card.yaml": b"\xff\xfe\x00model"})
    card = (await load(reference("file/card.yaml"), "prod", cluster, options, deadline)).card
    assert card.status == "invalid"


def bill_of(*names: str) -> str:
    models = [
        {
            "type": "machine-learning-model",
            "bom-ref": f"pkg:a/{name}@1",
            "name": name,
            "version": "1",
            "externalReferences": [{"type": "distribution", "url": f"s3://b/{name}"}],
        }
        for name in names
    ]
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": models})


def name_in(loaded: LoadedCard) -> str | None:
    return loaded.card.card["model"]["name"] if loaded.card.card else None


@pytest.mark.parametrize("place", ["configmap/cards/bom.json", "file/cards/bom.json"])
async def test_of_a_bill_with_several_models_the_reference_says_which_is_meant(
    cluster: Any, reference: Ref, deadline: Deadline, place: str
) -> None:
    text = bill_of("one", "two")
    cluster.objects = [config_map({"bom.json": text, "bom.json.sign-offs": "a statement"})]
    options = EvidenceOptions(card_sources=ALL.card_sources, card_files={"cards/bom.json": text.encode()})
    found = []
    for component in ("pkg:a/one@1", "pkg:a/two@1", "pkg:a/one@1", "pkg:a/gone@1", None):
        written = place if component is None else f"{place}#{component.replace('@', '%40')}"
        asked = reference(written, component=component)
        found.append(await load(asked, "prod", cluster, options, deadline))
    assert [name_in(loaded) for loaded in found] == ["one", "two", "one", None, None]
    assert found[1].card.source.reference == f"{place}#pkg:a/two%401"
    assert (
        found[0].card.digest == found[1].card.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    )
    beside = [claim.entry for claim in found[1].claims]
    assert beside == ([{"statement": "a statement"}] if place.startswith("configmap") else [])
    assert "#pkg:a/one%401" in found[4].card.problems[0].message


async def test_a_file_of_the_very_name_is_no_component(
    cluster: Any, reference: Ref, deadline: Deadline
) -> None:
    files = {"bom.json": bill_of("one", "two").encode(), "bom.json#x": bill_of("three").encode()}
    options = EvidenceOptions(card_sources=ALL.card_sources, card_files=files)
    asked = reference("file/bom.json#x", component="x")
    assert name_in(await load(asked, "prod", cluster, options, deadline)) == "three"


@pytest.mark.parametrize("text", [MODEL, "# no card", "---\nmlgate: {model: {name: m}}\n---\n"])
async def test_a_component_of_what_is_no_bill_is_no_card(
    cluster: Any, reference: Ref, deadline: Deadline, text: str
) -> None:
    """Else it would look as if only a part of it counted."""
    cluster.objects = [config_map({"k": text})]
    asked = reference("configmap/cards/k#m", component="m")
    loaded = await load(asked, "prod", cluster, ALL, deadline)
    assert (loaded.card.status, loaded.card.card, loaded.claims) == ("invalid", None, ())


async def test_only_files_the_caller_named_are_read(
    cluster: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any], tmp_path: Any
) -> None:
    secret = tmp_path / "card.yaml"
    secret.write_text(yaml.safe_dump(spec))
    options = EvidenceOptions(card_sources=ALL.card_sources, card_files={"card.yaml": secret.read_bytes()})
    named = await load(reference("file/card.yaml"), "prod", cluster, options, deadline)
    other = await load(reference(f"file/{secret}"), "prod", cluster, options, deadline)
    assert (named.card.status, other.card.status) == ("found", "missing")


async def test_places_that_look_like_a_credential_are_told_without_their_value(
    cluster: Any, reference: Ref, deadline: Deadline, model_card: Any
) -> None:
    options = EvidenceOptions(scan=lambda _: [("model.name", "value")])
    cluster.objects = [model_card()]
    card = (await load(reference(), "prod", cluster, options, deadline)).card
    assert [(place.path, place.reason) for place in card.credentials] == [("card.model.name", "value")]


@pytest.fixture
def lagging(fake_cluster: Any, model_card: Any) -> Any:
    """A cluster whose copy of the card is older than what the API server holds."""
    cluster = fake_cluster([model_card()])
    cluster.live = None
    cached = cluster.get

    async def get(*what: Any, fresh: bool = False, **more: Any) -> Any:
        found = await cached(*what, fresh=fresh, **more)
        if isinstance(cluster.live, EvidenceUnavailable) and fresh:
            raise cluster.live
        return cluster.live if fresh else found

    cluster.get = get
    return cluster


def reads_of_card(cluster: Any) -> list[bool]:
    """Which of the reads of the card were live."""
    return [fresh for _, what, fresh in cluster.calls if what == "ModelCard/credit"]


async def test_a_cached_card_that_is_not_the_pinned_one_is_read_again_live(
    lagging: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any]
) -> None:
    lagging.live = copy.deepcopy(lagging.objects[0])
    lagging.live["spec"]["risk"]["tier"] = "limited"
    pinned = card_digest(lagging.live["spec"])
    card = (await load(reference(pinned=pinned), "prod", lagging, ALL, deadline)).card
    assert (card.digest, card.status) == (pinned, "found")
    assert card.card is not None
    assert card.card["risk"] == {"tier": "limited"}
    assert reads_of_card(lagging) == [False, True]


async def test_a_cached_card_that_cannot_be_read_is_read_again_when_one_is_pinned(
    lagging: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any]
) -> None:
    lagging.live = lagging.objects[0]
    lagging.objects = [{**lagging.live, "spec": "x"}]
    card = (await load(reference(pinned=card_digest(spec)), "prod", lagging, ALL, deadline)).card
    assert (card.digest, card.status) == (card_digest(spec), "found")


async def test_a_card_that_is_the_pinned_one_is_read_once(
    lagging: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any]
) -> None:
    await load(reference(pinned=card_digest(spec)), "prod", lagging, ALL, deadline)
    await load(reference(), "prod", lagging, ALL, deadline)
    assert reads_of_card(lagging) == [False, False]


async def test_a_live_card_that_is_not_the_pinned_one_is_a_mismatch_and_read_no_third_time(
    lagging: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any]
) -> None:
    lagging.live = lagging.objects[0]
    card = (await load(reference(pinned="sha256:" + "0" * 64), "prod", lagging, ALL, deadline)).card
    assert (card.status, card.digest) == ("found", card_digest(spec))
    assert card.pinned_digest == "sha256:" + "0" * 64
    assert reads_of_card(lagging) == [False, True]


async def test_a_mismatch_the_api_server_cannot_confirm_makes_the_card_unavailable(
    lagging: Any, reference: Ref, deadline: Deadline, unavailable: EvidenceUnavailable
) -> None:
    lagging.live = unavailable
    card = (await load(reference(pinned="sha256:" + "0" * 64), "prod", lagging, ALL, deadline)).card
    assert (card.status, card.digest) == ("unavailable", None)


async def test_a_cached_card_that_is_gone_by_now_is_missing(
    lagging: Any, reference: Ref, deadline: Deadline
) -> None:
    card = (await load(reference(pinned="sha256:" + "0" * 64), "prod", lagging, ALL, deadline)).card
    assert card.status == "missing"


async def test_statements_lie_beside_a_card_of_another_format_in_its_config_map(
    cluster: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any]
) -> None:
    readme = f"---\n{yaml.safe_dump({'mlgate': spec})}---\n# A model\n"
    cluster.objects = [config_map({"card.md": readme, "card.md.sign-offs": "one\n\ntwo\n"})]
    loaded = await load(reference("configmap/cards/card.md"), "prod", cluster, ALL, deadline)
    assert loaded.card.format == "huggingface"
    beside = [claim for claim in loaded.claims if set(claim.entry) == {"statement"}]
    assert [claim.entry["statement"] for claim in beside] == ["one", "two"]
    assert [claim.index for claim in loaded.claims] == list(range(len(loaded.claims)))


async def test_a_card_in_mlgates_own_format_carries_its_statements_itself(
    cluster: Any, reference: Ref, deadline: Deadline, spec: dict[str, Any]
) -> None:
    cluster.objects = [config_map({"card": json.dumps(spec), "card.sign-offs": "one"})]
    loaded = await load(reference("configmap/cards/card"), "prod", cluster, ALL, deadline)
    assert loaded.card.format == "modelcard"
    assert all(claim.entry.get("statement") != "one" for claim in loaded.claims)
