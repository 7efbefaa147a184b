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


PURL = "pkg:huggingface/acme/r@1,2=3%25"
"""A bom-ref as tools make them."""
WRITTEN = "pkg:huggingface/acme/r%401%2C2%3D3%2525"


@pytest.mark.parametrize(
    ("entry", "place", "component", "digest"),
    [
        ("configmap/cards/bom.json#model-b", "configmap/cards/bom.json", "model-b", None),
        (f"configmap/cards/bom.json#model-b@{DIGEST}", "configmap/cards/bom.json", "model-b", DIGEST),
        (f"predictor=configmap/cards/bom.json#{WRITTEN}", "configmap/cards/bom.json", PURL, None),
        (f"oci://r.io:5000/cards/c#{WRITTEN}@{DIGEST}", "oci://r.io:5000/cards/c", PURL, DIGEST),
        ("file/a#b/bom.json#urn:uuid:3e67", "file/a#b/bom.json", "urn:uuid:3e67", None),
        ("configmap/c/k#%c3%BC%20%23", "configmap/c/k", "\u00fc #", None),
        ("configmap/c/k#" + "x" * 256, "configmap/c/k", "x" * 256, None),
    ],
)
def test_a_component_of_a_bill_of_materials_is_named_behind_the_place(
    entry: str, place: str, component: str, digest: str | None
) -> None:
    (found,) = read_card_references(entry, ALL)
    assert (found.place, found.component, found.pinned_digest) == (place, component, digest)
    assert (found.source.reference, found.problem) == (
        entry.removeprefix("predictor=").removesuffix(f"@{DIGEST}"),
        None,
    )


NO_COMPONENT = (
    "names no component of a bill of materials: <source>#<bom-ref>[@sha256:<64 hex>],"
    " in which all but letters, digits and -._/:?!$&'()*+;~ of the bom-ref is percent-encoded, @ as %40"
)


@pytest.mark.parametrize(
    "entry",
    [
        "configmap/c/k#",
        "configmap/c/k#a#b",
        "configmap/c/k#a b",
        "configmap/c/k#a\nb",
        "configmap/c/k#\u0430",
        "configmap/c/k#%0a",
        "configmap/c/k#%00",
        "configmap/c/k#%7f",
        "configmap/c/k#%E2%80%AE",
        "configmap/c/k#%ff",
        "configmap/c/k#%zz",
        "configmap/c/k#%4",
        "configmap/c/k#" + "x" * 257,
        "configmap/c/k#pkg:huggingface/a@1",
        f"oci://r.io/c@{DIGEST}#model-b",
        f"configmap/c/k#a@{DIGEST}@{DIGEST}",
        "m=configmap/c/k#a=b",
        "modelcard/c#model-b",
        "huggingface#model-b",
        "#model-b",
        "configmap/../c/k#a",
    ],
)
def test_what_names_no_component_says_how_one_is_named(entry: str) -> None:
    (found,) = read_card_references(entry, ALL)
    assert (found.problem, found.component) == (NO_COMPONENT, None)


@pytest.mark.parametrize("name", ["file/a#b c.yaml", "file/a#.yaml#", "file/#"])
def test_a_file_may_have_the_sign_in_its_name(name: str) -> None:
    (found,) = read_card_references(name, ALL)
    assert (found.place, found.component, found.problem) == (name, None, None)


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
