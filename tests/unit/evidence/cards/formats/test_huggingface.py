"""Front matter of a Hugging Face README."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.cards.formats.conversion import Conversion, Foreign, Origin
from mlgate.evidence.cards.formats.huggingface import convert

HUB = Origin(repository="acme/router", revision="0123abc")


def converted(document: dict[str, Any], origin: Origin = HUB, *, prose: bool = False) -> Conversion:
    return convert(Foreign(document, origin, prose))


def lost(conversion: Conversion) -> dict[str, str]:
    return {entry.path: entry.reason for entry in conversion.lost}


def problems(conversion: Conversion) -> dict[str, str]:
    return {problem.path: problem.message for problem in conversion.problems}


def test_the_repository_says_which_model_it_is_and_who_made_it() -> None:
    assert converted({"license": "mit", "pipeline_tag": "text-ranking"}).spec == {
        "model": {
            "name": "acme/router",
            "version": "0123abc",
            "task": "ranking",
            "supplier": "acme",
            "artifacts": [{"uri": "hf://acme/router:0123abc"}],
        },
        "suppliers": [{"name": "acme", "license": "mit"}],
    }


def test_a_repository_without_an_organisation_has_no_supplier() -> None:
    conversion = converted({"license": "mit"}, Origin("router", "1"))
    assert "suppliers" not in conversion.spec
    assert "supplier" not in conversion.spec["model"]
    assert lost(conversion) == {"card.license": "a license belongs to a supplier, and the file names none"}


def test_without_a_repository_the_index_names_the_model_and_nothing_names_its_version() -> None:
    index = [{"name": "router", "results": []}]
    assert converted({"model-index": index}, Origin()).spec == {"model": {"name": "router"}}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"license": "mit"}, "mit"),
        ({"license": "other", "license_name": "acme-1"}, "acme-1"),
        ({"license": "other"}, "other"),
        ({"license_name": "acme-1"}, "acme-1"),
        ({"license": ["mit", "bsd"]}, "mit"),
    ],
)
def test_the_license_is_the_first_or_the_named_one(written: dict[str, Any], kept: str) -> None:
    assert converted(written).spec["suppliers"] == [{"name": "acme", "license": kept}]


def test_a_name_beside_a_known_license_and_further_licenses_are_lost() -> None:
    found = lost(converted({"license": ["mit", "bsd"], "license_name": "x"}))
    assert found == {
        "card.license[1]": "of several licenses the first one is kept",
        "card.license_name": "a ModelCard has no field for it",
    }


@pytest.mark.parametrize("written", ["acme/tickets", ["acme/tickets"]])
def test_a_data_set_has_its_address_and_counts_as_training_data(written: Any) -> None:
    assert converted({"datasets": written}).spec["datasets"] == [
        {
            "name": "acme/tickets",
            "role": "training",
            "source": "hf://datasets/acme/tickets",
            "supplier": "acme",
        }
    ]


def test_a_data_set_that_is_no_repository_has_no_address_and_is_a_problem() -> None:
    conversion = converted({"datasets": ["squad", "https://example.com/rows.csv"]})
    assert conversion.spec["datasets"] == [
        {"name": "squad", "role": "training", "source": "hf://datasets/squad"},
        {"name": "https://example.com/rows.csv", "role": "training"},
    ]
    assert problems(conversion) == {"card.datasets[1]": "is not the id of a dataset repository"}


def result(dataset: dict[str, Any], *metrics: dict[str, Any]) -> dict[str, Any]:
    return {"task": {"type": "x"}, "dataset": dataset, "metrics": list(metrics)}


def test_a_metric_that_comes_twice_is_named_by_what_it_was_measured_on() -> None:
    one = result({"name": "News", "config": "en", "split": "test"}, {"type": "wer", "value": "9.1"})
    two = result({"name": "Talks"}, {"type": "wer", "value": "20.0 ± 1.2"}, {"type": "cer", "value": 7})
    conversion = converted({"model-index": [{"name": "m", "results": [one, two]}]})
    assert conversion.spec["evaluation"]["metrics"] == [
        {"name": "wer", "value": 9.1, "slice": "News en test"},
        {"name": "wer", "value": 20.0, "slice": "Talks"},
        {"name": "cer", "value": 7},
    ]
    assert lost(conversion)["card.model-index[0].results[1].metrics[0].value"]


def test_nothing_stands_in_for_a_threshold_or_a_date() -> None:
    metrics = [{"type": "accuracy", "value": 0.9, "verified": True, "verifyToken": "ey"}]
    conversion = converted({"model-index": [{"name": "m", "results": [{"metrics": metrics}]}]})
    assert conversion.spec["evaluation"] == {"metrics": [{"name": "accuracy", "value": 0.9}]}
    assert lost(conversion) == {
        f"card.model-index[0].{key}": reason
        for key, reason in {
            "results[0].metrics[0].verified": "a mark of the Hub that mlgate cannot verify",
            "results[0].metrics[0].verifyToken": "a mark of the Hub that mlgate cannot verify",
            "name": "the repository names the model",
        }.items()
    }


def test_a_metric_without_a_name_or_a_number_is_a_problem() -> None:
    metrics = [{"value": 1}, {"type": "f1", "value": {"macro": 0.4}}]
    conversion = converted({"model-index": [{"name": "m", "results": [{"metrics": metrics}]}]})
    assert problems(conversion) == {
        "card.model-index[0].results[0].metrics[0].type": "is needed: the name of the metric",
        "card.model-index[0].results[0].metrics[1].value": "must be a number",
    }


def test_an_index_of_two_models_is_two_cards() -> None:
    conversion = converted({"model-index": [{"name": "a"}, {"name": "b"}]}, Origin())
    assert conversion.spec == {}
    assert problems(conversion) == {"card.model-index": "describes 2 models; one card is about one"}


def test_the_extension_lies_over_what_was_mapped() -> None:
    extension = {
        "model": {"version": "2"},
        "risk": {"tier": "limited"},
        "datasets": [{"name": "rows"}],
        "signOffs": [{"role": "legal", "approver": "ada@example.com"}],
    }
    conversion = converted({"datasets": ["acme/tickets"], "mlgate": extension})
    assert conversion.spec["model"]["name"] == "acme/router"
    assert conversion.spec["model"]["version"] == "2"
    assert conversion.spec["datasets"] == [{"name": "rows"}]
    assert conversion.spec["risk"] == {"tier": "limited"}
    assert conversion.spec["signOffs"] == extension["signOffs"]
    assert conversion.lost == ()


@pytest.mark.parametrize("extension", [[], "text", 3, False])
def test_an_extension_that_is_no_object_is_a_problem(extension: Any) -> None:
    assert list(problems(converted({"mlgate": extension}))) == ["card.mlgate"]


def test_prose_and_free_words_are_lost() -> None:
    written = {
        "tags": ["fair"],
        "language": "en",
        "metrics": ["f1"],
        "library_name": "x",
        "base_model": "y/z",
    }
    assert set(lost(converted(written, prose=True))) == {"card.(body)", *(f"card.{key}" for key in written)}
