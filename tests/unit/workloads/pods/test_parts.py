"""The parts of an object."""

from __future__ import annotations

import pytest

from mlgate.domain.workload import PodTemplate
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod


@pytest.mark.parametrize(
    ("given", "path", "expected"),
    [
        (None, "spec.steps[2]", "spec.steps[2]"),
        ("x[#]", "spec", "x[0]"),
        ("x[#]", "spec.steps[2]", "x[2]"),
        ("service:*", "spec.services.Worker", "service:Worker"),
        ("*", "spec.replicas['the one'].template", "template"),
        ("*", "spec.replicas['the one']", "the one"),
    ],
)
def test_the_id_of_a_part_says_where_it_stands(given: str | None, path: str, expected: str) -> None:
    pod = Pod(PodTemplate(path=path), (), (), {})

    assert Part(Component(path="spec", id=given), path, {}, pod).id == expected
