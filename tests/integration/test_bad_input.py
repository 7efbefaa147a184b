"""What no API server would send, and what the authors of manifests and cards may write.

Each is told in one sentence that names the place, or refused; never an allow, never a fault of ours,
and the next good review is answered as if nothing had been.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from casebook.cases import EXAMPLES, read_case
from hostile_cards import CONFIG_MAP, specs, texts
from process import Served

Question = Callable[..., dict[str, Any]]
CARD = "mlgate.dev/model-card"
GOOD_CARD = next(
    item for item in read_case(EXAMPLES / "credit-scoring").evidence if item["kind"] == "ModelCard"
)
HEAD = b"POST /validate?timeout=20s HTTP/1.1\r\nHost: mlgate\r\nContent-Type: application/json\r\n"
MIB = 1024 * 1024


@pytest.fixture
def server(running: Served, question: Question) -> Iterator[Served]:
    """The shared server, which must come out of the test as it went in."""
    before = running.mark()
    yield running
    assert running.ask(question())["allowed"] is True
    lines = running.lines(since=before)
    assert [line for line in lines if line["level"] == "error" or "exception" in line] == []
    assert "Traceback" not in json.dumps(lines)


def assert_told(server: Served, body: bytes, status: int, *words: str) -> None:
    """The call gets the status and one sentence with these words."""
    answer = server.post(body)
    assert answer.status == status
    error = answer.json()["error"]
    assert all(word in error for word in words), error
    assert "\n" not in error
    assert len(error) < 300
    assert "Traceback" not in answer.text


BODIES: dict[str, tuple[bytes, str]] = {
    "no body": (b"", "JSON"),
    "only blanks": (b" \r\n", "JSON"),
    "a word": (b"allow", "JSON"),
    "a list of reviews": (b"[{}]", "a list"),
    "a string": (b'"AdmissionReview"', "a string"),
    "null": (b"null", "null"),
    "true": (b"true", "a boolean"),
    "NaN": (b'{"a": NaN}', "NaN"),
    "Infinity": (b'{"a": -Infinity}', "Infinity"),
    "a number past every float": (b'{"a": 1e400}', "1"),
    "five thousand digits": (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "surrogate"),
    "UTF-16": ("{}".encode("utf-16"), "UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "UTF-8"),
    "latin 1": (b'{"a": "\xe9"}', "UTF-8"),
    "a control character": (b'{"a": "\x00"}', "ontrol"),
    "10,000 levels of lists": (b"[" * 10_000 + b"]" * 10_000, "levels"),
    "10,000 levels of maps": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "levels"),
    "10,000 levels and no end": (b"[" * 10_000, "levels"),
    "a million values": (b"[" + b"0," * 1_000_000 + b"0]", "values"),
    "YAML": (b"apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\n", "JSON"),
    "a comment": (b"/**/{}", "JSON"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_review_is_told_what_is_wrong(server: Served, name: str) -> None:
    body, word = BODIES[name]
    assert_told(server, body, 400, word)


def test_two_reviews_in_one_body_are_none(server: Served, question: Question) -> None:
    whole = json.dumps(question()).encode()

    assert_told(server, whole + whole, 400, "column")
    assert_told(server, whole + b"\n" + whole, 400, "line 2")
    assert_told(server, whole[:-1], 400, "column")


@pytest.mark.parametrize(
    ("within", "key"),
    [("{", "kind"), ('"request": {', "uid"), ('"metadata": {', "name"), ('"annotations": {', CARD)],
)
def test_a_key_that_is_there_twice_is_named_at_every_level(
    server: Served, question: Question, within: str, key: str
) -> None:
    whole = json.dumps(question())
    assert f'"{key}"' in whole
    doubled = whole.replace(within, f'{within}"{key}": "other", ', 1)

    assert_told(server, doubled.encode(), 400, key)


@pytest.mark.parametrize("size", [7 * MIB + 1, 8 * MIB, 64 * MIB])
def test_a_body_past_the_limit_is_told_by_its_length(server: Served, size: int) -> None:
    assert_told(server, b'"' + b"x" * (size - 2) + b'"', 413, "bytes")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/yaml", "application/x-www-form-urlencoded", "application/jsonp", ""]
)
def test_another_content_type_is_told(server: Served, question: Question, kind: str) -> None:
    answer = server.post(question(), Content_Type=kind)

    assert (answer.status, "application/json" in answer.json()["error"]) == (415, True)


def test_a_compressed_body_is_told(server: Served, question: Question) -> None:
    assert server.post(question(), Content_Encoding="gzip").status == 415


FRAMES: dict[str, tuple[bytes, int]] = {
    "a length that is too small": (b"Content-Length: 10\r\n\r\n%(body)s", 400),
    "a length of ten GiB": (b"Content-Length: 10737418240\r\n\r\n%(body)s", 413),
    "a length that no machine holds": (b"Content-Length: " + b"9" * 40 + b"\r\n\r\n%(body)s", 400),
    "a negative length": (b"Content-Length: -5\r\n\r\n%(body)s", 400),
    "a length in words": (b"Content-Length: ten\r\n\r\n%(body)s", 400),
    "a length in digits of another script": (b"Content-Length: \xb2\r\n\r\n%(body)s", 400),
    "two lengths": (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n%(body)s", 400),
    "a length and chunks": (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a chunk of no length": (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
    "chunks of an unknown coding": (b"Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n", 400),
    "no length": (b"\r\n", 400),
    "a NUL in a field": (b"X-A: a\x00b\r\nContent-Length: 2\r\n\r\n{}", 400),
    "a field of 100 KB": (b"X-A: " + b"a" * 100_000 + b"\r\nContent-Length: 2\r\n\r\n{}", 400),
    "10,000 fields": (b"X-A: a\r\n" * 10_000 + b"\r\n", 400),
    "a field without end": (b"X-A: " + b"a" * 400_000, 400),
    "an upgrade": (b"Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\n{}", 400),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_call_that_lies_about_its_body_is_refused_and_its_connection_closed(
    server: Served, question: Question, name: str
) -> None:
    frame, status = FRAMES[name]
    body = json.dumps(question()).encode()

    answer = server.send(HEAD + frame.replace(b"%(body)s", body))

    if answer or len(frame) < 16 * 1024:  # a reset may overtake the answer while more is being sent
        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert b"connection: close" in answer.lower()
    assert b'"allowed"' not in answer
    assert b"Traceback" not in answer


def test_more_bytes_than_the_limit_in_chunks_are_refused_while_they_come(server: Served) -> None:
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"

    answer = server.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 8)

    assert answer.startswith(b"HTTP/1.1 413 ") or answer == b""  # the close may overtake the answer


WAITING: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", b""),
    "an empty line": (b"\r\n", b""),
    "half a line": (b"POST /val", b""),
    "half a head": (HEAD, b""),
    "half a field": (b"GET /livez HTTP/1.1\r\nX: y", b""),
    "another call and half a line": (b"GET /livez HTTP/1.1\r\nHost: mlgate\r\n\r\nGET /li", b"HTTP/1.1 200 "),
    "a length that is too large": (HEAD + b"Content-Length: 9000\r\n\r\n{}", b"HTTP/1.1 408 "),
    "chunks without end": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"HTTP/1.1 408 ",
    ),
}


def test_a_caller_that_does_not_go_on_is_not_waited_for(server: Served) -> None:
    with ThreadPoolExecutor(len(WAITING)) as callers:
        answers = callers.map(server.send, [data for data, _ in WAITING.values()])
        found = dict(zip(WAITING, answers, strict=True))

    assert {name: answer[:13] for name, answer in found.items()} == {
        name: start for name, (_, start) in WAITING.items()
    }
    assert b"within 2 seconds" in found["chunks without end"]


def test_whoever_hangs_up_in_the_middle_harms_nobody(server: Served, question: Question) -> None:
    body = json.dumps(question()).encode()
    for data in (HEAD[:20], HEAD, HEAD + b"Content-Length: %d\r\n\r\n" % len(body), b"\xff"):
        with server.connect() as connection:
            connection.sendall(data)


REQUIRED = [
    "apiVersion",
    "kind",
    "request",
    "request.uid",
    "request.operation",
    "request.kind",
    "request.kind.group",
    "request.kind.version",
    "request.kind.kind",
    "request.resource",
    "request.userInfo",
    "request.userInfo.username",
    "request.object",
]
OPTIONAL = [
    "request.name",
    "request.namespace",
    "request.subResource",
    "request.dryRun",
    "request.oldObject",
    "request.userInfo.uid",
    "request.userInfo.groups",
    "request.userInfo.extra",
]
MISSING = object()
WRONG = {"missing": MISSING, "null": None, "a list": [1], "a number": 7, "a boolean": True, "blank": ""}


def _changed(review: dict[str, Any], path: str, value: object) -> bytes:
    """The review with another value at a path, or none."""
    *parents, last = path.split(".")
    place = review
    for key in parents:
        place = place[key]
    place.pop(last, None)
    if value is not MISSING:
        place[last] = value
    return json.dumps(review).encode()


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_field_that_is_missing_null_or_mistyped_is_named(
    server: Served, question: Question, path: str
) -> None:
    for name, value in WRONG.items():
        if (path, name) != ("request.kind.group", "blank"):  # the name of the core group
            assert_told(server, _changed(question(), path, value), 400, path)


@pytest.mark.parametrize("path", OPTIONAL)
def test_an_optional_field_of_the_wrong_type_is_named(server: Served, question: Question, path: str) -> None:
    wrong: dict[str, Any] = {"an object": {"a": 7}, "a number": 7, "text in a list": [7]}
    for value in wrong.values():
        assert_told(server, _changed(question(), path, value), 400, path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("apiVersion", "admission.k8s.io/v1beta1"),
        ("apiVersion", "admission.k8s.io/v2"),
        ("apiVersion", "v1"),
        ("kind", "admissionreview"),
        ("kind", "TokenReview"),
        ("kind", "Admission\u0000Review\n\u001b[2J"),
        ("response", {"uid": "u-1", "allowed": True}),
        ("request.operation", "create"),
        ("request.operation", "PATCH"),
        ("request.uid", "u" * 1000),
    ],
)
def test_what_is_no_review_of_this_version_is_named(
    server: Served, question: Question, path: str, value: object
) -> None:
    assert_told(server, _changed(question(), path, value), 400, path)


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


def _replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    made = copy.deepcopy(value)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return made


STRANGE: tuple[Any, ...] = (None, True, 7, "", "\u202e\u0000x", [], [None], {}, {"a": {"b": [1]}}, -1.5)


def assert_refused_for_its_own_sake(response: dict[str, Any]) -> None:
    """A refusal by the rules or of an object that cannot be read, not because something here broke."""
    assert response["allowed"] is False, response
    assert response["status"]["code"] == 403, response["status"]["message"]


ESSENTIAL: tuple[tuple[str | int, ...], ...] = (
    ("metadata",),
    ("metadata", "annotations"),
    ("metadata", "annotations", CARD),
    ("spec",),
    ("spec", "predictor"),
    ("spec", "predictor", "model"),
    ("spec", "predictor", "model", "storageUri"),
)


@pytest.mark.parametrize("path", ESSENTIAL, ids=".".join)
def test_a_model_object_without_an_essential_part_is_refused_whatever_stands_there(
    server: Served, question: Question, path: tuple[str | int, ...]
) -> None:
    good = question()["request"]["object"]
    for strange in STRANGE:
        assert_refused_for_its_own_sake(server.ask(question(object=_replaced(good, path, strange))))


def test_an_object_with_anything_anywhere_is_judged_by_the_rules(server: Served, question: Question) -> None:
    good = question()["request"]["object"]
    for number, path in enumerate(_paths(good)):
        strange = STRANGE[number % len(STRANGE)]
        response = server.ask(question(object=_replaced(good, path, strange)))
        if not response["allowed"]:
            assert_refused_for_its_own_sake(response)


def _nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {"a": [value]}
    return value


HUGE: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "two MiB of an address": (("spec", "predictor", "model", "storageUri"), "s3://m/" + "x" * 2 * MIB),
    "two MiB of blanks": (("spec", "predictor", "model", "storageUri"), " " * 2 * MIB),
    "two MiB of commas": (("metadata", "annotations", CARD), "," * 2 * MIB),
    "a MiB of references": (("metadata", "annotations", CARD), "modelcard/a," * 90_000),
    "sixty levels": (("spec", "predictor", "model"), _nested(30)),
    "two hundred levels": (("spec", "predictor", "model"), _nested(100)),
    "five thousand containers": (("spec", "predictor", "containers"), [{"image": 7}] * 5_000),
    "an object of 50,000 keys": (("spec", "predictor", "model"), {f"k{n}": n for n in range(50_000)}),
    "invisible characters": (("spec", "predictor", "model", "storageUri"), "s3://\u202e\u200b\u0000\x1b[2J"),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_or_unprintable_object_is_refused_with_a_short_and_printable_message(
    server: Served, question: Question, name: str
) -> None:
    path, value = HUGE[name]
    good = question()["request"]["object"]

    response = server.ask(question(object=_replaced(good, path, value)))

    assert_refused_for_its_own_sake(response)
    assert_printable_and_short(response)


def assert_printable_and_short(response: dict[str, Any]) -> None:
    """Nothing in the answer moves a cursor, hides text, or fills a screen beyond what kubectl shows."""
    message = response["status"]["message"]
    assert len(message.encode()) <= 16 * 1024
    assert all(char.isprintable() or char == "\n" for char in message)
    assert len(json.dumps(response)) < 200 * 1024


NAMED = {
    "huge": "bytes; more than 262144 are not read",
    "deep": "nested deeper than 64 levels",
    "list": "spec must be an object",
    "wrong-name": "card.model.name: must be a string",
    "yesterday": "card.fairness.evaluations[0].date: is not a date or time that exists",
    "february-30": "card.fairness.evaluations[0].date: is not a date or time that exists",
    "evaluations-map": "card.fairness.evaluations: must be a list",
    "two-cases": "card.Model: differs from another key only in upper and lower case",
}


@pytest.mark.parametrize("name", specs(GOOD_CARD))
def test_a_hostile_model_card_is_a_refusal_that_names_the_place(
    server: Served, question: Question, name: str
) -> None:
    item = question()["request"]["object"]
    item["metadata"]["annotations"][CARD] = f"modelcard/hostile-{name}"

    response = server.ask(question(object=item))

    assert_refused_for_its_own_sake(response)
    assert_printable_and_short(response)
    assert NAMED.get(name, "model_card.") in response["status"]["message"]


@pytest.mark.parametrize("name", texts(GOOD_CARD))
def test_a_hostile_text_for_a_card_is_a_refusal_that_names_the_place(
    server: Served, question: Question, name: str
) -> None:
    item = question()["request"]["object"]
    item["metadata"]["annotations"][CARD] = f"configmap/{CONFIG_MAP}/{name}"

    response = server.ask(question(object=item))

    assert_refused_for_its_own_sake(response)
    assert_printable_and_short(response)
    assert f"model_card.invalid: card configmap/{CONFIG_MAP}/{name} " in response["status"]["message"]
    assert "None" not in response["status"]["message"]
