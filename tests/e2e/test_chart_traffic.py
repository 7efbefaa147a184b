"""Two replicas of the chart under 50 reviews a second: upgraded, rotated, restarted and killed.

The reviews are dry runs through the API server, sent by a process of their own. The tests follow one
installation, in their order.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from casebook.cases import Case
from chart.rendering import NAMESPACE, RELEASE
from conftest import ROOT
from installation import PORT, Installation, cluster, until
from steady import RATE, Steady, Wanted, steady

ENFORCING = [f"decision.mode.{name}=enforce" for name in ("sandbox", "development", "staging", "production")]
MIX = (
    ("sandbox-experiment", "InferenceService", "inferenceservices", None),
    ("ordinary-objects-no-longer", "Deployment", "deployments", None),
    (
        "sandbox-experiment-in-production",
        "InferenceService",
        "inferenceservices",
        "fairness.bias_test_missing",
    ),
    ("ordinary-objects-no-longer", "StatefulSet", "statefulsets", None),
    ("ordinary-objects-no-longer", "CronJob", "cronjobs", "model_card.missing"),
    ("ordinary-objects-no-longer", "Deployment", "deployments", None),
)
"""Cases and kinds in turn, and why they are refused; most reviews in a cluster are of no model."""
LONG = 300
"""Seconds that nothing takes but on a machine with too much to do."""
BELIEVED = 0.3
"""Seconds in which a client may still use a connection that has just broken."""
Reviews = Callable[[], AbstractContextManager[Steady]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Installation]:
    say("a control plane with a node starts, and helm installs mlgate, which enforces")
    with cluster(tmp_path_factory.mktemp("traffic"), ROOT / ".tools" / "bin") as made:
        # A machine that does all of a cluster's work may be slow; slow is not what is looked for here.
        made.change(
            "tls.mode=helm", f"service.port={PORT}", "webhook.timeoutSeconds=20", *ENFORCING, verb="install"
        )
        made.node.forward(made.get("service", RELEASE, "-n", NAMESPACE)["spec"]["clusterIP"], PORT)
        yield made


@pytest.fixture(scope="module")
def wanted(site: Installation, cases: dict[str, Case]) -> list[Wanted]:
    """What its profile allows, what production asks more of, and plain workloads with and without a model."""
    found = []
    for name, kind, plural, refusal in MIX:
        for entry in cases[name].evidence:
            if entry["kind"] in {"Namespace", "ModelCard"}:
                answer = site.send(entry)
                assert answer.ok or "AlreadyExists" in answer.errors, answer.errors
        asked = next(entry for entry in cases[name].manifest if entry["kind"] == kind)
        found.append(Wanted(asked, plural, refusal))
    refused = [item for item in found if item.refusal]
    until(lambda: not any(_passes(site, item) for item in refused), 30, "the webhook never refused")
    return found


def _passes(site: Installation, item: Wanted) -> bool:
    return site.send(item.object, "--dry-run=server").ok


def _served(site: Installation) -> set[str]:
    """The certificates of the replicas that get connections."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    found = set()
    for pod in site.node.ready:
        with (
            socket.create_connection(("127.0.0.1", pod.port), timeout=10) as plain,
            context.wrap_socket(plain) as secure,
        ):
            found.add(ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True) or b""))
    return found


def _ready(site: Installation) -> set[str]:
    """The pods that get connections."""
    return {pod.name for pod in site.node.ready}


def _running(site: Installation) -> set[str]:
    """The pods of which anything still runs."""
    return {
        name
        for name, pod in list(site.node.pods.items())
        if any(child.alive() for child in list(pod.children.values()))
    }


def _must(site: Installation, *command: str) -> str:
    return site.plane.kubectl.must("administrator", *command, "-n", NAMESPACE)


@pytest.fixture
def reviews(
    site: Installation, wanted: list[Wanted], tmp_path: Path, say: Callable[[str], None]
) -> Iterator[Reviews]:
    """Sends reviews for a while; says at the end how many a second that were on this machine."""
    made = []

    @contextmanager
    def going_on() -> Iterator[Steady]:
        with steady(site.plane, tmp_path / "steady", wanted) as sent:
            made.append(sent)
            yield sent
            sent.wait_for(RATE)

    yield going_on
    for sent in made:
        say(f"{len(sent.asked)} reviews, {sent.pace():.0f} a second, the slowest {sent.slowest():.1f} s")
        assert sent.pace() > RATE / 10, "hardly any reviews were sent, so that these tests show nothing"


def test_an_upgrade_with_other_values_and_a_new_authority_fails_no_review(
    site: Installation, reviews: Reviews
) -> None:
    replicas, certificates = _ready(site), _served(site)
    with reviews() as sent:
        site.change("tls.helm.generation=2", "decision.deadlineSeconds=5", "log.level=warning")
        until(lambda: not replicas & _running(site), LONG, "the old replicas stay")

    assert len(_served(site)) == 1
    assert not certificates & _served(site)
    assert sent.failed == []


def test_replicas_that_are_restarted_one_by_one_lose_no_review(site: Installation, reviews: Reviews) -> None:
    replicas = _ready(site)
    with reviews() as sent:
        _must(site, "rollout", "restart", f"deployment/{RELEASE}")
        until(lambda: not replicas & _running(site), LONG, "the old replicas stay")

    assert len(_ready(site)) == 2
    assert sent.failed == []


def test_a_replica_that_is_killed_takes_with_it_only_what_it_was_asked(
    site: Installation, reviews: Reviews
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
    turned_away = [when for when in site.node.not_taken if moment <= when <= withdrawn]
    later = [item for item in sent.failed if item.sent > moment + BELIEVED]
    assert len(later) <= len(turned_away)
