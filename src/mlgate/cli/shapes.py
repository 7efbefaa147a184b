"""The JSON that `inspect` and `check` print: stable shapes that others parse.

`policies/schema/inspect.json` and `check.json` are exported from these types (`cli.schemas`).
"""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen, Problem
from mlgate.domain.decision import Finding, Mode, Skipped, WaivedFinding
from mlgate.domain.workload import Image


class Source(Frozen):
    """Where a document stands."""

    file: str
    document: int


class ReadFailure(Frozen):
    """Why a document cannot be read, and where in the file."""

    message: str
    line: int | None
    column: int | None


class InspectedModel(Frozen):
    """A model the object would load."""

    id: str
    uri: str
    name: str | None
    scheme: str
    revision: str | None
    digest: str | None
    path: str


class InspectedContainer(Frozen):
    """A container the object would run."""

    name: str
    role: str
    image: Image
    path: str


class InspectedReference(Frozen):
    """An object the pods are taken from."""

    api_version: str | None
    kind: str
    name: str
    path: str


class InsecureUri(Frozen):
    """An address whose scheme carries no TLS."""

    uri: str
    path: str


class PlaintextSecret(Frozen):
    """A place that looks like a credential; the value is never shown."""

    path: str
    reason: str


class Inspected(Frozen):
    """What is read in one document."""

    source: Source
    api_version: str
    kind: str
    namespace: str | None
    name: str | None
    serves_model: bool = False
    trains_model: bool = False
    detected_by: tuple[str, ...] = ()
    models: tuple[InspectedModel, ...] = ()
    containers: tuple[InspectedContainer, ...] = ()
    service_accounts: tuple[str, ...] = ()
    references: tuple[InspectedReference, ...] = ()
    insecure_uris: tuple[InsecureUri, ...] = ()
    plaintext_secrets: tuple[PlaintextSecret, ...] = ()
    problems: tuple[Problem, ...] = ()


class Unread(Frozen):
    """A document that cannot be read."""

    source: Source
    error: ReadFailure


class Policy(Frozen):
    """The policy that judged."""

    revision: str
    codes: int


class Checked(Frozen):
    """One document and what became of it."""

    source: Source
    api_version: str | None
    kind: str | None
    namespace: str | None
    name: str | None
    verdict: Literal["allowed", "denied", "skipped", "error"]
    reason: str
    profile: str | None
    tier: str | None
    classification: str | None
    mode: Mode | None
    violations: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    audited: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...]
    suppressed: int
    evaluated: tuple[str, ...]
    skipped_codes: tuple[Skipped, ...]


class CheckedUnread(Checked):
    """A document that could not be read, and so not be judged."""

    error: ReadFailure


class Summary(Frozen):
    """How many of each verdict."""

    allowed: int
    denied: int
    skipped: int
    errors: int


class CheckReport(Frozen):
    """Everything one run of `check` found."""

    policy: Policy
    notes: tuple[str, ...]
    results: tuple[Checked | CheckedUnread, ...]
    summary: Summary
