"""Who goes when there are too many: the least worth keeping, the oldest of them first."""

from __future__ import annotations

import pytest

from mlgate.web.crowd import Caller, Crowd, Standing, peer_of

ONE, OTHER = "192.0.2.1", "192.0.2.2"


class Scene:
    """A crowd, and who was dropped from it."""

    def __init__(self, most: int = 4, most_of_one: int = 3) -> None:
        self.crowd = Crowd(most, most_of_one)
        self.gone: list[str] = []
        self.callers: dict[str, Caller] = {}

    def enter(self, name: str, peer: str = ONE) -> bool:
        """A newcomer of that name."""
        caller = self.callers[name] = Caller(peer, lambda reason: self.gone.append(f"{name}:{reason}"))
        return self.crowd.admit(caller)

    def review(self, name: str) -> None:
        """It brings a review, which is judged."""
        self.wait(name)
        self.callers[name].reviewed = True
        self.crowd.rest(self.callers[name])

    def probe(self, name: str) -> None:
        """It asks for something else."""
        self.wait(name)
        self.crowd.rest(self.callers[name])

    def wait(self, name: str) -> None:
        """It asks, and is not answered yet."""
        self.crowd.begin(self.callers[name])
        self.crowd.wait(self.callers[name])


def test_the_oldest_that_said_nothing_goes_for_a_newcomer_of_its_address() -> None:
    scene = Scene()
    for name in "abc":
        scene.enter(name)

    assert [scene.enter("d"), scene.enter("e")] == [True, True]
    assert scene.gone == ["a:displaced", "b:displaced"]
    assert scene.crowd.size == 3


def test_one_address_that_fills_its_share_costs_no_other_its_place() -> None:
    scene = Scene()
    scene.enter("api", OTHER)
    for number in range(1000):
        assert scene.enter(f"idle-{number}")

    assert "api:displaced" not in scene.gone
    assert len(scene.gone) == 997


def test_an_api_server_behind_the_same_address_keeps_its_connections() -> None:
    scene = Scene(most=100, most_of_one=10)
    for name in ("api-1", "api-2"):
        scene.enter(name)
        scene.review(name)
    for number in range(1000):
        assert scene.enter(f"idle-{number}")

    assert not {"api-1:displaced", "api-2:displaced"} & set(scene.gone)
    assert scene.enter("api-3")
    scene.review("api-3")
    assert scene.callers["api-3"].standing is Standing.REVIEWER


def test_when_all_is_full_the_oldest_silent_one_of_anybody_goes() -> None:
    scene = Scene(most=3)
    scene.enter("a", OTHER)
    scene.enter("b")
    scene.enter("c")

    assert scene.enter("d", "192.0.2.3")
    assert scene.gone == ["a:displaced"]


def test_probes_go_before_newcomers_newcomers_before_reviewers_and_these_before_who_is_sending() -> None:
    scene = Scene(most=4, most_of_one=4)
    for name in ("sending", "reviewer", "new", "probe"):
        scene.enter(name)
    for name in ("sending", "reviewer"):
        scene.review(name)
    scene.probe("probe")
    scene.crowd.begin(scene.callers["sending"])

    for number in range(4):
        scene.enter(f"busy-{number}")
        scene.wait(f"busy-{number}")

    assert scene.gone == [f"{name}:displaced" for name in ("probe", "new", "reviewer", "sending")]
    assert scene.enter("late") is False
    assert scene.crowd.displace() is False
    assert scene.crowd.size == 4


def test_of_reviewers_the_one_that_rested_longest_goes() -> None:
    scene = Scene(most=2, most_of_one=2)
    for name in ("a", "b"):
        scene.enter(name)
        scene.review(name)
    scene.review("a")

    scene.enter("c")

    assert scene.gone == ["b:displaced"]


def test_a_newcomer_does_not_become_younger_by_what_it_begins_to_say() -> None:
    scene = Scene(most=2, most_of_one=2)
    scene.enter("a")
    scene.enter("b")
    scene.crowd.begin(scene.callers["a"])

    scene.enter("c")

    assert scene.gone == ["a:displaced"]


def test_who_has_left_is_counted_no_more_and_cannot_come_back_by_asking() -> None:
    scene = Scene()
    scene.enter("a")
    scene.crowd.leave(scene.callers["a"])
    scene.crowd.leave(scene.callers["a"])
    scene.wait("a")
    scene.crowd.rest(scene.callers["a"])

    assert (scene.crowd.size, scene.callers["a"].standing) == (0, None)
    assert scene.crowd.displace() is False


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_whoever_has_a_network_of_ipv6_is_one_peer(address: str, peer: str) -> None:
    assert peer_of(address) == peer


def test_a_burst_of_silent_connections_costs_nobody_who_speaks() -> None:
    scene = Scene(most=20, most_of_one=10)
    scene.enter("api")
    scene.crowd.hear(scene.callers["api"])
    for number in range(1000):
        assert scene.enter(f"silent-{number}")

    assert "api:displaced" not in scene.gone
    assert len(scene.gone) == 991


def test_whoever_says_a_byte_on_many_connections_does_not_push_out_who_is_just_coming() -> None:
    scene = Scene(most=10, most_of_one=10)
    for number in range(10):
        scene.enter(f"byte-{number}")
        scene.crowd.hear(scene.callers[f"byte-{number}"])
    scene.enter("api")
    for number in range(4):
        scene.enter(f"silent-{number}")
        scene.crowd.hear(scene.callers[f"silent-{number}"])

    assert scene.gone == [f"byte-{number}:displaced" for number in range(5)]


def test_to_be_heard_twice_does_no_harm() -> None:
    scene = Scene()
    scene.enter("a")
    scene.review("a")
    scene.crowd.hear(scene.callers["a"])

    assert scene.callers["a"].standing is Standing.REVIEWER
