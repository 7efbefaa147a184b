"""Watched copies answer only while the API server vouches for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from mlgate.errors import EvidenceUnavailable
from mlgate.evidence import watch as module
from mlgate.evidence.resources import Resource
from mlgate.evidence.transport import Form, NotServed, ResourceGone
from mlgate.evidence.watch import SILENCE_SECONDS, Copy, Watch

RESOURCE = Resource("mlgate.dev/v1alpha1", "signoffs", namespaced=True)


def thing(name: str, version: str = "1", **about: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "prod", "resourceVersion": version, **about}}


def event(kind: str, stored: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": stored}).encode()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def copy(clock: Clock) -> Copy:
    return Copy(clock)


def test_a_list_alone_does_not_make_a_copy_alive(copy: Copy) -> None:
    copy.replace([thing("a")])
    assert (copy.alive, copy.get("prod", "a"), copy.list("prod")) == (False, None, None)


def test_a_copy_answers_while_its_watch_speaks(copy: Copy, clock: Clock) -> None:
    copy.replace([thing("a")])
    copy.heard()
    assert copy.get("prod", "a") == thing("a")
    assert copy.get("other", "a") is None
    clock.now += SILENCE_SECONDS
    assert (copy.get("prod", "a"), copy.list("prod")) == (None, None)


def test_a_lost_watch_ends_all_answers_at_once(copy: Copy) -> None:
    copy.replace([thing("a")])
    copy.heard()
    copy.lost()
    assert copy.get("prod", "a") is None


def test_events_are_followed(copy: Copy) -> None:
    copy.replace([thing("a"), thing("b")])
    copy.heard()
    copy.apply("DELETED", thing("a"))
    copy.apply("DELETED", thing("unknown"))
    copy.apply("MODIFIED", thing("b", "2"))
    copy.apply("ADDED", thing("c"))
    copy.apply("BOOKMARK", {"metadata": {"resourceVersion": "9"}})
    listed = copy.list(None)
    assert listed is not None
    assert [(entry["metadata"]["name"], entry["metadata"]["resourceVersion"]) for entry in listed] == [
        ("b", "2"),
        ("c", "1"),
    ]
    assert copy.list("other") == []


def test_a_kind_that_is_not_served_is_known_to_be_so_for_a_moment(copy: Copy, clock: Clock) -> None:
    assert not copy.absent
    copy.missed()
    assert (copy.absent, copy.alive) == (True, False)
    copy.lost()
    assert copy.absent
    clock.now += SILENCE_SECONDS
    assert not copy.absent


def test_a_kind_that_is_served_from_now_on_is_not_absent(copy: Copy) -> None:
    copy.missed()
    copy.replace([thing("a")])
    copy.heard()
    assert (copy.absent, copy.alive) == (False, True)


def test_each_namespace_is_listed_by_itself(copy: Copy) -> None:
    other = {"metadata": {"name": "a", "namespace": "other"}}
    copy.replace([thing("a"), other, {"metadata": {"name": "wide"}}])
    copy.heard()
    assert (copy.list("prod"), copy.list("other"), copy.list("gone")) == ([thing("a")], [other], [])
    assert (copy.get(None, "wide"), len(copy.list(None) or ())) == ({"metadata": {"name": "wide"}}, 3)


def test_bookkeeping_is_left_out_of_the_copy(copy: Copy) -> None:
    notes = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "kept": "yes"}
    copy.replace([thing("a", managedFields=[{}], annotations=notes)])
    copy.heard()
    assert copy.get("prod", "a") == thing("a", annotations={"kept": "yes"})


Step = Callable[[], list[bytes]]


class Script:
    """A transport that plays lists and watches in turn, and stops the watch at the end."""

    def __init__(self, lists: list[Any], watches: list[Any]) -> None:
        self.lists, self.watches = lists, watches
        self.versions: list[str] = []
        self.forms: list[Form] = []
        self.done = threading.Event()
        self.watch_under_test: Watch | None = None
        self.closed = 0

    def read(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        self.forms.append(form)
        return self._next(self.lists)

    def watch(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        self.forms.append(form)
        self.versions.append(query["resourceVersion"])
        return _Played(self, self._next(self.watches))

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""

    def _next(self, steps: list[Any]) -> Any:
        if not steps:
            self.done.set()
            raise EvidenceUnavailable("the script ended")
        step = steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step


class _Played:
    def __init__(self, script: Script, steps: list[Any]) -> None:
        self._script, self._steps = script, steps

    def lines(self) -> Iterator[bytes]:
        for step in self._steps:
            if isinstance(step, BaseException):
                raise step
            if callable(step):
                step()
                continue
            yield step

    def close(self) -> None:
        self._script.closed += 1


def listed(version: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"resourceVersion": version}, "items": list(items)}


def play(copy: Copy, monkeypatch: pytest.MonkeyPatch, lists: list[Any], watches: list[Any]) -> Script:
    """Run the watch over a script, without its waits, until the script ends."""
    script = Script(lists, watches)
    watch = Watch(script, RESOURCE, copy)
    monkeypatch.setattr(watch._stopping, "wait", lambda _: script.done.is_set() and watch._stopping.set())
    watch.start()
    assert script.done.wait(10)
    watch.stop()
    return script


def test_a_watch_lists_then_follows_from_where_the_list_ended(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    steps = [event("ADDED", thing("b", "7")), lambda: seen.append(copy.list("prod"))]
    script = play(copy, monkeypatch, [listed("5", thing("a"))], [steps, []])
    assert [entry["metadata"]["name"] for entry in seen[0]] == ["a", "b"]
    assert script.versions == ["5", "7", "7"]
    assert script.closed == 2


def test_a_bookmark_moves_the_version_on(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = event("BOOKMARK", {"metadata": {"resourceVersion": "90"}})
    assert play(copy, monkeypatch, [listed("5")], [[mark]]).versions == ["5", "90"]


GONE = json.dumps({"type": "ERROR", "object": {"code": 410}}).encode()


@pytest.mark.parametrize("gone", [ResourceGone("gone"), [GONE]])
def test_a_version_that_is_gone_is_listed_again(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, gone: Any
) -> None:
    script = play(copy, monkeypatch, [listed("5"), listed("80")], [gone, []])
    assert script.versions == ["5", "80", "80"]


@pytest.mark.parametrize(
    "fault",
    [
        [EvidenceUnavailable("the connection broke")],
        [b"not json"],
        [b"[]"],
        [b'{"type": "ADDED"}'],
        [json.dumps({"type": "ERROR", "object": {"code": 500}}).encode()],
        NotServed("removed"),
        [ZeroDivisionError("a surprise")],
    ],
)
def test_a_watch_that_breaks_is_lost_and_begins_anew(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    lost: list[bool] = []
    monkeypatch.setattr(copy, "lost", lambda: (lost.append(True), Copy.lost(copy)))
    seen: list[Any] = []
    script = play(
        copy,
        monkeypatch,
        [listed("5"), listed("6", thing("a"))],
        [fault, [lambda: seen.append(copy.list(None))]],
    )
    assert script.versions[:2] == ["5", "6"]
    assert lost
    assert len(seen[0]) == 1


def test_a_kind_that_is_not_served_is_tried_again(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[bool] = []
    monkeypatch.setattr(copy, "missed", lambda: known.append(True))
    script = play(copy, monkeypatch, [None, listed("5")], [[]])
    assert (script.versions, known) == (["5", "5"], [True])
    assert module._NOT_SERVED_SECONDS < SILENCE_SECONDS, "what is not served stays known to be so"


def test_a_watch_asks_for_as_much_as_its_kind_needs(copy: Copy) -> None:
    script = Script([listed("5")], [[]])
    watch = Watch(script, Resource("v1", "nodes", namespaced=False, metadata_only=True), copy)
    script.watches.append([watch._stopping.set])
    watch.start()
    watch._thread.join(10)
    assert script.forms == ["metadata list", "metadata", "metadata"]


def test_stopping_ends_a_watch_that_waits(copy: Copy) -> None:
    waiting, closed = threading.Event(), threading.Event()

    class Open:
        def lines(self) -> Iterator[bytes]:
            waiting.set()
            closed.wait(10)
            raise EvidenceUnavailable("closed")
            yield b""

        def close(self) -> None:
            closed.set()

    script = Script([listed("5")], [])
    script.watch = lambda *_: Open()  # type: ignore[method-assign]
    watch = Watch(script, RESOURCE, copy)
    watch.start()
    assert waiting.wait(10)
    watch.stop()
    assert not watch._thread.is_alive()
    assert not copy.alive


def test_a_watch_stopped_between_events_ends(copy: Copy) -> None:
    script = Script([listed("5")], [])
    watch = Watch(script, RESOURCE, copy)
    script.watches.append([watch._stopping.set, event("ADDED", thing("a")), event("ADDED", thing("b"))])
    watch.start()
    watch._thread.join(10)
    assert not watch._thread.is_alive()
    assert script.closed == 1


def test_a_watch_never_started_can_be_stopped(copy: Copy) -> None:
    Watch(Script([], []), RESOURCE, copy).stop()
    assert not copy.alive


def test_silence_is_longer_than_a_watch_lives() -> None:
    assert module.WATCH_SECONDS < SILENCE_SECONDS
