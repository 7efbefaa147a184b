"""Reviews that go on while something else happens, each answer held against the right one."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

RATE = 50
"""Reviews a second that are due."""
DEADLINE = 10.0
"""Seconds the server is told that its caller waits."""
_KEPT, _FRESH = 4, 1
"""Senders that keep their connection, and that open one for each review."""


@dataclass(frozen=True)
class Sent:
    """A review, and whether it is to be allowed."""

    body: bytes
    allowed: bool


@dataclass
class Traffic:
    """What came of the reviews so far."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    """Each answer that was none or not the right one."""
    seconds: list[float] = field(default_factory=list)
    """How long each answer took, in the order in which they came."""
    started: float = field(default_factory=time.monotonic)
    forgiving: bool = False
    """Whether who has just connected, and is dropped before the answer, asks again."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, problem: str | None, seconds: float) -> None:
        """One more answer, or none."""
        with self._lock:
            self.seconds.append(seconds)
            if problem is None:
                self.right += 1
            else:
                self.wrong.append(problem)

    def wait_for(self, more: int) -> None:
        """Until so many more reviews were answered rightly, or one was not."""
        limit, goal = time.monotonic() + 60, self.right + more
        while self.right < goal and not self.wrong:
            assert time.monotonic() < limit
            time.sleep(0.01)


def _send(traffic: Traffic, port: int, trust: ssl.SSLContext, reviews: list[Sent], *, keep: bool) -> None:
    """Send reviews in turn at this sender's share of the rate, until told to stop."""
    client = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trust)
    pause, number = (_KEPT + _FRESH) / RATE, 0
    due = time.monotonic()
    while not traffic._stop.wait(max(0.0, due - time.monotonic())):
        due += pause
        sent = reviews[number % len(reviews)]
        number += 1
        asked = time.monotonic()
        try:
            found = _outcome(client, sent, tries=3 if traffic.forgiving and not keep else 1)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            found = f"review {number}: {problem!r}"
            client.close()
        traffic.count(found, time.monotonic() - asked)
        if not keep:
            client.close()
    client.close()


def _outcome(client: http.client.HTTPSConnection, sent: Sent, tries: int) -> str | None:
    """What is wrong with the answer, in the end; null when nothing is."""
    for _ in range(tries - 1):
        try:
            return _problem(client, sent)
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):  # in the handshake it may be any
            client.close()
    return _problem(client, sent)


def _problem(client: http.client.HTTPSConnection, sent: Sent) -> str | None:
    """What is wrong with the answer to a review; null when nothing is."""
    client.request(
        "POST", f"/validate?timeout={DEADLINE:.0f}s", sent.body, {"Content-Type": "application/json"}
    )
    answer = client.getresponse()
    text = answer.read()
    if answer.status != 200:
        return f"status {answer.status}: {text[:200]!r}"
    response = json.loads(text)["response"]
    code = response.get("status", {}).get("code")
    if response["allowed"] is not sent.allowed or code not in {None, 200, 403}:
        return f"allowed {response['allowed']} with {code}, and not {sent.allowed}"
    return None


@contextmanager
def reviews_go_on(
    port: int, trust: ssl.SSLContext, question: Callable[..., dict[str, Any]], *, forgiving: bool = False
) -> Iterator[Traffic]:
    """50 reviews a second, of an example that is allowed and one that is not in turn."""
    reviews = [
        Sent(json.dumps(question(name)).encode(), allowed)
        for name, allowed in (("credit-scoring", True), ("credit-scoring-no-card", False))
    ]
    traffic = Traffic(forgiving=forgiving)
    senders = [
        threading.Thread(target=_send, args=(traffic, port, trust, reviews), kwargs={"keep": number < _KEPT})
        for number in range(_KEPT + _FRESH)
    ]
    for sender in senders:
        sender.start()
    try:
        traffic.wait_for(10)
        yield traffic
    finally:
        traffic._stop.set()
        for sender in senders:
            sender.join()
