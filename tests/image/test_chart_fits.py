"""What the chart runs is in the image, and what the image needs is in the chart."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from chart.rendering import objects, only, render
from layout import Image

Container = dict[str, Any]


@pytest.fixture(scope="module")
def pod() -> dict[str, Any]:
    """The pod of the chart's Deployment."""
    found: dict[str, Any] = only(objects(render()), "Deployment")["spec"]["template"]["spec"]
    return found


@pytest.fixture(scope="module")
def containers(pod: dict[str, Any]) -> list[Container]:
    """Every container that runs from mlgate's own image."""
    found = [*pod["initContainers"], *pod["containers"]]
    assert len({container["image"] for container in found}) == 1
    return found


def _command(image: Image, container: Container) -> list[str]:
    """What a container runs: its own command, or the entrypoint."""
    command = container.get("command") or json.loads(image.stage.every("ENTRYPOINT")[0].value)
    return [*command, *container.get("args", [])]


def test_every_program_it_runs_is_there(image: Image, containers: list[Container]) -> None:
    programs = {container["name"]: _command(image, container)[0] for container in containers}
    assert programs.pop("opa") == "/opt/mlgate/bin/opa"
    assert set(programs.values()) == {"/opt/mlgate/bin/mlgate"}
    for container in containers:
        assert os.access(image.path(_command(image, container)[0]), os.X_OK)


def test_every_command_of_mlgate_is_known_to_it(
    image: Image, containers: list[Container], tmp_path: Path
) -> None:
    for container in containers:
        program, *words = _command(image, container)
        if program.endswith("/mlgate"):
            names = [word for word in words if not word.startswith("-")]
            told = subprocess.run(  # noqa: S603 - our own program
                [str(image.path(program)), *names, "--help"],
                env=image.environment(tmp_path),
                capture_output=True,
                text=True,
                check=False,
            )
            assert told.returncode == 0, told.stderr
            assert f"mlgate {' '.join(names)}" in told.stdout


def test_it_runs_as_the_user_of_the_image(
    image: Image, pod: dict[str, Any], containers: list[Container]
) -> None:
    user, group = image.stage.every("USER")[0].value.split(":")
    security = pod["securityContext"]
    assert [str(security["runAsUser"]), str(security["runAsGroup"])] == [user, group]
    assert all(container["securityContext"]["readOnlyRootFilesystem"] is True for container in containers)


def test_what_the_image_writes_to_is_a_volume(
    image: Image, pod: dict[str, Any], containers: list[Container]
) -> None:
    emptied = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
    cache = Path(image.stage.variables["XDG_CACHE_HOME"])
    for container in containers:
        if container["name"] != "opa":
            mounted = {mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] in emptied}
            assert "/tmp" in mounted  # noqa: S108 - in the container
            assert cache.is_relative_to("/tmp")  # noqa: S108 - as above


def test_no_volume_hides_what_the_image_brings(image: Image, containers: list[Container]) -> None:
    for container in containers:
        for mount in container["volumeMounts"]:
            hidden = image.path(mount["mountPath"])
            assert not hidden.exists() or not any(hidden.iterdir()) or mount["mountPath"] == "/tmp"  # noqa: S108


def test_it_listens_where_the_image_says(image: Image, containers: list[Container]) -> None:
    (gate,) = [container for container in containers if container["name"] == "mlgate"]
    ports = [str(port["containerPort"]) for port in gate["ports"]]
    assert ports == [item.value for item in image.stage.every("EXPOSE")]
