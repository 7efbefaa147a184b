"""What is none of the gate's business goes its way."""

from __future__ import annotations

from refusals import refusal, refused_by_gate
from staging import Stage


def test_ordinary_deployments_config_maps_and_services_pass(stage: Stage) -> None:
    case = stage.copy("ordinary-objects", "shop")
    for expected in case.expected.objects:
        answer = stage.submit(case, expected)
        assert answer.ok, f"{expected.object}: {answer.errors}"
        assert "Warning" not in answer.errors
    stage.cluster.kubectl.must(
        "engineer", "wait", "--for=create", "pod", "-l", "app=storefront", "-n", case.name, "--timeout=30s"
    )


def test_a_model_server_beside_them_is_found(stage: Stage) -> None:
    case = stage.copy("ordinary-objects-no-longer", "shop-with-a-helper")
    for expected in case.expected.objects:
        answer = stage.submit(case, expected)
        assert answer.ok == (expected.verdict == "skipped"), answer.errors
        if expected.verdict == "denied":
            assert refused_by_gate(answer)
            assert refusal(answer.errors).codes == sorted(expected.violations)


def test_a_namespace_that_is_not_gated_keeps_its_plain_workloads(stage: Stage) -> None:
    case = stage.prepare("ordinary-objects-no-longer")
    hidden = next(entry for entry in case.manifest if entry["kind"] == "CronJob")
    elsewhere = {**hidden, "metadata": {**hidden["metadata"], "namespace": "default"}}
    assert stage.cluster.kubectl.send("engineer", "create", [elsewhere]).ok
