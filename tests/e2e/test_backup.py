"""What a backup of the records brings back, and what only the people can: docs/operate.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from casebook.documents import Object
from cluster.kubectl import Answer
from staging import Stage

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT / "tests") not in sys.path:
    sys.path.insert(0, str(ROOT / "tests"))

from pages import blocks  # noqa: E402 - the folder has to be on the path first

NAMESPACE = "records-restored"
CARD, APPROVAL = "ModelCard/ticket-router-1.4.0", "SignOff/ticket-router-1.4.0-business"


def _backup(stage: Stage, folder: Path) -> list[Object]:
    """What the command of the page writes, without what the API server puts into an object."""
    (block,) = [block for block in blocks("operate.md") if block.what == "sh gate"]
    kubeconfig = str(stage.cluster.control_plane.kubeconfig)
    subprocess.run(  # noqa: S603 - our own page
        ["bash", "-euc", block.text],  # noqa: S607 - it is for bash users
        cwd=folder,
        env={
            "PATH": f"{stage.cluster.tools}:{os.environ['PATH']}",
            "KUBECONFIG": kubeconfig,
            "HOME": str(folder),
        },
        check=True,
    )
    items: list[Object] = json.loads((folder / "records.json").read_text())["items"]
    mine = [item for item in items if item["metadata"]["namespace"] == NAMESPACE]
    for item in mine:
        kept = {name: item["metadata"][name] for name in ("name", "namespace")}
        item["metadata"] = kept
    return mine


def _create(stage: Stage, item: Object, *flags: str) -> Answer:
    return stage.cluster.kubectl.send("administrator", "create", [item], *flags)


def test_cards_come_back_and_approvals_do_not(stage: Stage, signing: None, tmp_path: Path) -> None:
    case = stage.copy("ticket-router", NAMESPACE)
    stage.sign([item for item in case.evidence if item["kind"] == "SignOff"])
    items = {f"{item['kind']}/{item['metadata']['name']}": item for item in _backup(stage, tmp_path)}
    assert items.keys() == {CARD, APPROVAL}
    for title in items:
        kind, _, name = title.partition("/")
        stage.cluster.kubectl.must("administrator", "delete", kind, name, "-n", NAMESPACE)

    assert _create(stage, items[CARD]).ok
    refused = _create(stage, items[APPROVAL])
    assert not refused.ok
    assert stage.stored(NAMESPACE, APPROVAL) is None
    # The reason why nobody should have the right to act as an approver.
    assert _create(stage, items[APPROVAL], "--as=bo@example.com", "--as-group=business-owners").ok
