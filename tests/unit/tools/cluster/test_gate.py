from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cluster.gate import GateProcess
from cluster.pki import Authority
from cluster.processes import launch, wait_ready


@pytest.fixture
def gate(tmp_path: Path) -> GateProcess:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    folder = tmp_path / "cluster"
    folder.mkdir()
    return GateProcess(folder, program, folder / "kubeconfig", Authority(folder))


def test_the_engine_is_a_link_that_can_be_taken_away_and_given_back(gate: GateProcess) -> None:
    assert gate.opa.resolve().name == "program"
    gate.take_opa_away()
    assert not gate.opa.exists()
    gate.provide_opa()
    gate.provide_opa()
    assert gate.opa.exists()


def test_a_gate_that_does_not_run_has_no_engine_and_no_status(gate: GateProcess) -> None:
    assert gate.opa_pids() == []
    assert gate.status("/readyz") == 0
    assert not gate.ready()
    gate.stop()


def test_settings_of_the_shell_do_not_reach_the_gate(
    gate: GateProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLGATE_DECISION__ON_ERROR", "allow")
    environment = gate._environment()
    assert "MLGATE_DECISION__ON_ERROR" not in environment
    assert environment["KUBECONFIG"] == str(gate.kubeconfig)


def test_only_programs_named_opa_below_the_gate_are_its_engine(gate: GateProcess, tmp_path: Path) -> None:
    (tmp_path / "opa").symlink_to("/bin/sleep")
    code = f"import subprocess; print('up', flush=True); subprocess.run([{str(tmp_path / 'opa')!r}, '60'])"
    gate.child = launch("parent", [sys.executable, "-c", code], tmp_path)
    wait_ready(gate.child, lambda: bool(gate.opa_pids()), 20)
    (pid,) = gate.opa_pids()
    gate.take_opa_away()
    gate.child.process.wait(20)
    assert pid not in gate.opa_pids()
    gate.stop()
