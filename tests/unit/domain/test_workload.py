"""A workload in one form, with the names the input document gives its fields."""

from __future__ import annotations

import pytest

from mlgate.domain.base import Problem
from mlgate.domain.workload import EnvVar, PodTemplate, Workload

PLAIN = Workload(api_version="v1", kind="Pod", namespace="bank", name="x")


def test_a_workload_that_says_nothing_of_models_is_of_no_concern() -> None:
    assert not PLAIN.concerns_a_model


@pytest.mark.parametrize("fact", ["serves_model", "trains_model", "is_runtime", "is_route"])
def test_each_of_the_four_facts_alone_makes_it_one(fact: str) -> None:
    assert PLAIN.model_copy(update={fact: True}).concerns_a_model


def test_what_could_not_be_read_is_never_waved_through() -> None:
    problem = Problem(path="spec", message="is no map")

    assert PLAIN.model_copy(update={"problems": (problem,)}).concerns_a_model


def test_names_that_camel_case_would_miss_are_those_of_kubernetes() -> None:
    pod = PodTemplate(path="spec", host_pid=True).wire()
    variable = EnvVar(name="A", from_="secretKey", from_name="s", path="p").wire()

    assert (pod["hostPID"], pod["hostIPC"], pod["hostNetwork"]) == (True, False, False)
    assert variable == {"name": "A", "value": None, "from": "secretKey", "fromName": "s", "path": "p"}
