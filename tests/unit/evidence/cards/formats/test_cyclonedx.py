"""CycloneDX bills of materials with one model."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats.conversion import Conversion, Foreign, Origin
from mlgate.evidence.cards.formats.cyclonedx import convert

MODEL = {
    "type": "machine-learning-model",
    "bom-ref": "m",
    "name": "credit",
    "version": "2",
    "externalReferences": [{"type": "distribution", "url": "s3://b/credit/"}],
}
IDENTITY = {"name": "credit", "version": "2", "artifacts": [{"uri": "s3://b/credit/"}]}


LONG = {**MODEL, "bom-ref": "x" * 81}
PURL = {**MODEL, "bom-ref": "pkg:a/b@1"}


def bom(*components: dict[str, Any], version: str = "1.6", **more: Any) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "version": 1,
        "components": [*components],
        **more,
    }


def with_card(card: dict[str, Any], **more: Any) -> dict[str, Any]:
    return bom({**MODEL, "modelCard": card}, **more)


def converted(document: dict[str, Any], component: str | None = None) -> Conversion:
    return convert(Foreign(copy.deepcopy(document), Origin(component=component)))


def problems(conversion: Conversion) -> dict[str, str]:
    return {problem.path: problem.message for problem in conversion.problems}


def lost(conversion: Conversion) -> dict[str, str]:
    return {entry.path: entry.reason for entry in conversion.lost}


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7"])
def test_the_model_is_found_wherever_it_stands(version: str) -> None:
    inside = bom({"type": "application", "name": "app", "components": [MODEL]}, version=version)
    on_top = {**bom(version=version), "metadata": {"component": MODEL}}
    for document in (bom(MODEL, version=version), inside, on_top):
        conversion = converted(document)
        assert conversion.spec == {"model": IDENTITY}
        assert conversion.problems == ()


@pytest.mark.parametrize(
    ("document", "path", "told"),
    [
        (bom(MODEL, version="1.4"), "card.specVersion", "one of 1.5, 1.6, 1.7"),
        (bom(MODEL, version="2.0"), "card.specVersion", "one of 1.5, 1.6, 1.7"),
        ({**bom(MODEL), "specVersion": ["1.6"]}, "card.specVersion", "one of"),
        ({**bom(MODEL), "bomFormat": "cyclonedx"}, "card.bomFormat", "must be CycloneDX"),
        (bom(), "", "has 0 components of type machine-learning-model, one is needed"),
        (bom(MODEL, {**MODEL, "bom-ref": "n"}), "", r"has 2 components .*; name .*, such as #m or #n$"),
        (bom(LONG, PURL), "", r"one is needed; name .* such as #pkg:a/b%401$"),
        (bom(LONG, LONG), "", "one is needed; 2 of them can be named only with a bom-ref of its own$"),
    ],
)
def test_what_is_not_one_model_of_a_known_version_is_no_card(document: Any, path: str, told: str) -> None:
    with pytest.raises(CardInvalid, match=told) as caught:
        converted(document)
    assert caught.value.path == path


def test_one_of_several_models_is_chosen_by_its_reference() -> None:
    other = {**MODEL, "bom-ref": "n", "name": "fraud"}
    assert converted(bom(MODEL, other), "n").spec["model"]["name"] == "fraud"
    with pytest.raises(
        CardInvalid, match=r"has 0 components .* is meant by the bom-ref .*; name .* #m or #n"
    ):
        converted(bom(MODEL, other), "o")
    with pytest.raises(CardInvalid, match=r"has 2 components .*; 2 of them can be named only with a bom-ref"):
        converted(bom(MODEL, MODEL), "m")


def bearing(component: dict[str, Any], **held: Any) -> dict[str, Any]:
    """A component with these properties of ours, `.` written as `__`."""
    listed = [
        {"name": f"mlgate:{key.replace('__', '.')}", "value": json.dumps(value)}
        for key, value in held.items()
    ]
    return {**component, "modelCard": {**component.get("modelCard", {}), "properties": listed}}


NAME, VERSION = MODEL["name"], MODEL["version"]
OTHER = {**MODEL, "bom-ref": "n", "name": "decoy", "version": "0"}
TWINS = {
    "alike": {**OTHER, "name": NAME, "version": VERSION},
    "with spaces around": {**OTHER, "name": f" {NAME} ", "version": f"{VERSION} "},
    "by properties": bearing(OTHER, model__name=NAME, model__version=VERSION),
    "by a property with both": bearing(OTHER, model={"name": NAME, "version": VERSION}),
    "by a property for the version": bearing({**OTHER, "name": NAME}, model__version=VERSION),
}


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
def test_models_that_approvals_could_not_tell_apart_are_no_cards(twin: dict[str, Any]) -> None:
    holder = {"type": "application", "name": "app", "components": [twin]}
    third = {**MODEL, "bom-ref": "o", "name": "third"}
    for document in (bom(MODEL, twin, third), bom(MODEL, holder, third)):
        for reference in ("m", "n"):
            with pytest.raises(CardInvalid, match=r"has several models called .*, which approvals could not"):
                converted(document, reference)
        assert converted(document, "o").spec["model"]["name"] == "third"


SINGLE = {
    "another name": {**OTHER, "version": VERSION},
    "another version": {**OTHER, "name": NAME},
    "another case": {**OTHER, "name": NAME.upper(), "version": VERSION},
    "another name by a property": bearing({**TWINS["alike"]}, model__name="decoy"),
    "no version": {key: value for key, value in TWINS["alike"].items() if key != "version"},
    "no model any more": bearing({**TWINS["alike"]}, model="text"),
}


@pytest.mark.parametrize("other", SINGLE.values(), ids=SINGLE)
def test_models_that_approvals_tell_apart_are_cards(other: dict[str, Any]) -> None:
    found = converted(bom(MODEL, other), "m")
    assert (found.spec["model"]["name"], found.spec["model"]["version"]) == (NAME, VERSION)


def test_two_models_without_a_version_are_told_to_write_one() -> None:
    bare = {key: value for key, value in MODEL.items() if key != "version"}
    assert "version" not in converted(bom(bare, {**bare, "bom-ref": "n"}), "m").spec["model"]


def test_long_names_differ_in_their_last_letter_too() -> None:
    long = [{**MODEL, "bom-ref": letter, "name": "x" * 252 + letter} for letter in "ab"]
    assert converted(bom(*long), "a").spec["model"]["name"].endswith("a")
    with pytest.raises(CardInvalid) as caught:
        converted(bom(long[0], {**long[0], "bom-ref": "b"}), "a")
    assert len(str(caught.value)) < 400


def test_a_fault_of_the_published_schema_is_told_once() -> None:
    conversion = converted(with_card({"modelParameters": {"task": 5}}))
    assert problems(conversion) == {
        "card.components[0].modelCard.modelParameters.task": "breaks the schema of CycloneDX:"
        ' the value is not of type "string"'
    }


def hashes(*digests: str) -> list[dict[str, str]]:
    return [{"alg": "SHA-1", "content": "ef" * 20}, *({"alg": "SHA-256", "content": one} for one in digests)]


def distribution(name: str, *digests: str) -> dict[str, Any]:
    return {"type": "distribution", "url": f"s3://b/{name}"} | (
        {"hashes": hashes(*digests)} if digests else {}
    )


ONE, TWO, WHOLE = "AB" * 32, "cd" * 32, "12" * 32


@pytest.mark.parametrize(
    ("references", "digests", "told"),
    [
        ([distribution("one")], [WHOLE], None),
        ([distribution("one", ONE)], [ONE], None),
        ([distribution("one", ONE), distribution("two", TWO)], [ONE, TWO], None),
        ([distribution("one", ONE), distribution("two")], [ONE, None], "is one digest for several"),
        ([distribution("one"), distribution("two")], [None, None], "is one digest for several"),
    ],
)
def test_a_distribution_has_its_own_digest_and_a_single_one_else_the_components(
    references: list[Any], digests: list[str | None], told: str | None
) -> None:
    conversion = converted(bom({**MODEL, "externalReferences": references, "hashes": hashes(WHOLE)}))
    found = [artifact.get("digest") for artifact in conversion.spec["model"]["artifacts"]]
    assert found == [one and f"sha256:{one.lower()}" for one in digests]
    assert problems(conversion).get("card.components[0].hashes", "").startswith(told or "") is True
    assert ("card.components[0].hashes" in problems(conversion)) == bool(told)
    if ONE in digests and not told:
        lost = {entry.path: entry.reason for entry in conversion.lost}
        assert lost["card.components[0].hashes"] == "the digests of the distributions count"


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ({"hashes": hashes(ONE, TWO)}, "card.components[0].hashes"),
        (
            {"externalReferences": [distribution("one", ONE, TWO)]},
            "card.components[0].externalReferences[0].hashes",
        ),
    ],
)
def test_of_several_digests_of_one_kind_none_counts(model: dict[str, Any], place: str) -> None:
    conversion = converted(bom(MODEL | model))
    assert "digest" not in conversion.spec["model"]["artifacts"][0]
    assert "several digests" in problems(conversion)[place]


def test_without_a_distribution_the_package_url_stands_for_the_artifact() -> None:
    model = {**MODEL, "purl": "pkg:huggingface/acme/credit@2"}
    del model["externalReferences"]
    assert converted(bom(model)).spec["model"]["artifacts"] == [{"uri": "pkg:huggingface/acme/credit@2"}]
    del model["purl"]
    assert "artifacts" not in converted(bom(model)).spec["model"]


@pytest.mark.parametrize(
    ("licenses", "kept"),
    [
        ([{"license": {"id": "MIT"}}, {"license": {"id": "Zlib"}}], "MIT"),
        ([{"license": {"name": "ours"}}], "ours"),
        ([{"expression": "MIT OR Zlib"}], "MIT OR Zlib"),
        ([], None),
    ],
)
def test_the_supplier_carries_the_first_license(licenses: Any, kept: str | None) -> None:
    conversion = converted(bom({**MODEL, "supplier": {"name": "Acme"}, "licenses": licenses}))
    assert conversion.spec["suppliers"] == [{"name": "Acme"} | ({"license": kept} if kept else {})]
    assert conversion.spec["model"]["supplier"] == "Acme"
    assert ("card.components[0].licenses[1]" in lost(conversion)) is (len(licenses) > 1)


def test_a_license_without_a_supplier_is_lost() -> None:
    conversion = converted(bom({**MODEL, "licenses": [{"license": {"id": "MIT"}}]}))
    assert "suppliers" not in conversion.spec
    assert "supplier" in lost(conversion)["card.components[0].licenses"]


def test_a_publisher_stands_for_the_supplier_and_authors_are_named_by_address() -> None:
    authors = [{"name": "Ada", "email": "ada@example.com"}, {"name": "bo"}, {}]
    model = converted(bom({**MODEL, "publisher": "Acme", "authors": authors})).spec["model"]
    assert (model["supplier"], model["authors"]) == ("Acme", ["ada@example.com", "bo"])


def test_data_may_be_described_in_place_or_in_a_component() -> None:
    inline = {"type": "dataset", "name": "rows", "classification": "Secret", "sensitiveData": []}
    part = {
        "type": "dataset",
        "contents": {"url": "s3://d/"},
        "classification": "internal",
        "sensitiveData": ["x"],
    }
    data = {"type": "data", "bom-ref": "d", "name": "claims", "data": [part, {**part, "name": "more"}]}
    bare = {"type": "data", "bom-ref": "e", "name": "bare"}
    listed = [
        inline,
        {"ref": "d"},
        {"ref": "e"},
        {"type": "source-code", "name": "x"},
        {"ref": "urn:cdx:a/1#b"},
    ]
    document = with_card({"modelParameters": {"datasets": listed}})
    document["components"] += [data, bare]
    conversion = converted(document)
    assert conversion.problems == ()
    described = {"source": "s3://d/", "classification": "internal", "personalData": "personal"}
    assert conversion.spec["datasets"] == [
        {"name": "rows"},
        {"name": "claims", **described},
        {"name": "more", **described},
        {"name": "bare"},
    ]
    place = "card.components[0].modelCard.modelParameters.datasets"
    assert lost(conversion) == {
        f"{place}[0].classification": "it is none of confidential, internal, public, restricted",
        f"{place}[3]": "it is no dataset",
        f"{place}[4].ref": "it is described in another document",
    }


def test_data_that_is_not_there_or_there_twice_is_a_problem() -> None:
    document = with_card({"modelParameters": {"datasets": [{"ref": "no"}, {"ref": "d"}]}})
    document["components"] += [{"type": "data", "bom-ref": "d", "name": name} for name in ("a", "b")]
    conversion = converted(document)
    assert "datasets" not in conversion.spec
    assert len(problems(conversion)) == 2


def test_those_who_answer_for_data_are_owners_once() -> None:
    office = {"organization": {"name": "Office", "contact": [{"phone": "1"}, {"email": "o@example.com"}]}}
    person = {"contact": {"name": "Ada", "email": "ada@example.com"}}
    governance = {"owners": [office, person], "stewards": [person], "custodians": [office]}
    listed = [{"type": "dataset", "name": name, "governance": governance} for name in ("a", "b")]
    conversion = converted(with_card({"modelParameters": {"datasets": listed}}))
    assert conversion.spec["owners"] == [
        {"role": "dataOwner", "name": "Office", "contact": "1"},
        {"role": "dataOwner", "name": "Ada", "contact": "ada@example.com"},
        {"role": "dataSteward", "name": "Ada", "contact": "ada@example.com"},
    ]
    assert (
        "owners and stewards"
        in lost(conversion)["card.components[0].modelCard.modelParameters.datasets[].governance.custodians"]
    )


def test_considerations_are_words_and_never_a_bias_test() -> None:
    assessment = {
        "groupAtRisk": "The young",
        "benefits": "b",
        "harms": "h",
        "mitigationStrategy": "A person reads.",
    }
    considered = {
        "users": ["Clerks"],
        "useCases": ["Deciding"],
        "technicalLimitations": ["Old rows."],
        "ethicalConsiderations": [{"name": "A proxy.", "mitigationStrategy": "m"}, {}],
        "performanceTradeoffs": ["Slower."],
        "fairnessAssessments": [assessment, {"mitigationStrategy": "For nobody."}],
    }
    conversion = converted(with_card({"considerations": considered}))
    assert {key: value for key, value in conversion.spec.items() if key != "model"} == {
        "intendedUse": {
            "users": ["Clerks"],
            "purposes": [{"id": "deciding", "description": "Deciding"}],
            "affectedPopulations": ["The young"],
        },
        "limitations": ["Old rows.", "A proxy."],
        "decisions": [{"topic": "tradeoff", "decision": "Slower."}],
        "fairness": {
            "mitigations": [{"attribute": "The young", "method": "other", "description": "A person reads."}]
        },
    }
    assert len(conversion.lost) == 4


def workflow(uid: str, *types: str, **more: Any) -> dict[str, Any]:
    return {"bom-ref": uid, "uid": uid, "taskTypes": list(types), **more}


def test_the_last_build_is_the_training_run_and_its_inputs_the_lineage_of_the_only_data() -> None:
    inputs = [
        {"resource": {"ref": "d"}},
        {"resource": {"externalReference": {"type": "other", "url": "s3://raw/"}}},
        {"resource": {"ref": "nowhere"}},
    ]
    steps = [{"name": "join"}, {"description": "no name"}]
    last = workflow("run-2", "clean", "build", inputs=inputs, steps=steps, timeEnd="2026-01-02T00:00:00Z")
    flows = [workflow("run-1", "build"), last, workflow("run-3", "test")]
    document = with_card({"modelParameters": {"datasets": [{"type": "dataset", "name": "rows"}]}})
    document |= {"formulation": [{"workflows": flows}]}
    document["components"].append({"type": "data", "bom-ref": "d", "name": "claims"})
    document["components"][0]["pedigree"] = {"commits": [{"uid": "abc"}, {"uid": "def"}]}
    spec = converted(document).spec
    assert spec["training"] == {
        "runId": "run-2",
        "completedAt": "2026-01-02T00:00:00Z",
        "sourceRevision": "abc",
    }
    assert spec["datasets"][0]["lineage"] == {"sources": ["claims", "s3://raw/"], "transformations": ["join"]}
    document["components"][0]["modelCard"]["modelParameters"]["datasets"] *= 2
    assert all("lineage" not in dataset for dataset in converted(document).spec["datasets"])


def test_reports_become_reviews_without_dates() -> None:
    kinds = ["threat-model", "risk-assessment", "pentest-report", "certification-report", "website"]
    references = [
        *MODEL["externalReferences"],
        *({"type": kind, "url": f"https://r/{kind}"} for kind in kinds),
    ]
    spec = converted(bom({**MODEL, "externalReferences": references})).spec
    assert spec["reviews"] == [
        {"kind": "threatModel", "report": "https://r/threat-model"},
        {"kind": "risk", "report": "https://r/risk-assessment"},
        {"kind": "redTeam", "report": "https://r/pentest-report"},
        {"kind": "certification", "report": "https://r/certification-report"},
    ]


def declarations(evidence: list[str]) -> dict[str, Any]:
    outside = {"organization": {"name": "o"}, "externalReference": {"type": "other", "url": "https://s/"}}
    return {
        "assessors": [
            {"bom-ref": "a", "thirdParty": True, "organization": {"name": "Outside"}},
            {"bom-ref": "b", "thirdParty": False, "organization": {"name": "Inside"}},
            {"bom-ref": "c", "thirdParty": True, "organization": {"name": "Idle"}},
        ],
        "attestations": [{"assessor": "a"}, {"assessor": "b"}],
        "claims": [{"bom-ref": "k", "evidence": evidence}],
        "evidence": [
            {"bom-ref": name, "created": f"2026-01-0{day}T00:00:00Z", "expires": "2027-01-01T00:00:00Z"}
            for day, name in enumerate(("e", "f"), 1)
        ],
        "affirmation": {
            "signatories": [
                {**outside, "name": "ada@example.com", "role": "legal"},
                {**outside, "name": "bo@example.com", "role": "Director"},
                {**outside, "role": "privacy"},
            ]
        },
    }


def test_an_audit_needs_an_outsider_with_an_attestation() -> None:
    spec = converted(bom(MODEL, declarations=declarations(["e"]))).spec
    assert spec["reviews"] == [{"kind": "externalAudit", "independent": True, "by": "Outside"}]


OUTSIDE = {"thirdParty": True, "organization": {"name": "Outside"}}
NAMED = {"bom-ref": "a", **OUTSIDE}


@pytest.mark.parametrize(
    ("assessors", "attestations", "lost_of"),
    [
        ([OUTSIDE], [{"summary": "self"}], {"assessors[0].organization.name", "attestations[0]"}),
        ([{**OUTSIDE, "bom-ref": " "}], [{"assessor": " "}], {"assessors[0].organization.name"}),
        ([NAMED], [{"summary": "self"}], {"assessors[0].organization.name", "attestations[0]"}),
        ([NAMED], [{"assessor": "b"}], {"assessors[0].organization.name", "attestations[0].assessor"}),
        ([OUTSIDE], [{"assessor": "a"}], {"assessors[0].organization.name", "attestations[0].assessor"}),
        ([{**NAMED, "thirdParty": False}], [{"assessor": "a"}], {"assessors[0].organization.name"}),
        ([{"bom-ref": "a", "organization": {"name": "Outside"}}], [{"assessor": "a"}], {"assessors[0]"}),
        ([{"bom-ref": "a", "thirdParty": True}], [{"assessor": "a"}], {"assessors[0]"}),
        ([NAMED, {**NAMED, "organization": {"name": "Other"}}], [{"assessor": "a"}], {"assessors[]"}),
        ([NAMED], [], {"assessors[0].organization.name"}),
    ],
)
def test_what_no_attestation_ties_to_an_outsider_is_no_audit_and_lost(
    assessors: list[Any], attestations: list[Any], lost_of: set[str]
) -> None:
    declared = {"assessors": assessors, "attestations": attestations}
    conversion = converted(bom(MODEL, declarations=declared))
    assert "reviews" not in conversion.spec
    places = {path.removeprefix("card.declarations.") for path in lost(conversion)}
    assert all(any(place.startswith(path) for place in places) for path in lost_of), places


def test_a_reference_of_nothing_refers_to_no_data() -> None:
    data = {"type": "data", "bom-ref": "", "name": "rows"}
    conversion = converted(
        bom({**MODEL, "modelCard": {"modelParameters": {"datasets": [{"ref": ""}]}}}, data)
    )
    assert "datasets" not in conversion.spec
    assert "card.components[0].modelCard.modelParameters.datasets[0].ref" in problems(conversion)


def test_signatories_with_a_role_are_claims_with_the_dates_of_the_only_evidence() -> None:
    claim = {"role": "legal", "approver": "ada@example.com"}
    dates = {"issuedAt": "2026-01-01T00:00:00Z", "expiresAt": "2027-01-01T00:00:00Z"}
    conversion = converted(bom(MODEL, declarations=declarations(["e"])))
    assert conversion.spec["signOffs"] == [{**claim, **dates}]
    assert len([path for path in lost(conversion) if "signatories[" in path]) >= 2
    assert converted(bom(MODEL, declarations=declarations(["e", "f"]))).spec["signOffs"] == [claim]


def test_properties_set_what_the_format_has_no_place_for() -> None:
    listed = [{"name": "mlgate:risk.tier", "value": '"limited"'}, {"name": "team", "value": "x"}]
    conversion = converted(with_card({"properties": listed}))
    assert conversion.spec["risk"] == {"tier": "limited"}
    assert set(lost(conversion)) == {"card.components[0].modelCard.properties[1].value"}
