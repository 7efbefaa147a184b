"""Two replicas of the chart under 50 reviews a second: upgraded, rotated, restarted and killed.

The reviews are dry runs through the API server, sent by a process of their own. The tests follow one
installation, in their order.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator

import pytest
from chart.rendering import NAMESPACE, RELEASE
from cryptography import x509
from installation import Installation, until
from reviewing import LONG, Reviews, enforcing, served
from steady import RATE

BELIEVED = 0.3
"""Seconds in which a client may still use a connection that has just broken."""
NOTICED = 30
"""Seconds until a replica that is gone gets no more connections: the node looks every 0.3 s, if it can."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Installation]:
    say("a control plane with a node starts, and helm installs mlgate, which enforces")
    with enforcing(tmp_path_factory.mktemp("traffic"), "tls.mode=helm") as made:
        yield made


def _ready(site: Installation) -> set[str]:
    """The pods that get connections."""
    return {pod.name for pod in site.node.ready}


def _uids(site: Installation) -> set[str]:
    """What tells those pods from others that came in their place."""
    return {pod.uid for pod in site.node.ready}


def _must(site: Installation, *command: str) -> str:
    return site.plane.kubectl.must("administrator", *command, "-n", NAMESPACE)


def test_an_upgrade_with_other_values_and_a_new_authority_fails_no_review(
    site: Installation, reviews: Reviews
) -> None:
    replicas, certificates = _ready(site), served(site)
    with reviews() as sent:
        site.change("tls.helm.generation=2", "decision.deadlineSeconds=5", "log.level=warning")
        until(lambda: not replicas & site.running(), LONG, "the old replicas stay")
        assert served(site) == certificates, "the new authority is only trusted at first"
        site.change("tls.helm.generation=2")
        until(lambda: not certificates & served(site), LONG, "the old certificate stays")

    assert len(served(site)) == 1
    assert sent.failed == []


def test_a_new_authority_alone_is_taken_up_in_place_and_fails_no_review(
    site: Installation, reviews: Reviews
) -> None:
    pods, certificates, trusted = _uids(site), served(site), site.trusted()
    with reviews() as sent:
        site.change("tls.helm.generation=3")
        assert served(site) == certificates, "its certificate comes when the authority is trusted"
        site.change("tls.helm.generation=3")
        until(lambda: not certificates & served(site), LONG, "the old certificate is still served")
        sent.wait_for(2 * RATE)

    (certificate,) = served(site)
    assert site.trusted() != trusted
    authority = x509.load_pem_x509_certificates(base64.b64decode(site.trusted()))[0]
    x509.load_pem_x509_certificate(certificate.encode()).verify_directly_issued_by(authority)
    assert _uids(site) == pods, "no pod is replaced for it"
    assert [pod.restarts for pod in site.node.ready] == [0, 0]
    assert sent.failed == []


def test_replicas_that_are_restarted_one_by_one_lose_no_review(site: Installation, reviews: Reviews) -> None:
    replicas = _ready(site)
    with reviews() as sent:
        _must(site, "rollout", "restart", f"deployment/{RELEASE}")
        until(lambda: not replicas & site.running(), LONG, "the old replicas stay")

    assert len(_ready(site)) == 2
    assert sent.failed == []


def test_a_replica_that_is_killed_takes_with_it_only_what_it_was_asked(
    site: Installation, reviews: Reviews, say: Callable[[str], None]
) -> None:
    killed = site.node.ready[0]
    with reviews() as sent:
        moment = time.monotonic()
        for child in list(killed.children.values()):
            child.process.kill()
        until(lambda: killed not in site.node.ready, LONG, "the killed replica still gets connections")
        withdrawn = time.monotonic()
        until(lambda: killed in site.node.ready, LONG, "the killed replica does not come back")

    assert [item for item in sent.asked if item.wrongly_allowed] == []
    assert [item for item in sent.failed if not moment < item.answered or item.sent > withdrawn] == []
    # Until the cluster notices, it goes on to send connections there; each that nobody takes costs a review.
    # So does kube-proxy: it chooses once for a connection, and does not look whether anybody takes it.
    turned_away = [when for when in site.node.not_taken if moment <= when <= withdrawn]
    later = [item for item in sent.failed if item.sent > moment + BELIEVED]
    say(
        f"{len(sent.failed)} of {len(sent.asked)} reviews failed, {len(later)} of them not in flight at the "
        f"kill; {len(turned_away)} connections not taken in {withdrawn - moment:.1f} s until it was noticed"
    )
    assert len(later) <= len(turned_away)
    assert withdrawn - moment <= NOTICED, "that is no longer the moment until a cluster notices"
