"""Bring an example into the cluster as it would come there: every object from the right hands."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby

from casebook.cases import EXAMPLES, Case, Expectation, Requester, read_reference
from casebook.documents import Object, label, read_all
from cluster.kubectl import Answer
from cluster.local import LocalCluster
from cluster.people import PEOPLE

CONTEXTS = {person.username: person.context for person in PEOPLE}
"""Context by login name."""
SIGNED = ("SignOff", "Waiver")
_AT_ONCE = 4
"""Objects created at the same time; kubectl mostly waits."""


@dataclass
class Stage:
    """Stages examples, each once per session; what a test changes, it stages for itself."""

    cluster: LocalCluster
    cases: dict[str, Case]
    _prepared: set[str] = field(default_factory=set)
    _signed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.must("administrator", read_all(EXAMPLES / "cluster.yaml"))

    def __call__(self, name: str) -> Case:
        """The example with all its evidence in place, sign-offs and waivers included."""
        case = self.prepare(name)
        if name not in self._signed:
            self._signed.add(name)
            self.sign(signed(case))
        return case

    def prepare(self, name: str) -> Case:
        """The example with its namespace, card and other objects, but nothing signed."""
        case = self.cases[name]
        if name not in self._prepared:
            self._prepared.add(name)
            self._put(case)
        return case

    def prepare_all(self) -> None:
        """Prepare every example."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self.prepare, self.cases))

    def copy(self, name: str, namespace: str, *, without: str = "") -> Case:
        """A copy of an example in a namespace of its own, prepared, for a test that changes it.

        Evidence of the kind `without` is left out.
        """
        original = self.cases[name]
        evidence = tuple(item for item in original.evidence if item["kind"] != without)
        manifest, evidence = (
            tuple(in_namespace(namespace, item) for item in side) for side in (original.manifest, evidence)
        )
        case = replace(original, name=namespace, manifest=manifest, evidence=evidence)
        self._put(case)
        return case

    def sign(self, records: Iterable[Object]) -> None:
        """Create sign-offs and waivers, each by the person it names, when they count."""
        entries = list(records)
        if entries:
            self.cluster.wait_until_signing()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda entry: self.must(signer(entry), [entry]), entries))

    def submit(self, case: Case, expected: Expectation, *flags: str) -> Answer:
        """Create one object of an example as the person the example names."""
        person = CONTEXTS[requester(expected).username]
        return self.cluster.kubectl.send(person, "create", [judged(case, expected)], *flags)

    def stored(self, namespace: str, title: str) -> Object | None:
        """The object `Kind/name` as the API server holds it; None when it holds none."""
        kind, _, name = title.partition("/")
        answer = self.cluster.kubectl("administrator", "get", kind, name, "-n", namespace, "-o", "json")
        return json.loads(answer.output) if answer.ok else None

    def must(self, person: str, objects: Iterable[Object]) -> None:
        """Create objects as a person who may."""
        entries = list(objects)
        answer = self.cluster.kubectl.send(person, "create", entries)
        assert answer.ok, f"{person} creates {[label(entry) for entry in entries]}: {answer.errors}"

    def _put(self, case: Case) -> None:
        plain = sorted((entry for entry in case.evidence if entry["kind"] not in SIGNED), key=_order)
        own = [entry for entry in plain if not is_default_account(entry)]
        for person, entries in groupby(own, key=_creator):
            self.must(person, entries)
        for entry in filter(is_default_account, plain):
            self._apply(entry)

    def _apply(self, entry: Object) -> None:
        """Put an object in place that Kubernetes may have made already, a moment after the namespace."""
        flags = ("--server-side", "--force-conflicts")
        answer = self.cluster.kubectl.send("administrator", "apply", [entry], *flags)
        assert answer.ok, f"administrator applies {label(entry)}: {answer.errors}"


def in_namespace(namespace: str, entry: Object) -> Object:
    """A copy of the object in another namespace; the Namespace itself under another name."""
    moved = copy.deepcopy(entry)
    moved["metadata"]["name" if entry["kind"] == "Namespace" else "namespace"] = namespace
    return moved


def is_default_account(entry: Object) -> bool:
    """Whether this is the service account of pods that name none."""
    return entry["kind"] == "ServiceAccount" and entry["metadata"]["name"] == "default"


def signed(case: Case) -> list[Object]:
    """The sign-offs and waivers among the evidence of an example."""
    return [entry for entry in case.evidence if entry["kind"] in SIGNED]


def signer(entry: Object) -> str:
    """The context of the person a sign-off or waiver names."""
    spec = entry["spec"]
    return CONTEXTS[spec["approver"] if entry["kind"] == "SignOff" else spec["approvedBy"]]


def requester(expected: Expectation) -> Requester:
    """Who sends the object."""
    return expected.user or read_reference(EXAMPLES).requester


def judged(case: Case, expected: Expectation) -> Object:
    """The object an expectation is about."""
    return next(entry for entry in case.manifest if label(entry) == expected.object)


def only(case: Case) -> Expectation:
    """The expectation of an example that judges one object."""
    (expected,) = case.expected.objects
    return expected


def _creator(entry: Object) -> str:
    """Engineers write the cards, the platform team makes the rest."""
    return "engineer" if entry["kind"] == "ModelCard" else "administrator"


def _order(entry: Object) -> tuple[bool, bool]:
    """The namespace before what lies in it."""
    return entry["kind"] == "ModelCard", entry["kind"] != "Namespace"
