from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from cluster.kubectl import Kubectl, manifest
from cluster.processes import ClusterError

FAKE = """#!/bin/sh
echo "$@"
cat
case "$*" in *refuse*) echo "Error from server (Forbidden): no" >&2; exit 1 ;; esac
"""


@pytest.fixture
def kubectl(tmp_path: Path) -> Kubectl:
    program = tmp_path / "kubectl"
    program.write_text(FAKE)
    program.chmod(0o755)
    return Kubectl(program, tmp_path / "config", tmp_path / "cache")


def test_every_call_names_the_person(kubectl: Kubectl) -> None:
    answer = kubectl("engineer", "get", "pods", stdin="")
    assert answer.ok
    assert "--context=engineer get pods" in answer.output
    assert f"--kubeconfig={kubectl.kubeconfig}" in answer.output


def test_objects_go_through_standard_input(kubectl: Kubectl) -> None:
    answer = kubectl.send("lead", "create", [{"kind": "A"}, {"kind": "B"}], "--dry-run=server")
    first, _, rest = answer.output.partition("\n")
    assert first.endswith("create -f - --dry-run=server")
    assert list(yaml.safe_load_all(rest)) == [{"kind": "A"}, {"kind": "B"}]


def test_a_refusal_is_an_answer(kubectl: Kubectl) -> None:
    answer = kubectl("engineer", "refuse", stdin="")
    assert not answer.ok
    assert answer.errors == "Error from server (Forbidden): no\n"


def test_a_step_that_has_to_succeed_raises(kubectl: Kubectl) -> None:
    assert kubectl.must("engineer", "get", stdin="").endswith("get\n")
    with pytest.raises(ClusterError, match=r"kubectl refuse as engineer: Error from server"):
        kubectl.must("engineer", "refuse", stdin="")


def test_a_stream_of_objects_keeps_their_order() -> None:
    assert manifest([{"kind": "A", "a": 1}, {"kind": "B"}]) == "kind: A\na: 1\n---\nkind: B\n"
