"""A field with variables or a command line is known by its name, whatever kind has it."""

from __future__ import annotations

from mlgate.workloads.credentials.field_names import command_names, variable_names


def test_the_names_are_those_the_table_has_for_them() -> None:
    assert {"env", "envs", "env_vars", "environmentOverride"} <= variable_names()
    assert {"command", "args", "extraArgs", "entrypoint", "run_options"} <= command_names()


def test_no_name_means_both() -> None:
    assert not variable_names() & command_names()
