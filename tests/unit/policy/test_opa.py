"""Whatever OPA or something in its place does, the engine gives a complete decision or a named error."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from mlgate.domain.deadline import Deadline
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import (
    AnswerTooLarge,
    DecisionInvalid,
    EngineError,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    SettingsError,
)
from mlgate.policy import turns
from mlgate.policy.address import Endpoint
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine
from mlgate.policy.opa_http import ANSWER_LIMITS, NotReached, OpaClient

_JSON = "Content-Type: application/json\r\n"
_MIB = 1024 * 1024
REVISION = "v0.1.0+test"
MANIFEST = BundleManifest(REVISION, frozenset({"demo.refused", "demo.skipped"}), None)

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def http(body: bytes, status: str = "200 OK", headers: str = _JSON) -> bytes:
    """The bytes of one HTTP answer."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def says(*pieces: bytes) -> Reply:
    """A reply of these bytes, whatever is asked."""

    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return reply


async def hangs(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def resets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset the connection instead of an answer."""
    writer.transport.abort()


async def drips(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise an answer and send it byte by byte, for ever."""
    writer.write(f"HTTP/1.1 200 OK\r\n{_JSON}Content-Length: 1000000\r\n\r\n".encode())
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.005)


async def streams(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An answer of 100 MB without a stated length, or as much of it as is taken."""
    writer.write(f"HTTP/1.1 200 OK\r\n{_JSON}Transfer-Encoding: chunked\r\n\r\n".encode())
    for _chunk in range(1600):
        writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        await writer.drain()


@pytest.fixture
async def engine(fake: Any) -> AsyncIterator[OpaEngine]:
    asked = OpaEngine(fake.url, "t0ken", [MANIFEST])
    yield asked
    await asked.aclose()


async def error_of(engine: OpaEngine, question: PolicyInput, seconds: float = 5) -> EngineError:
    """The error a question ends in."""
    with pytest.raises(EngineError) as caught:
        await engine.decide(question, Deadline.after(seconds))
    return caught.value


async def test_a_complete_answer_is_the_decision(fake: Any, engine: OpaEngine, question: PolicyInput) -> None:
    decision = await engine.decide(question, Deadline.after(5))
    assert decision.allow is True
    assert decision.revision == REVISION


async def test_the_question_goes_to_the_one_decision_with_strict_builtins_and_the_token(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    await engine.decide(question, Deadline.after(5))
    first, *headers = fake.heads[0].splitlines()
    assert first == "POST /v1/data/mlgate/main/decision?strict-builtin-errors=true HTTP/1.1"
    assert "Authorization: Bearer t0ken" in headers
    assert "Accept-Encoding: identity" in headers
    assert "Content-Type: application/json" in headers


async def test_the_question_is_sent_as_the_input_document(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    await engine.decide(question, Deadline.after(5))
    assert json.loads(fake.bodies[0]) == {"input": question.wire()}


async def test_a_connection_is_kept_for_the_next_question(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    for _ in range(3):
        await engine.decide(question, Deadline.after(5))
    assert fake.connections == 1


async def test_a_large_question_arrives_whole(
    fake: Any, engine: OpaEngine, ask: Callable[..., PolicyInput]
) -> None:
    question = ask(data="x" * 3 * _MIB)
    await engine.decide(question, Deadline.after(20))
    assert json.loads(fake.bodies[0])["input"]["object"]["data"] == "x" * 3 * _MIB


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("500 Internal Server Error", DecisionInvalid),
        ("404 Not Found", DecisionInvalid),
        ("400 Bad Request", DecisionInvalid),
        ("301 Moved Permanently", DecisionInvalid),
        ("307 Temporary Redirect", DecisionInvalid),
        ("204 No Content", DecisionInvalid),
        ("201 Created", DecisionInvalid),
        ("206 Partial Content", DecisionInvalid),
        ("401 Unauthorized", EngineUnavailable),
        ("403 Forbidden", EngineUnavailable),
        ("429 Too Many Requests", EngineUnavailable),
        ("502 Bad Gateway", EngineUnavailable),
        ("503 Service Unavailable", EngineUnavailable),
        ("504 Gateway Timeout", EngineUnavailable),
    ],
)
async def test_only_status_200_is_a_decision_whatever_the_body_says(
    fake: Any, engine: OpaEngine, question: PolicyInput, allow: bytes, status: str, kind: type[EngineError]
) -> None:
    body = b"" if status.startswith("204") else allow
    fake.reply = says(http(body, status, f"{_JSON}Location: {fake.url}/elsewhere\r\n"))
    problem = await error_of(engine, question)
    assert type(problem) is kind
    assert status[:3] in str(problem)
    assert len(fake.heads) == 1


async def test_a_failing_builtin_is_named_by_code_and_place_without_its_text(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    place = {"file": "bundle/mlgate/lib/dates.rego", "row": 7}
    errors = [{"code": "eval_builtin_error", "message": "parsing SECRET", "location": place}]
    body = {"code": "internal_error", "message": "SECRET", "errors": errors}
    fake.reply = says(http(json.dumps(body).encode(), "500 Internal Server Error"))
    problem = str(await error_of(engine, question))
    assert problem == "OPA answered HTTP 500 internal_error eval_builtin_error lib/dates.rego:7"


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"x" * 100_000], ids=["empty", "html", "large"])
async def test_an_error_page_is_reported_by_its_status(
    fake: Any, engine: OpaEngine, question: PolicyInput, body: bytes
) -> None:
    fake.reply = says(http(body, "500 Internal Server Error"))
    assert str(await error_of(engine, question)) == "OPA answered HTTP 500"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{}",
        b'{"result": null}',
        b'{"result": "true"}',
        b'{"result": true}',
        b'"true"',
        b"true",
        b"1",
        b"[]",
        b"null",
        b"<html><body>It works</body></html>",
        b'{"result": {"allow": true',
        b'{"result": {"allow": true}}',
        b"\xff\xfe{}",
        b'{"result": NaN}',
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_a_body_that_is_no_decision_is_refused(
    fake: Any, engine: OpaEngine, question: PolicyInput, body: bytes
) -> None:
    fake.reply = says(http(body))
    problem = await error_of(engine, question)
    assert type(problem) is DecisionInvalid
    assert len(str(problem)) < 500


async def test_a_second_allow_key_is_refused_whichever_comes_last(
    fake: Any, engine: OpaEngine, question: PolicyInput, allow: bytes
) -> None:
    for twice in (b'"allow": false, "allow": true', b'"allow": true, "allow": false'):
        fake.reply = says(http(allow.replace(b'"allow": true', twice)))
        problem = await error_of(engine, question)
        assert type(problem) is DecisionInvalid
        assert "duplicate key" in str(problem)


async def test_an_answer_of_a_policy_that_is_not_loaded_is_refused(fake: Any, question: PolicyInput) -> None:
    engine = OpaEngine(fake.url, None, lambda: [BundleManifest("other", MANIFEST.codes, None)])
    assert REVISION in str(await error_of(engine, question))
    await engine.aclose()


async def test_an_answer_without_end_is_read_to_the_limit_and_the_connection_dropped(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    fake.reply = streams
    problem = await error_of(engine, question)
    assert type(problem) is AnswerTooLarge
    assert str(ANSWER_LIMITS.max_bytes) in str(problem)
    await fake.hung_up.wait()


async def test_an_answer_of_the_largest_size_is_read(
    fake: Any, engine: OpaEngine, question: PolicyInput, allow: bytes
) -> None:
    fake.reply = says(http(allow.ljust(ANSWER_LIMITS.max_bytes)))
    assert (await engine.decide(question, Deadline.after(5))).allow is True


async def test_a_compressed_answer_is_refused_without_unpacking_it(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    bomb = gzip.compress(b" " * 50 * _MIB)
    fake.reply = says(http(bomb, headers=f"{_JSON}Content-Encoding: gzip\r\n"))
    problem = await error_of(engine, question)
    assert type(problem) is DecisionInvalid
    assert "compressed" in str(problem)


@pytest.mark.parametrize("reply", [hangs, drips], ids=["slow", "dripping"])
async def test_an_answer_that_does_not_come_before_the_deadline_is_given_up(
    fake: Any, engine: OpaEngine, question: PolicyInput, reply: Reply
) -> None:
    fake.reply = reply
    assert type(await error_of(engine, question, seconds=0.05)) is EngineTimeout
    await fake.hung_up.wait()


async def test_a_deadline_that_has_passed_asks_nothing(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    assert type(await error_of(engine, question, seconds=-1)) is EngineTimeout
    assert fake.heads == []


@pytest.mark.parametrize(
    "reply",
    [resets, says(http(b"x" * 10)[:-4], b"")],
    ids=["before the answer", "in the answer"],
)
async def test_a_broken_connection_is_an_error_and_the_question_is_not_put_again(
    fake: Any, engine: OpaEngine, question: PolicyInput, reply: Reply
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reply(reader, writer)
        writer.close()

    fake.reply = once
    problem = await error_of(engine, question)
    assert type(problem) is EngineUnavailable
    assert len(fake.heads) == 1


async def test_a_connection_that_the_system_gives_up_is_a_timeout(
    engine: OpaEngine, question: PolicyInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def given_up(*_: Any) -> dict[str, Any]:
        raise TimeoutError(110, "Connection timed out")

    monkeypatch.setattr(OpaClient, "query_rule", given_up)
    assert type(await error_of(engine, question)) is EngineTimeout


async def test_bytes_that_are_no_http_are_refused(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    fake.reply = says(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
    assert type(await error_of(engine, question)) is DecisionInvalid


async def test_the_engine_works_again_as_soon_as_opa_does(
    fake: Any, engine: OpaEngine, question: PolicyInput
) -> None:
    good, fake.reply = fake.reply, resets
    await error_of(engine, question)
    fake.reply = good
    assert (await engine.decide(question, Deadline.after(5))).allow is True


async def test_a_refused_connection_is_tried_once_more(
    fake: Any, question: PolicyInput, unused_url: str
) -> None:
    addresses = iter([Endpoint(unused_url), Endpoint(fake.url)])
    engine = OpaEngine.following(lambda: next(addresses), [MANIFEST])
    assert (await engine.decide(question, Deadline.after(5))).allow is True
    await engine.aclose()


async def test_nobody_listening_is_unavailable(question: PolicyInput, unused_url: str) -> None:
    engine = OpaEngine(unused_url, None, [MANIFEST])
    problem = await error_of(engine, question)
    assert type(problem) is NotReached
    assert problem.reason == "unavailable"
    assert "cannot be reached" in str(await engine.ready())
    await engine.aclose()


async def test_an_engine_that_follows_says_when_opa_is_between_two_lives(question: PolicyInput) -> None:
    engine = OpaEngine.following(lambda: None, [MANIFEST])
    assert isinstance(await error_of(engine, question), EngineUnavailable)
    assert await engine.ready() == "OPA is being restarted"
    await engine.aclose()


async def test_an_engine_that_follows_goes_to_the_new_address_with_the_new_token(
    fake: Any, question: PolicyInput
) -> None:
    token = "first"
    engine = OpaEngine.following(lambda: Endpoint(fake.url, token), [MANIFEST])
    await engine.decide(question, Deadline.after(5))
    token = "second"
    await engine.decide(question, Deadline.after(5))
    assert ["Bearer first" in fake.heads[0], "Bearer second" in fake.heads[1]] == [True, True]
    await engine.aclose()


async def test_one_question_more_than_allowed_is_refused_at_once_and_a_place_comes_free_again(
    fake: Any, question: PolicyInput
) -> None:
    engine = OpaEngine(fake.url, None, [MANIFEST], max_concurrent=2)
    good, fake.reply = fake.reply, hangs
    waiting = [asyncio.create_task(engine.decide(question, Deadline.after(60))) for _ in range(2)]
    await fake.asked(2)
    problem = await error_of(engine, question, seconds=60)
    assert type(problem) is EngineOverloaded
    assert problem.reason == "overloaded"
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    fake.reply = good
    assert (await engine.decide(question, Deadline.after(5))).allow is True
    await engine.aclose()


async def test_opa_gets_two_questions_for_each_core_and_the_others_wait_in_their_order(
    fake: Any, ask: Callable[..., PolicyInput], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_LONG", 60.0)
    engine = OpaEngine(fake.url, None, [MANIFEST], cores=1)
    good, fake.reply = fake.reply, hangs
    names = ["first", "second", "third", "fourth"]
    waiting = [asyncio.create_task(engine.decide(ask(name=name), Deadline.after(60))) for name in names]
    await fake.asked(2)
    assert type(await error_of(engine, ask(name="late"), seconds=0.05)) is EngineOverloaded
    assert len(fake.heads) == 2, "whoever gives up while waiting has asked nothing"

    fake.reply = good
    for task in waiting[:2]:
        task.cancel()
    assert [(await task).allow for task in waiting[2:]] == [True, True]
    names_asked = [json.loads(body)["input"]["object"]["name"] for body in fake.bodies]
    assert (sorted(names_asked[:2]), names_asked[2:]) == (["first", "second"], ["third", "fourth"])
    await engine.aclose()


async def test_questions_that_take_long_hold_up_no_other(
    fake: Any, ask: Callable[..., PolicyInput], question: PolicyInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever writes an object that is dear to judge stops all others with two of it."""
    monkeypatch.setattr(turns, "_LONG", 0.01)
    engine = OpaEngine(fake.url, None, [MANIFEST], cores=1)
    good, fake.reply = fake.reply, hangs
    dear = [asyncio.create_task(engine.decide(ask(name="dear"), Deadline.after(60))) for _ in range(2)]
    await fake.asked(2)
    fake.reply = good
    for _ in range(5):
        assert (await engine.decide(question, Deadline.after(30))).allow is True
    assert not any(task.done() for task in dear)
    for task in dear:
        task.cancel()
    await asyncio.gather(*dear, return_exceptions=True)
    assert engine._turns._free._value == 2, "each turn is given up once"
    await engine.aclose()


async def test_of_large_questions_one_is_asked_at_a_time(
    fake: Any, ask: Callable[..., PolicyInput], question: PolicyInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.policy.opa_http._LARGE", 10_000)
    engine = OpaEngine(fake.url, None, [MANIFEST])
    good, fake.reply = fake.reply, hangs
    large = ask(name="x" * 20_000)
    first = asyncio.create_task(engine.decide(large, Deadline.after(60)))
    await fake.asked(1)
    assert type(await error_of(engine, large, seconds=0.05)) is EngineTimeout
    fake.reply = good
    assert (await engine.decide(question, Deadline.after(30))).allow is True, "a small one goes past"
    assert len(fake.heads) == 2
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert (await engine.decide(large, Deadline.after(30))).allow is True
    await engine.aclose()


async def test_questions_that_wait_do_not_keep_it_from_being_ready(fake: Any, question: PolicyInput) -> None:
    engine = OpaEngine(fake.url, None, [MANIFEST], cores=1)
    fake.reply = hangs
    waiting = [asyncio.create_task(engine.decide(question, Deadline.after(60))) for _ in range(3)]
    await fake.asked(2)
    fake.reply = says(http(json.dumps({"result": REVISION}).encode()))
    assert await engine.ready() is None
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await engine.aclose()


async def test_a_question_no_json_can_hold_is_an_engine_error(
    engine: OpaEngine, ask: Callable[..., PolicyInput]
) -> None:
    assert "cannot be written" in str(await error_of(engine, ask(name="\ud800")))


async def test_a_closed_engine_answers_no_more(fake: Any, question: PolicyInput) -> None:
    engine = OpaEngine(fake.url, None, [MANIFEST])
    await engine.aclose()
    assert "closed" in str(await error_of(engine, question))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (json.dumps({"result": REVISION}).encode(), None),
        (b"{}", "loaded no policy"),
        (b'{"result": "v9"}', "another policy: revision 'v9'"),
        (b'{"result": null}', "another policy"),
        (b"[]", "no object but a list"),
    ],
)
async def test_ready_means_that_a_known_policy_is_loaded(
    fake: Any, engine: OpaEngine, body: bytes, expected: str | None
) -> None:
    fake.reply = says(http(body))
    found = await engine.ready()
    assert (found is None) if expected is None else (expected in str(found))
    assert fake.heads[0].startswith("GET /v1/data/mlgate/revision ")


async def test_readiness_does_not_wait_for_ever(fake: Any) -> None:
    engine = OpaEngine(fake.url, None, [MANIFEST], ready_seconds=0.05)
    fake.reply = hangs
    assert await engine.ready() == "OPA does not answer within 0.05 s"
    await engine.aclose()


async def test_a_unix_socket_is_an_address(fake: Any, question: PolicyInput, tmp_path: Path) -> None:
    async with fake.on_socket(tmp_path / "opa.sock"):
        engine = OpaEngine(f"unix://{tmp_path}/opa.sock", None, [MANIFEST])
        assert (await engine.decide(question, Deadline.after(5))).allow is True
        await engine.aclose()


async def test_a_private_authority_is_trusted_when_given_and_no_other(
    fake: Any, question: PolicyInput, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    async with fake.listening(context) as url:
        trusting = OpaEngine(url, None, [MANIFEST], ca=tmp_path / "ca.pem")
        assert (await trusting.decide(question, Deadline.after(5))).allow is True
        await trusting.aclose()
        stranger = OpaEngine(url, None, [MANIFEST])
        assert "cannot be reached" in str(await error_of(stranger, question))
        await stranger.aclose()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unreadable_authority_is_refused_at_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=r"opa\.ca"):
        OpaEngine("https://localhost", None, [MANIFEST], ca=path)
