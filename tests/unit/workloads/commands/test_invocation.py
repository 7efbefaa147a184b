"""What a container runs: flags, known programs, variables."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.read import read_invocation
from mlgate.workloads.pods.containers import read_container
from mlgate.workloads.reading import Reader


def invocation(*args: str, env: dict[str, str] | None = None, **raw: Any) -> Invocation:
    variables = [{"name": name, "value": value} for name, value in (env or {}).items()]
    container = {"args": list(args), "env": variables, **raw}
    return read_invocation(read_container(Reader(), container, "c", "server", "x", {}))


@pytest.mark.parametrize(
    ("args", "flags"),
    [
        (["--a", "b"], [("a", "b", False)]),
        (["--a=b=c"], [("a", "b=c", True)]),
        (["--a_b", "c"], [("a-b", "c", False)]),
        (["-a", "b"], [("a", "b", False)]),
        (["--a", "--b"], [("a", None, False), ("b", None, False)]),
        (["--a="], [("a", None, True)]),
        (["--a", "; b"], [("a", None, False)]),
        (
            ["--enable-x", "b", "--no-y", "c", "--disable-z", "d"],
            [("enable-x", None, False), ("no-y", None, False), ("disable-z", None, False)],
        ),
        (["--trust-remote-code", "b"], [("trust-remote-code", None, False)]),
        (["-", "--", "b"], []),
        (["python", "-m", "vllm.entrypoints.x", "--a"], [("a", None, False)]),
    ],
)
def test_flags_have_their_name_and_value(args: list[str], flags: list[tuple[str, str | None, bool]]) -> None:
    assert [(flag.name, flag.value, flag.joined) for flag in invocation(*args).flags] == flags


@pytest.mark.parametrize(
    ("args", "programs"),
    [
        (["vllm", "serve", "x"], ["vllm"]),
        (["vllm"], []),
        (["echo", "tritonserver"], []),
        (["tritonserver"], ["triton"]),
        (["sh", "-c", "a; tritonserver & vllm serve x"], ["triton", "vllm"]),
        (["mlflow", "models", "serve"], ["mlflow"]),
        (["trtllm-serve", "serve", "x"], ["tensorrt-llm"]),
        (["aws", "s3", "cp", "a", "b"], []),
    ],
)
def test_known_programs_are_found(args: list[str], programs: list[str]) -> None:
    assert [program.name for program in invocation(*args).programs] == programs


def test_the_program_of_the_image_comes_behind_those_of_the_line() -> None:
    found = invocation("tritonserver", image="vllm/vllm-openai:1")

    assert [program.name for program in found.programs] == ["triton", "vllm"]
    assert found.library == "hub"
    assert invocation("x").library is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)", "1"),
        ("${A}", "1"),
        ("$A/x", "1/x"),
        ("$(NONE)", "$(NONE)"),
        ("${NONE}", "${NONE}"),
        ("${NONE:-d}", "d"),
        ("${NONE-d}", "d"),
        ("${NONE:=d}", "d"),
        ("${A:-d}", "1"),
        ("${NONE:-}", ""),
        ("a${IFS}b", "a b"),
        ("$C", "2"),
        ("$B", "$B"),
        ("$(B)", "3"),
        ("$", "$"),
        ("no", "no"),
        ("$(T)", "$(T)"),
        ("$E", "$E"),
    ],
)
def test_references_are_replaced_as_kubelet_and_shells_do(text: str, expected: str) -> None:
    found = invocation("sh", "-c", "B=2; C=2; x $B", env={"A": "1", "B": "3", "T": "hf_" + "a1B2" * 10})

    assert found.expand(text) == expected


def test_a_variable_without_a_literal_value_stays_a_reference() -> None:
    env = [{"name": "S", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    slot = read_container(Reader(), {"args": ["--model", "$(S)"], "env": env}, "c", "server", "x", {})

    assert [flag.value for flag in read_invocation(slot).flags] == ["$(S)"]


def test_what_grows_past_the_limit_is_cut() -> None:
    found = invocation("x", env={"A": "y" * 5000})

    assert len(found.expand("$(A)$(A)")) == 4096
    assert len(found.expand("$(A)" * 5000)) == 4096
    assert not invocation("$(A)" * 100, env={"A": "y" * 5000}).complete


HOOK = {"exec": {"command": ["vllm", "serve", 1]}}


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"lifecycle": {"postStart": HOOK}}, "c.lifecycle.postStart.exec.command[0]"),
        ({"lifecycle": {"preStop": HOOK}}, "c.lifecycle.preStop.exec.command[0]"),
        ({"startupProbe": HOOK}, "c.startupProbe.exec.command[0]"),
        ({"livenessProbe": HOOK}, "c.livenessProbe.exec.command[0]"),
        ({"readinessProbe": HOOK}, "c.readinessProbe.exec.command[0]"),
    ],
)
def test_commands_of_hooks_and_probes_are_commands(raw: dict[str, Any], path: str) -> None:
    found = invocation("sleep", "1", **raw)

    assert [(call.program.name, call.path) for call in found.calls] == [("vllm", path)]


def test_a_hook_of_the_wrong_type_runs_nothing() -> None:
    assert not invocation(
        "x", lifecycle={"postStart": {"exec": {"command": "vllm serve x"}}}, livenessProbe=1
    ).calls


def test_the_words_behind_a_command_end_with_it() -> None:
    found = invocation("sh", "-c", "vllm serve a --b c; d")

    assert [[word.text for word in call.behind] for call in found.calls] == [["a", "--b", "c"]]


def test_the_programs_of_a_long_script_are_worked_out_once() -> None:
    found = invocation("vllm serve o/m;" * 4_000, command=["sh", "-c"])

    assert len(found.calls) == 4_000
    assert [program.name for program in found.programs] == ["vllm"]
    assert found.programs is found.programs


def test_a_command_that_is_met_again_counts_only_where_it_leads() -> None:
    found = invocation("curl a; echo curl a; curl a", command=["sh", "-c"])

    assert [call.program.name for call in found.calls] == ["download"] * 2
