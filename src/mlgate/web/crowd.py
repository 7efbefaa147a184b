"""All connections of one server, and which of them goes when there are too many.

A cap that refuses newcomers is a gift to whoever opens a thousand connections and says nothing:
the API server would be the one refused, all the more where it shares an address with others. So
the newcomer is let in and the least worth keeping goes. First who only ever asked for probes or
metrics, then who has not been answered yet, the oldest first; a caller in earnest has its answer
long before it is the oldest. Of those, whoever has not said a byte goes before whoever has, so that
a burst of silent connections costs no handshake and no review that is under way; but only while the
silent are the more, or whoever says one byte on many would push out all that are just coming.
Connections that brought reviews go last, and one whose review is being judged never.
"""

from __future__ import annotations

import ipaddress
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

Drop = Callable[[str], None]


class Standing(IntEnum):
    """What a connection is worth; the lower goes first."""

    BYSTANDER = 0
    """Idle, and never asked for more than probes, metrics or nonsense."""
    SILENT = 1
    """Has not said a byte."""
    NEW = 2
    """Not answered yet: in its handshake, or sending its first request."""
    REVIEWER = 3
    """Idle, and has brought reviews."""
    SENDING = 4
    """Has brought reviews, and is sending the next request."""
    BUSY = 5
    """Waits for an answer; not to be dropped. Deadlines and the bound on reviews limit how many there are."""


@dataclass(eq=False)
class Caller:
    """One connection: who is at the other end, and how to be rid of it."""

    peer: str
    drop: Drop
    """Ends the connection at once; takes the reason."""
    connected: bool = False
    """Whether the handshake is done."""
    certificate: bytes | None = None
    """Certificate (DER) the caller has proved to be its own, issued by the client authority."""
    authority: object | None = None
    """The client authority that certificate was last held against."""
    reviewed: bool = False
    """Whether a review that came this way was judged."""
    standing: Standing | None = None
    """None: not, or no longer, among the connections."""
    number: int = 0
    """The lower, the earlier it came."""


def peer_of(address: str) -> str:
    """Whom an address stands for: itself, or with IPv6 its /64, all of which one machine can use."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


@dataclass
class _Group:
    """Connections by standing, each in the order in which they are to go."""

    size: int = 0
    rows: dict[Standing, dict[Caller, None]] = field(default_factory=lambda: {each: {} for each in Standing})

    def weakest(self) -> Caller | None:
        """The one to go; none when all wait for answers."""
        rows = (
            self.rows[Standing.BYSTANDER],
            self._unanswered(),
            self.rows[Standing.REVIEWER],
            self.rows[Standing.SENDING],
        )
        return next((next(iter(row)) for row in rows if row), None)

    def _unanswered(self) -> dict[Caller, None]:
        """The silent while they are the more; else whose first came first."""
        silent, speaking = self.rows[Standing.SILENT], self.rows[Standing.NEW]
        if len(silent) > len(speaking):
            return silent
        return min(silent, speaking, key=lambda row: next((caller.number for caller in row), math.inf))


class Crowd:
    """Who is connected."""

    def __init__(self, most: int, most_of_one: int) -> None:
        """A crowd of at most so many, and so many of one peer."""
        self._most, self._most_of_one = most, most_of_one
        self._all = _Group()
        self._peers: dict[str, _Group] = {}
        self._numbers = itertools.count()

    @property
    def size(self) -> int:
        """How many there are."""
        return self._all.size

    def admit(self, caller: Caller) -> bool:
        """Let a newcomer in, at the cost of another where need be; false when all are busy."""
        peer = self._peers.get(caller.peer)
        if peer is not None and peer.size >= self._most_of_one and not self._displace(peer):
            return False
        if self._all.size >= self._most and not self._displace(self._all):
            return False
        for group in (self._all, self._peers.setdefault(caller.peer, _Group())):
            group.size += 1
            group.rows[Standing.SILENT][caller] = None
        caller.standing, caller.number = Standing.SILENT, next(self._numbers)
        return True

    def displace(self) -> bool:
        """Drop the weakest of all; false when there is none."""
        return self._displace(self._all)

    def hear(self, caller: Caller) -> None:
        """It has said a first byte."""
        if caller.standing is Standing.SILENT:
            self._move(caller, Standing.NEW)

    def begin(self, caller: Caller) -> None:
        """A request begins; a newcomer or bystander gains nothing by that."""
        if caller.standing is Standing.REVIEWER:
            self._move(caller, Standing.SENDING)

    def wait(self, caller: Caller) -> None:
        """A request is complete and waits for its answer."""
        self._move(caller, Standing.BUSY)

    def rest(self, caller: Caller) -> None:
        """A request is answered."""
        self._move(caller, Standing.REVIEWER if caller.reviewed else Standing.BYSTANDER)

    def leave(self, caller: Caller) -> None:
        """The connection is gone, or as good as; to say so twice does no harm."""
        if caller.standing is None:
            return
        for group in (self._all, self._peers[caller.peer]):
            group.size -= 1
            del group.rows[caller.standing][caller]
        if not self._peers[caller.peer].size:
            del self._peers[caller.peer]
        caller.standing = None

    def _displace(self, group: _Group) -> bool:
        """Drop the weakest of a group, which counts as gone from now on."""
        weakest = group.weakest()
        if weakest is None:
            return False
        self.leave(weakest)
        weakest.drop("displaced")
        return True

    def _move(self, caller: Caller, standing: Standing) -> None:
        """Give a connection that is still there another standing, behind all that have it already."""
        if caller.standing is None:
            return
        for group in (self._all, self._peers[caller.peer]):
            del group.rows[caller.standing][caller]
            group.rows[standing][caller] = None
        caller.standing = standing
