"""The same example gets the same findings from `mlgate check`, over HTTP and from kubectl."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from casebook.cases import EXAMPLES, Case, Expectation, Requester
from casebook.documents import Object, label, read_all, write_all
from casebook.outcome import in_files
from casebook.twins import cases_on
from reviews import ask
from staging import Stage, is_default_account, judged, requester
from verdicts import (
    DecisionLog,
    from_check,
    from_kubectl,
    from_response,
    record_of_check,
    record_of_log,
    record_without,
    without,
)

pytestmark = pytest.mark.usefixtures("signing")

MLGATE = Path(sys.executable).with_name("mlgate")

QUESTIONS = [
    pytest.param(case.name, expected.object, id=f"{case.name}:{expected.object}")
    for case in cases_on(datetime.now(UTC).date(), EXAMPLES)
    for expected in case.expected.objects
]
Results = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def checked(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Every example judged by `mlgate check`, by namespace and object; one run per requester."""
    folder = tmp_path_factory.mktemp("check")
    evidence = [
        *read_all(EXAMPLES / "cluster.yaml"),
        *(item for case in cases.values() for item in case.evidence),
        # Kubernetes makes this one in every namespace whose case brings none.
        *(
            default_account(name)
            for name, case in cases.items()
            if not any(is_default_account(item) for item in case.evidence)
        ),
    ]
    write_all(folder / "evidence.yaml", evidence, "Evidence of all examples.")
    asked: dict[Requester, list[Any]] = defaultdict(list)
    for case in cases.values():
        for expected in case.expected.objects:
            asked[requester(expected)].append(judged(case, expected))
    found: Results = {}
    for number, (user, objects) in enumerate(asked.items()):
        path = folder / f"manifest-{number}.yaml"
        write_all(path, objects, f"What {user.username} sends.")
        for result in _check(path, folder / "evidence.yaml", user):
            found[result["namespace"] or result["name"], f"{result['kind']}/{result['name']}"] = result
    return found


def default_account(namespace: str) -> Object:
    """The service account of pods that name none."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": namespace},
    }


def _check(manifest: Path, evidence: Path, user: Requester) -> Iterable[dict[str, Any]]:
    groups = [f"--group={group}" for group in user.groups]
    command = [str(MLGATE), "check", str(manifest), "--evidence", str(evidence), "--assume-authenticated"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, f"--user={user.username}", *groups, "--output=json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    for result in report["results"]:
        yield {**result, "revision": report["policy"]["revision"]}


def _expectation(case: Case, title: str) -> Expectation:
    return next(expected for expected in case.expected.objects if expected.object == title)


@pytest.mark.parametrize(("name", "title"), QUESTIONS)
def test_check_http_and_kubectl_agree(stage: Stage, checked: Results, name: str, title: str) -> None:
    case = stage(name)
    expected = _expectation(case, title)
    entry = judged(case, expected)
    assert label(entry) == title
    log = DecisionLog(stage.cluster.folder / "mlgate.log")
    result = checked[name, title]

    response = ask(stage.cluster.gate, entry, requester(expected))
    http = log.newest(decisionId=response["auditAnnotations"]["decision-id"])
    refused = [entry for entry in http["unavailable"] if not entry.endswith(":disabled")]
    assert refused == [], "mlgate's own account may read whatever it needs"
    beyond = expected.needs_cluster  # what a check must leave to the cluster is listed, never hidden
    assert without(from_response(response), beyond) == from_check(result)
    assert record_without(record_of_log(http), beyond) == record_of_check(result, result["revision"])
    assert _skipped(result) - set(http["skipped"]) == set(beyond)
    assert set(http["skipped"]) <= _skipped(result), "a check cannot know more than the cluster"

    if expected.refused_first:
        assert not stage.submit(case, expected, "--dry-run=server").ok
        return
    answer = stage.submit(case, expected, "--dry-run=server", "-v=10")
    assert without(from_kubectl(answer), beyond) == from_check(result)
    if result["verdict"] != "skipped":
        logged = log.newest(namespace=http["namespace"], name=http["name"], kind=http["kind"], dryRun=True)
        assert record_without(record_of_log(logged), beyond) == record_of_check(result, result["revision"])
        assert logged["skipped"] == http["skipped"]


def _skipped(result: dict[str, Any]) -> set[str]:
    return {entry["code"] for entry in result["skippedCodes"]}


@pytest.mark.parametrize(("name", "title"), QUESTIONS)
def test_the_verdict_is_the_one_the_example_expects(
    cases: dict[str, Case], checked: Results, name: str, title: str
) -> None:
    expected = in_files(_expectation(cases[name], title))
    result = checked[name, title]
    assert result["verdict"] == expected.verdict
    for codes in ("violations", "warnings", "audited", "waived"):
        found = sorted(entry["code"] for entry in result[codes])
        assert found == sorted(getattr(expected, codes)), codes
