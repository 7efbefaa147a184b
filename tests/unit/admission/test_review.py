"""Only a whole AdmissionReview v1 is read; what is wrong with any other is said with the field's path."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.admission.review import read_review
from mlgate.errors import ReviewError
from mlgate.parsing.limits import REVIEW_LIMITS

REVIEW: dict[str, Any] = {
    "apiVersion": "admission.k8s.io/v1",
    "kind": "AdmissionReview",
    "request": {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
        "resource": {"group": "apps", "version": "v1", "resource": "deployments"},
        "subResource": "scale",
        "requestKind": {"group": "apps", "version": "v1", "kind": "Deployment"},
        "name": "credit",
        "namespace": "bank",
        "operation": "UPDATE",
        "userInfo": {
            "username": "erin",
            "uid": "014fbff9",
            "groups": ["ml", "system:authenticated"],
            "extra": {"mfa": ["yes"]},
        },
        "object": {"spec": {"replicas": 2}},
        "oldObject": {"spec": {"replicas": 1}},
        "options": {"kind": "UpdateOptions"},
        "dryRun": True,
    },
}
_ABSENT = object()

Path = tuple[str, ...]


def changed(path: Path, value: object) -> bytes:
    """The review with another value at one place, or without it."""
    review = copy.deepcopy(REVIEW)
    parent = review
    for key in path[:-1]:
        parent = parent[key]
    if value is _ABSENT:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return json.dumps(review).encode()


def error_of(body: bytes) -> ReviewError:
    with pytest.raises(ReviewError) as caught:
        read_review(body)
    return caught.value


def objects(path: str) -> list[tuple[Path, object]]:
    """A path with everything that is no object."""
    return [(tuple(path.split(".")), value) for value in (_ABSENT, None, [], "x", 7, True)]


def strings(path: str) -> list[tuple[Path, object]]:
    """A path with everything that is no string with something in it."""
    return [(tuple(path.split(".")), value) for value in (_ABSENT, None, "", {}, ["x"], 7, 1.5, False)]


def placed(path: str, values: list[object]) -> list[tuple[Path, object]]:
    """A path with each of the values."""
    return [(tuple(path.split(".")), value) for value in values]


REQUIRED = [
    *strings("apiVersion"),
    *strings("kind"),
    *objects("request"),
    *strings("request.uid"),
    *strings("request.operation"),
    *objects("request.kind"),
    *strings("request.kind.version"),
    *strings("request.kind.kind"),
    *placed("request.kind.group", [_ABSENT, None, {}, ["apps"], 7, True]),
    *objects("request.resource"),
    *objects("request.userInfo"),
    *strings("request.userInfo.username"),
    *objects("request.object"),
    *objects("request.oldObject"),
]


@pytest.mark.parametrize(("path", "value"), REQUIRED)
def test_a_required_field_that_is_missing_null_or_mistyped_is_named(path: Path, value: object) -> None:
    problem = error_of(changed(path, value))
    assert problem.status == 400
    assert str(problem).startswith(f"{'.'.join(path)} {'is missing' if value is _ABSENT else 'must be'}")


OPTIONAL_MISTYPED = [
    *placed("request.name", [{}, [], 7, True]),
    *placed("request.namespace", [{}, [], 7, True]),
    *placed("request.subResource", [{}, [], 7, True]),
    *placed("request.dryRun", ["true", 1, {}, []]),
    *placed("request.userInfo.uid", [7, {}, []]),
    *placed("request.userInfo.groups", ["ml", {}, 7, ["ml", None], ["ml", 7], [["ml"]]]),
    *placed("request.userInfo.extra", ["mfa", [], 7]),
    *placed("request.userInfo.extra.mfa", ["yes", {}, [True]]),
]


@pytest.mark.parametrize(("path", "value"), OPTIONAL_MISTYPED)
def test_an_optional_field_of_the_wrong_type_is_named(path: Path, value: object) -> None:
    problem = error_of(changed(path, value))
    assert problem.status == 400
    assert str(problem).startswith(f"{'.'.join(path)} must be ")


@pytest.mark.parametrize("value", [_ABSENT, None])
def test_an_optional_field_may_be_left_out_or_null(value: object) -> None:
    for key in ("name", "namespace", "subResource", "dryRun", "options", "requestKind"):
        _, request = read_review(changed(("request", key), value))
        assert request.kind.kind == "Deployment"
    for key in ("uid", "groups", "extra"):
        _, request = read_review(changed(("request", "userInfo", key), value))
        assert request.user_info is not None
        assert request.user_info.username == "erin"


def test_a_whole_review_is_read_field_by_field() -> None:
    envelope, request = read_review(json.dumps(REVIEW).encode())
    assert (envelope.api_version, envelope.kind) == ("admission.k8s.io/v1", "AdmissionReview")
    assert envelope.uid == request.uid == REVIEW["request"]["uid"]
    assert (request.origin, request.operation, request.dry_run) == ("admission", "UPDATE", True)
    assert (request.name, request.namespace, request.sub_resource) == ("credit", "bank", "scale")
    assert request.kind.api_version == "apps/v1"
    assert request.user_info is not None
    assert request.user_info.wire() == REVIEW["request"]["userInfo"]
    assert (request.object, request.old_object) == (
        REVIEW["request"]["object"],
        REVIEW["request"]["oldObject"],
    )


def test_the_core_group_is_the_empty_string() -> None:
    _, request = read_review(changed(("request", "kind", "group"), ""))
    assert request.kind.api_version == "v1"


@pytest.mark.parametrize("key", ["name", "namespace", "subResource"])
def test_an_empty_name_is_no_name(key: str) -> None:
    _, request = read_review(changed(("request", key), ""))
    assert request.wire()[key] is None


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("apiVersion",), "admission.k8s.io/v1beta1", "'admission.k8s.io/v1beta1' is not supported"),
        (("apiVersion",), "v1", "mlgate reads admission.k8s.io/v1"),
        (("apiVersion",), "admission.k8s.io/v2", "is not supported"),
        (("apiVersion",), "Admission.k8s.io/V1", "is not supported"),
        (("kind",), "ConversionReview", "kind must be AdmissionReview, not 'ConversionReview'"),
        (("kind",), "admissionreview", "kind must be AdmissionReview"),
        (("request", "operation"), "PATCH", "CREATE, UPDATE, DELETE or CONNECT"),
        (("request", "operation"), "create", "CREATE, UPDATE, DELETE or CONNECT"),
        (("request", "operation"), "*", "CREATE, UPDATE, DELETE or CONNECT"),
        (("request", "uid"), "u" * 129, "request.uid has 129 characters"),
        (("response",), {"uid": "x", "allowed": True}, "response: a review to be judged holds a request"),
        (("response",), {}, "response: "),
    ],
)
def test_what_is_not_supported_is_said(path: Path, value: object, words: str) -> None:
    review = copy.deepcopy(REVIEW) | ({"response": value} if path == ("response",) else {})
    body = json.dumps(review).encode() if path == ("response",) else changed(path, value)
    problem = error_of(body)
    assert (problem.status, words in str(problem)) == (400, True)


def test_a_review_without_its_kind_says_so_before_anything_else() -> None:
    assert str(error_of(b"{}")) == "kind is missing; it must be a string"


def of_operation(operation: str, **fields: object) -> bytes:
    request = {key: value for key, value in REVIEW["request"].items() if key not in ("object", "oldObject")}
    return json.dumps(REVIEW | {"request": request | {"operation": operation} | fields}).encode()


@pytest.mark.parametrize("old", [{}, {"oldObject": None}])
def test_a_create_has_no_old_object(old: dict[str, object]) -> None:
    _, request = read_review(of_operation("CREATE", object={"a": 1}, **old))
    assert (request.object, request.old_object) == ({"a": 1}, None)


def test_an_old_object_beside_a_create_is_refused() -> None:
    problem = error_of(of_operation("CREATE", object={}, oldObject={}))
    assert str(problem) == "request.oldObject must be null for CREATE"


def test_an_object_beside_a_delete_is_refused() -> None:
    problem = error_of(of_operation("DELETE", object={}, oldObject={}))
    assert str(problem) == "request.object must be null for DELETE"


@pytest.mark.parametrize("old", [None, {"a": 1}])
def test_a_delete_holds_the_old_object_or_nothing(old: dict[str, int] | None) -> None:
    _, request = read_review(of_operation("DELETE", object=None, oldObject=old))
    assert (request.operation, request.object, request.old_object) == ("DELETE", {}, old)


def test_the_old_object_of_a_delete_is_an_object() -> None:
    assert "request.oldObject must be an object" in str(error_of(of_operation("DELETE", oldObject=[])))


def test_a_connect_is_read_without_its_options() -> None:
    _, request = read_review(of_operation("CONNECT", object={"kind": "PodExecOptions"}))
    assert (request.operation, request.object, request.old_object) == ("CONNECT", {}, None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[]", "must be an AdmissionReview object, not a list"),
        (b"null", "not null"),
        (b"true", "not a boolean"),
        (b"7", "not a number"),
        (b"1.5", "not a number"),
        (b'"x"', "not a string"),
        (b"", ""),
        (b"{", "line 1"),
        (b'{"kind":"AdmissionReview",\n"kind":"AdmissionReview"}', "kind"),
        (b'{"a":{"b":NaN}}', ""),
        (b"\xff\xfe{\x00}\x00", ""),
        (b"{}" * 2, "line 1"),
        (b"[" * 100_000, ""),
    ],
)
def test_a_body_that_is_no_json_object_is_one_sentence_with_a_place(body: bytes, words: str) -> None:
    problem = error_of(body)
    assert problem.status == 400
    assert words in str(problem)
    assert 5 < len(str(problem)) < 600
    assert str(problem).isprintable()


def test_a_duplicate_key_is_refused_wherever_it_hides() -> None:
    body = json.dumps(REVIEW).replace('"replicas": 2', '"replicas": 2, "replicas": 3').encode()
    problem = error_of(body)
    assert "request.object.spec" in str(problem)


def test_a_body_that_is_too_large_is_refused_with_413_before_it_is_parsed() -> None:
    problem = error_of(b"[" * (REVIEW_LIMITS.max_bytes + 1))
    assert (problem.status, str(REVIEW_LIMITS.max_bytes) in str(problem)) == (413, True)


def test_neither_values_nor_hostile_keys_are_repeated() -> None:
    hostile = "\x1b[31m\nroot:" + "x" * 500
    named = copy.deepcopy(REVIEW)
    named["request"]["userInfo"]["extra"] = {hostile: "no list"}
    for body in (
        changed(("request", "name"), {"password": hostile}),
        changed(("apiVersion",), hostile),
        changed(("kind",), hostile),
        json.dumps(named).encode(),
        b'{"' + b"\\u001b[31m" * 50 + b'": 1, "' + b"\\u001b[31m" * 50 + b'": 1}',
    ):
        message = str(error_of(body))
        assert message.isprintable()
        assert "password" not in message
        assert len(message) < 500


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=8,
)
_PLACES = [path for path, value in REQUIRED + OPTIONAL_MISTYPED if value is not _ABSENT]


@given(path=st.sampled_from(_PLACES), value=_JSON)
def test_whatever_stands_at_a_place_the_review_is_read_or_refused_in_one_line(path: Path, value: Any) -> None:
    problem: ReviewError | None = None
    try:
        envelope, request = read_review(changed(path, value))
    except ReviewError as error:
        problem = error
    if problem is None:
        assert envelope.uid == request.uid
    else:
        assert (problem.status, "\n" in str(problem)) == (400, False)
