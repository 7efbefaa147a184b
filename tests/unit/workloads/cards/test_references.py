"""The annotation that names the cards of a workload."""

from __future__ import annotations

import pytest

from mlgate.workloads.cards.references import read_card_references

DIGEST = "sha256:" + "ab" * 32
ALL = frozenset({"modelcard", "configmap", "oci", "huggingface", "file"})
FORM = "is no card reference: modelcard/<name> or configmap/<name>/<key>"
PIN = "has a digest that is not sha256:<64 lower-case hex digits>"


@pytest.mark.parametrize(
    ("entry", "model", "kind", "reference", "digest"),
    [
        ("modelcard/credit-2.3", None, "modelcard", "modelcard/credit-2.3", None),
        (f"modelcard/c@{DIGEST}", None, "modelcard", "modelcard/c", DIGEST),
        ("predictor=modelcard/c", "predictor", "modelcard", "modelcard/c", None),
        ("canary[0] = modelcard/c", "canary[0]", "modelcard", "modelcard/c", None),
        ("adapter:sql=modelcard/c", "adapter:sql", "modelcard", "modelcard/c", None),
        ("configmap/cards/credit.yaml", None, "configmap", "configmap/cards/credit.yaml", None),
        (f"oci://r.io:5000/cards/c@{DIGEST}", None, "oci", "oci://r.io:5000/cards/c", DIGEST),
        ("huggingface", None, "huggingface", "huggingface", None),
        ("file/cards/a b.yaml", None, "file", "file/cards/a b.yaml", None),
    ],
)
def test_a_reference_is_taken_apart(
    entry: str, model: str | None, kind: str, reference: str, digest: str | None
) -> None:
    (found,) = read_card_references(entry, ALL)
    assert (found.model, found.source.type, found.source.reference) == (model, kind, reference)
    assert (found.pinned_digest, found.problem) == (digest, None)


@pytest.mark.parametrize("annotation", [None, "", " ", ",", " , ,"])
def test_an_annotation_without_entries_names_no_card(annotation: str | None) -> None:
    assert read_card_references(annotation, ALL) == ()


def test_references_keep_their_order_and_their_repetitions() -> None:
    found = read_card_references("modelcard/b, modelcard/a ,modelcard/b", ALL)
    assert [item.source.reference for item in found] == ["modelcard/b", "modelcard/a", "modelcard/b"]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("modelcard/", FORM),
        ("modelcard/Upper", FORM),
        ("modelcard/../other/c", FORM),
        ("modelcard/other-namespace/c", FORM),
        ("modelcard/-c", FORM),
        ("modelcard/c\x00", FORM),
        ("modelcard/c d", FORM),
        ("modelcard/\u0441redit", FORM),
        ("ModelCard/c", FORM),
        ("secret/a/b", FORM),
        ("configmap/a", FORM),
        ("configmap/a/b/c", FORM),
        ("https://h/card", FORM),
        ("file/a\nb", FORM),
        ("a=b=modelcard/c", FORM),
        ("=modelcard/c", "names an empty model id"),
        ("modelcard/c@", PIN),
        ("modelcard/c@sha256:abc", PIN),
        (f"modelcard/c@{DIGEST.upper()}", PIN),
        (f"modelcard/c@sha512:{'0' * 128}", PIN),
        (f"modelcard/c@{DIGEST}0", PIN),
        ("oci://r.io/c", "needs a digest"),
    ],
)
def test_what_leads_nowhere_says_why(entry: str, problem: str) -> None:
    (found,) = read_card_references(entry, ALL)
    assert found.problem == problem


def test_a_digest_counts_only_at_the_end() -> None:
    (found,) = read_card_references(f"modelcard/c@{DIGEST}@{DIGEST}", ALL)
    assert found.problem == FORM


@pytest.mark.parametrize(
    ("entry", "kind"),
    [("configmap/a/b", "configmap"), (f"oci://r.io/c@{DIGEST}", "oci"), ("huggingface", "huggingface")],
)
def test_a_source_that_is_off_leads_nowhere(entry: str, kind: str) -> None:
    (found,) = read_card_references(entry, frozenset({"modelcard"}))
    assert found.problem == f"cards from source {kind} are switched off"


def test_a_problem_keeps_the_model_it_is_about() -> None:
    (found,) = read_card_references("predictor=nonsense", ALL)
    assert (found.model, found.source.reference) == ("predictor", "nonsense")


def test_more_references_than_can_be_looked_up_are_said_and_not_dropped() -> None:
    found = read_card_references(",".join(["modelcard/c"] * 65), ALL)
    assert len(found) == 65
    assert [item.problem for item in found if item.problem] == ["more than 64 references"]
