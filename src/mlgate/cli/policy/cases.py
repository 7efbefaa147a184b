"""Run cases: each through the same gate as `mlgate check`, with the author's own rules in the bundle."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mlgate.assembly import CheckFrom, Running, assemble_check, gate_for_check
from mlgate.cli.beside import signatures_of
from mlgate.cli.manifests import Document, documents_of, file_contents, load_documents
from mlgate.cli.options import moment
from mlgate.cli.requests import request_for
from mlgate.cli.results import FINDING_LISTS, Result
from mlgate.domain.deadline import Deadline
from mlgate.domain.request import UserInfo
from mlgate.errors import PolicyError
from mlgate.policy.workbench.case_file import Case, PlacedCase

SECONDS_EACH = 30.0


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one case."""

    placed: PlacedCase
    problems: tuple[str, ...]
    """How it differs from what was expected."""
    found: tuple[str, ...]
    """What the gate said instead, a line for each finding; for a case that failed."""


async def run_cases(cases: Iterable[PlacedCase], site: Path | None) -> list[CaseOutcome]:
    """Judge every case.

    Raises:
        MlgateError: the bundle cannot be built, or a file that a case names cannot be read.
    """
    groups: dict[str, list[PlacedCase]] = {}
    for placed in cases:
        groups.setdefault(json.dumps(placed.case.settings, sort_keys=True), []).append(placed)
    outcomes: list[CaseOutcome] = []
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        for text, group in groups.items():
            settings = _written(Path(folder), text)
            base = CheckFrom(objects=(), namespace="default", bundle=site, overrides=settings)
            async with assemble_check(base) as ready:
                outcomes += [await _outcome(placed, base, ready) for placed in group]
    return sorted(outcomes, key=lambda outcome: (outcome.placed.file, outcome.placed.line))


def _written(folder: Path, settings: str) -> Path | None:
    """The settings of some cases as the file a check takes."""
    value = json.loads(settings)
    if not value:
        return None
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump(value), encoding="utf-8")
    return path


async def _outcome(placed: PlacedCase, base: CheckFrom, ready: Running) -> CaseOutcome:
    case = placed.case
    manifest, source = _manifest(placed), _source(placed, base)
    user = _user(case)
    results: list[Result] = []
    with gate_for_check(source, ready.engine) as gate:
        for document in manifest:
            assert document.object is not None  # noqa: S101 - read above
            request = request_for(document.object, default_namespace=case.namespace, user=user)
            judgement = await gate.judge(request, Deadline.after(SECONDS_EACH))
            results.append(Result(document, request.namespace, judgement.verdict))
    problems = tuple(_problems(case, results, ready.manifest.codes))
    return CaseOutcome(placed, problems, tuple(_found(results)) if problems else ())


def _source(placed: PlacedCase, base: CheckFrom) -> CheckFrom:
    """Where the gate takes the evidence of a case from: as `check` does from its options."""
    case, folder = placed.case, placed.file.parent
    evidence = [
        document
        for entry in case.evidence
        for document in (
            load_documents([str(folder / entry)]) if isinstance(entry, str) else _inline(placed, entry)
        )
    ]
    contents = dict(file_contents(str(folder / name) for name in case.cards))
    for name, content in contents.items():
        if not isinstance(content, bytes):
            raise PolicyError(f"{placed.file}:{placed.line}: {name}: {content}")
    return CheckFrom(
        objects=tuple(_object(placed, item) for item in (*_manifest(placed), *evidence)),
        namespace=case.namespace,
        profile=case.profile,
        at=moment(case.at, "at"),
        bundle=base.bundle,
        overrides=base.overrides,
        assume_authenticated=case.assume_authenticated,
        card_files={name: content for name, content in contents.items() if isinstance(content, bytes)},
        card_signatures=signatures_of(contents.items()),
    )


def _manifest(placed: PlacedCase) -> list[Document]:
    """The objects that are judged."""
    case = placed.case
    if case.manifest_file is not None:
        found = load_documents([str(placed.file.parent / case.manifest_file)])
    else:
        objects = case.manifest if isinstance(case.manifest, list) else [case.manifest]
        found = [document for item in objects for document in _inline(placed, item)]
    if not found:
        raise PolicyError(f"{placed.file}:{placed.line}: the manifest of case {placed.case.name!r} is empty")
    for document in found:
        _object(placed, document)
    return found


def _inline(placed: PlacedCase, value: Any) -> list[Document]:
    return list(documents_of(str(placed.file), json.dumps(value).encode()))


def _object(placed: PlacedCase, document: Document) -> dict[str, Any]:
    if document.object is None:
        place = f"{placed.file}:{placed.line}: case {placed.case.name!r}"
        raise PolicyError(f"{place}: {document.place}: {document.error}")
    return document.object


def _user(case: Case) -> UserInfo | None:
    if case.user is None:
        return None
    if isinstance(case.user, str):
        return UserInfo(username=case.user, groups=())
    return UserInfo(username=case.user.name, groups=case.user.groups)


def _problems(case: Case, results: list[Result], codes: frozenset[str]) -> Iterator[str]:
    """How the verdicts differ from what was expected."""
    verdict, expect = _verdict(results), case.expect
    if expect.verdict not in (None, verdict):
        yield f"expected {expect.verdict}, found {verdict}"
    states = _states(results)
    for wanted, listed in (("violations", expect.violations), ("warnings", expect.warnings)):
        for code in listed:
            if code not in codes:
                yield f"expected {code} among the {wanted}; there is no such code"
            elif wanted not in states.get(code, ()):
                yield f"expected {code} among the {wanted}; {_instead(code, results, states)}"
    for code in expect.absent:
        if code not in codes:
            yield f"expected {code} to be absent; there is no such code"
        elif states.get(code) or not _evaluated(code, results):
            yield f"expected {code} to be absent; {_instead(code, results, states)}"


def _verdict(results: list[Result]) -> str:
    """The verdict on all objects of a case: that of the worst."""
    words = {result.word for result in results}
    return next(word for word in ("error", "denied", "allowed", "skipped") if word in words)


def _states(results: list[Result]) -> Mapping[str, list[str]]:
    """By code, the lists of findings that it stands in."""
    found: dict[str, list[str]] = {}
    for result in results:
        for name in FINDING_LISTS:
            for finding in result.findings(name):
                found.setdefault(finding.code, []).append(name)
    return found


def _evaluated(code: str, results: list[Result]) -> bool:
    return any(code in result.decision.evaluated for result in results if result.decision)


def _instead(code: str, results: list[Result], states: Mapping[str, list[str]]) -> str:
    """What became of a code."""
    if states.get(code):
        return f"it is among the {', '.join(sorted(set(states[code])))}"
    for result in results:
        for entry in result.decision.skipped if result.decision else ():
            if entry.code == code:
                return f"it was not judged: {entry.reason} ({entry.detail})"
    return "it found nothing" if _evaluated(code, results) else "it was not judged"


def _found(results: list[Result]) -> Iterator[str]:
    """Everything the gate said."""
    for result in results:
        yield f"{result.title}: {result.word}, {result.reason}"
        for name in FINDING_LISTS:
            for finding in result.findings(name):
                yield f"  {name}: {finding.code}: {finding.message}"
