"""Reviews of every sort at 50 a second, while an installation of the chart is worked on."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from casebook.cases import Case
from chart.rendering import NAMESPACE, RELEASE
from installation import PORT, Installation, cluster, until
from steady import RATE, Steady, Wanted, steady

ROOT = Path(__file__).resolve().parents[2]
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
Reviews = Callable[[], AbstractContextManager[Steady]]


@contextmanager
def enforcing(folder: Path, *values: str) -> Iterator[Installation]:
    """A cluster with two replicas that refuse what they should."""
    with cluster(folder, ROOT / ".tools" / "bin") as made:
        enforce(made, *values)
        yield made


def enforce(site: Installation, *values: str) -> None:
    """Install two replicas that refuse what they should, with values as `--set` takes them."""
    given = (f"service.port={PORT}", *ENFORCING, *values)
    site.change(*given, verb="install")
    site.node.forward(site.get("service", RELEASE, "-n", NAMESPACE)["spec"]["clusterIP"], PORT)


def wanted_of(site: Installation, cases: dict[str, Case]) -> list[Wanted]:
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


def served(site: Installation) -> set[str]:
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


@contextmanager
def reviewing(
    site: Installation, wanted: list[Wanted], folder: Path, say: Callable[[str], None]
) -> Iterator[Reviews]:
    """Sends reviews for a while; says at the end how many a second that were on this machine."""
    made: list[Steady] = []
    meanwhile: list[float] = []

    @contextmanager
    def going_on() -> Iterator[Steady]:
        with steady(site.plane, folder / "steady", wanted) as sent:
            made.append(sent)
            start, before = time.monotonic(), len(sent.asked)
            yield sent
            meanwhile.append((len(sent.asked) - before) / (time.monotonic() - start))
            sent.wait_for(RATE)
            # What a stall kept from being asked is asked now: at least half of all that is due.
            until(lambda: sent.pace() >= RATE / 2, LONG, "reviews are asked too slowly for a test")

    yield going_on
    for sent, pace in zip(made, meanwhile, strict=True):
        say(
            f"{len(sent.asked)} reviews, {sent.pace():.0f} a second, {pace:.0f} while it went on, "
            f"the slowest {sent.slowest():.1f} s"
        )
        assert sent.pace() >= RATE / 2
        assert pace >= RATE / 2, "too few reviews were sent meanwhile for these tests to show anything"
