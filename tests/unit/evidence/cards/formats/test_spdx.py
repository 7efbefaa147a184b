"""SPDX 3 documents with one AI package."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats.conversion import Conversion, Foreign
from mlgate.evidence.cards.formats.spdx import convert

ID = "https://acme.example.com/"
CREATION = {
    "type": "CreationInfo",
    "@id": "_:c",
    "specVersion": "3.0.1",
    "created": "2026-10-05T10:00:00Z",
    "createdBy": [f"{ID}team"],
}
TEAM = {"type": "Organization", "spdxId": f"{ID}team", "creationInfo": "_:c", "name": "Acme"}


def element(kind: str, tail: str, /, **more: Any) -> dict[str, Any]:
    return {"type": kind, "spdxId": ID + tail, "creationInfo": "_:c", **more}


def package(**more: Any) -> dict[str, Any]:
    identity = {"software_packageVersion": "2", "software_downloadLocation": "https://m/2/"}
    return element("ai_AIPackage", "m", name="model", **identity, **more)


def dataset(name: str, **more: Any) -> dict[str, Any]:
    return element("dataset_DatasetPackage", name, name=name, dataset_datasetType=["text"], **more)


def relation(kind: str, *ends: Any, name: str = "r") -> dict[str, Any]:
    written = {"from": f"{ID}m", "relationshipType": kind, "to": list(ends)}
    return element("Relationship", name + kind.rsplit("/", 1)[-1], **written)


def converted(*elements: Any) -> Conversion:
    context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    return convert(Foreign({"@context": context, "@graph": [CREATION, TEAM, *elements]}))


def problems(conversion: Conversion) -> dict[str, str]:
    return {problem.path: problem.message for problem in conversion.problems}


def lost(conversion: Conversion) -> dict[str, str]:
    return {entry.path: entry.reason for entry in conversion.lost}


def test_the_package_is_the_model() -> None:
    conversion = converted(package(suppliedBy=f"{ID}team", ai_modelExplainability=["shap", "lime"]))
    assert conversion.spec == {
        "model": {
            "name": "model",
            "version": "2",
            "supplier": "Acme",
            "artifacts": [{"uri": "https://m/2/"}],
        },
        "suppliers": [{"name": "Acme"}],
        "explainability": {"method": "shap"},
    }
    assert conversion.problems == ()


@pytest.mark.parametrize("elements", [(), (package(), package())])
def test_none_and_two_packages_are_no_card(elements: tuple[Any, ...]) -> None:
    with pytest.raises(CardInvalid, match="one is needed"):
        converted(*elements)


@pytest.mark.parametrize("graph", [None, 5, {}, "x", [5], [[]], [{"type": 5}]])
def test_a_graph_of_anything_else_is_no_card(graph: Any) -> None:
    with pytest.raises(CardInvalid):
        convert(Foreign({"@context": "https://spdx.org/rdf/3.0.1/x", "@graph": graph}))


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"ai_limitation": 5}, "card.@graph[2].ai_limitation"),
        ({"ai_colour": "red"}, "card.@graph[2].ai_colour"),
        (
            {"ai_useSensitivePersonalInformation": "secret"},
            "card.@graph[2].ai_useSensitivePersonalInformation",
        ),
        (
            {"verifiedUsing": [{"type": "Hash", "algorithm": "sha0", "hashValue": "a"}]},
            "card.@graph[2].verifiedUsing",
        ),
        ({"spdxId": "model"}, "card.@graph[2]"),
        ({"creationInfo": None}, "card.@graph[2].creationInfo"),
    ],
)
def test_what_the_model_of_spdx_does_not_allow_is_a_problem_that_repeats_no_value(
    more: Any, path: str
) -> None:
    conversion = converted({**package(), **more})
    assert path in problems(conversion)
    assert all("secret" not in message for message in problems(conversion).values())


def test_a_property_that_is_required_and_not_there_is_a_problem() -> None:
    lacking = package()
    del lacking["creationInfo"]
    assert "lacks a property" in problems(converted(lacking))["card.@graph[2]"]


def test_an_element_that_is_no_object_is_a_problem() -> None:
    assert problems(converted(package(), "text"))["card.@graph[3]"] == "must be an object"


def test_values_are_numbers_and_thresholds_of_metrics_are_none_of_ours() -> None:
    def entries(**values: str) -> list[dict[str, str]]:
        return [{"type": "DictionaryEntry", "key": key, "value": value} for key, value in values.items()]

    conversion = converted(
        package(
            ai_metric=entries(rmse="5.2 ± 1", f1="good"),
            ai_metricDecisionThreshold=entries(f1="0.5"),
            ai_hyperparameter=[*entries(epochs="4"), *entries(epochs="5")],
            ai_safetyRiskAssessment="low",
            ai_standardCompliance=["GDPR"],
            ai_limitation="Wet parcels",
            ai_informationAboutApplication="Opens parcels",
        )
    )
    assert conversion.spec["evaluation"] == {"metrics": [{"name": "rmse", "value": 5.2}, {"name": "f1"}]}
    assert conversion.spec["training"] == {"hyperparameters": {"epochs": "4"}}
    assert conversion.spec["risk"] == {"regulations": ["GDPR"]}
    assert conversion.spec["limitations"] == ["Wet parcels"]
    assert conversion.spec["intendedUse"] == {
        "purposes": [{"id": "declared", "description": "Opens parcels"}]
    }
    assert set(problems(conversion)) == {
        "card.@graph[2].ai_metric[1].value",
        "card.@graph[2].ai_hyperparameter[1]",
    }
    assert "cut-off" in lost(conversion)["card.@graph[2].ai_metricDecisionThreshold"]
    assert "no risk tier" in lost(conversion)["card.@graph[2].ai_safetyRiskAssessment"]


EXPRESSION = element(
    "simplelicensing_LicenseExpression", "l", simplelicensing_licenseExpression="MIT OR Zlib"
)


@pytest.mark.parametrize(
    ("elements", "kept"),
    [
        ((relation("hasDeclaredLicense", f"{ID}l"), EXPRESSION), "MIT OR Zlib"),
        ((relation("hasDeclaredLicense", EXPRESSION),), "MIT OR Zlib"),
        ((relation("hasDeclaredLicense", "https://spdx.org/licenses/MIT"),), "MIT"),
        ((relation("hasDeclaredLicense", "https://elsewhere.example.com/x"),), None),
        (
            (relation("hasDeclaredLicense", f"{ID}l", "https://spdx.org/licenses/MIT"), EXPRESSION),
            "MIT OR Zlib",
        ),
        ((relation("hasConcludedLicense", f"{ID}l"), EXPRESSION), None),
    ],
)
def test_the_declared_license_is_that_of_the_supplier(elements: tuple[Any, ...], kept: str | None) -> None:
    conversion = converted(package(suppliedBy=f"{ID}team"), *elements)
    assert conversion.spec["suppliers"] == [{"name": "Acme"} | ({"license": kept} if kept else {})]


def test_a_license_without_a_supplier_and_a_supplier_elsewhere_are_lost() -> None:
    conversion = converted(
        package(suppliedBy="https://elsewhere.example.com/x"), relation("hasDeclaredLicense", EXPRESSION)
    )
    assert "suppliers" not in conversion.spec
    assert lost(conversion)["card.@graph[2].suppliedBy"] == "it is described in another document"
    assert "supplier" in lost(conversion)["card.@graph[3].to[0]"]


SHA = {"type": "Hash", "algorithm": "sha256", "hashValue": "AB" * 32}


def test_datasets_have_the_role_of_their_relationship() -> None:
    rows = dataset(
        "rows",
        dataset_confidentialityLevel="red",
        dataset_anonymizationMethodUsed=["masking"],
        dataset_dataCollectionProcess="forms",
        dataset_dataPreprocessing=["join"],
        dataset_knownBias=["few old people"],
        software_downloadLocation="https://d/rows",
        verifiedUsing=[SHA, {**SHA, "algorithm": "sha512"}],
    )
    held = dataset(
        "held", dataset_confidentialityLevel="clear", dataset_hasSensitivePersonalInformation="yes"
    )
    conversion = converted(
        package(),
        rows,
        held,
        relation("trainedOn", f"{ID}rows"),
        relation("testedOn", f"{ID}held", f"{ID}rows", "https://elsewhere.example.com/x"),
    )
    assert conversion.problems == ()
    assert conversion.spec["datasets"] == [
        {
            "name": "rows",
            "role": "training",
            "source": "https://d/rows",
            "digest": f"sha256:{'ab' * 32}",
            "classification": "restricted",
            "anonymization": ["masking"],
            "lineage": {"sources": ["forms"], "transformations": ["join"]},
        },
        {"name": "held", "role": "test", "classification": "public", "personalData": "special"},
    ]
    assert conversion.spec["limitations"] == ["rows: few old people"]
    assert lost(conversion)["card.@graph[6].to[1]"] == "the dataset is listed in another role already"


@pytest.mark.parametrize(("said", "personal"), [("yes", "special"), ("no", None), ("noAssertion", None)])
def test_a_package_that_uses_sensitive_data_was_trained_on_it(said: str, personal: str | None) -> None:
    address = f"https://spdx.org/rdf/3.0.1/terms/Core/PresenceType/{said}"
    for word in (said, address):
        used = package(ai_useSensitivePersonalInformation=word)
        spec = converted(used, dataset("rows"), relation("trainedOn", f"{ID}rows")).spec
        assert spec["datasets"][0].get("personalData") == personal


def test_an_id_that_comes_twice_names_nothing_and_two_digests_are_a_problem() -> None:
    twice = converted(package(), dataset("rows"), dataset("rows"), relation("trainedOn", f"{ID}rows"))
    assert "datasets" not in twice.spec
    conversion = converted(package(verifiedUsing=[SHA, SHA]))
    assert "several SHA-256" in problems(conversion)["card.@graph[2].verifiedUsing"]
    assert conversion.spec["model"]["artifacts"] == [{"uri": "https://m/2/"}]


def annotation(statement: Any, name: str = "a", **more: Any) -> dict[str, Any]:
    written = {"annotationType": "other", "subject": f"{ID}m", "contentType": "application/json"}
    text = statement if isinstance(statement, str) else json.dumps(statement)
    return element("Annotation", name, **written | {"statement": text} | more)


def test_one_annotation_lies_over_what_was_mapped() -> None:
    other = annotation("hello", "b", contentType="text/plain")
    elsewhere = annotation({"mlgate": {"risk": {"tier": "minimal"}}}, "c", subject=f"{ID}team")
    silent = annotation({"tool": 1}, "d")
    given = annotation({"mlgate": {"risk": {"tier": "limited"}, "model": {"version": "3"}}})
    conversion = converted(package(), other, elsewhere, silent, given)
    assert conversion.spec["risk"] == {"tier": "limited"}
    assert conversion.spec["model"]["version"] == "3"
    assert conversion.problems == ()
    assert lost(conversion)["card.@graph[5].statement"] == "it says nothing to mlgate"
    assert lost(conversion)["card.@graph[4]"] == "its subject is not the ai_AIPackage"


@pytest.mark.parametrize("key", ["spdxId", "@id"])
def test_an_annotation_is_of_the_package_whose_id_it_names(key: str) -> None:
    named = {**package(), key: f"{ID}m"}
    if key == "@id":
        del named["spdxId"]
    right = annotation({"mlgate": {"risk": {"tier": "limited"}}})
    assert converted(named, right).spec["risk"] == {"tier": "limited"}
    for subject in (None, "", 5, {}, f"{ID}n"):
        wrong = {**right, "subject": subject}
        absent = {name: value for name, value in right.items() if name != "subject"}
        for entry in (wrong, absent):
            conversion = converted(named, entry)
            assert "risk" not in conversion.spec, entry
            assert lost(conversion)["card.@graph[3]"] == "its subject is not the ai_AIPackage"


@pytest.mark.parametrize("name", [None, "", " ", 5])
def test_a_package_without_an_id_has_no_annotation_and_no_relations(name: Any) -> None:
    for subject in (name, None):
        told = {**annotation({"mlgate": {"risk": {"tier": "limited"}}}), "subject": subject}
        trained = {**relation("trainedOn", f"{ID}rows"), "from": subject}
        spec = converted({**package(), "spdxId": name}, dataset("rows"), told, trained).spec
        assert "risk" not in spec
        assert "datasets" not in spec


def test_an_id_that_the_package_shares_with_another_is_not_its_own() -> None:
    shared = {**dataset("other"), "spdxId": f"{ID}m"}
    given = annotation({"mlgate": {"risk": {"tier": "limited"}}})
    spec = converted(package(), shared, dataset("rows"), given, relation("trainedOn", f"{ID}rows")).spec
    assert "risk" not in spec
    assert "datasets" not in spec


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ((annotation("{"),), "must be JSON"),
        ((annotation('{"mlgate": {}, "mlgate": {}}'),), "duplicate key"),
        ((annotation({"mlgate": []}),), "must be an object"),
        ((annotation({"mlgate": {}}), annotation({"mlgate": {}}, "b")), "second annotation"),
    ],
)
def test_an_annotation_that_cannot_be_used_is_a_problem(elements: tuple[Any, ...], told: str) -> None:
    (message,) = problems(converted(package(), *elements)).values()
    assert told in message
