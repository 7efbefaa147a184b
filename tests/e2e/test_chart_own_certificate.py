"""A certificate of one's own, changed by the commands of the pages under 50 reviews a second.

The tests follow one installation, in their order.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chart.rendering import NAMESPACE, RELEASE
from cluster.pki import Authority
from conftest import ROOT
from installation import Installation, until
from operators import Block, Operator, blocks, write_programs
from reviewing import LONG, Reviews, enforcing, served
from steady import RATE

HOST = f"{RELEASE}.{NAMESPACE}.svc"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Installation]:
    say("a control plane with a node starts, and helm installs mlgate, whose certificate will be changed")
    with enforcing(tmp_path_factory.mktemp("own"), "tls.mode=helm") as made:
        yield made


@pytest.fixture(scope="module")
def operator(site: Installation, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("operator")
    (folder / "charts").symlink_to(ROOT / "charts")
    write_programs(folder)
    return Operator(site.plane, folder)


def _pair(folder: Path, into: Path) -> str:
    """The files the pages name, of a new authority; its certificate."""
    authority = Authority(folder, f"an authority of the site in {folder.name}")
    pair = authority.server("serving", [HOST])
    shutil.copy(authority.certificate, into / "ca.crt")
    shutil.copy(pair.certificate, into / "tls.crt")
    shutil.copy(pair.key, into / "tls.key")
    return pair.certificate.read_text()


def _trusted(site: Installation) -> str:
    return base64.b64decode(site.trusted()).decode()


def _moving() -> list[Block]:
    """How install.md goes from `helm` to `existing`: the bundle, then the Secret and the upgrade."""
    found = [block for block in blocks("install.md") if "both-ca.crt" in block.text]
    assert ["kubectl get secret" in block.text for block in found] == [True, False]
    return [Block("sh chart", block.text) for block in found]


def _rotating() -> list[Block]:
    """How operate.md rotates: trust both, change the Secret, trust the new one alone."""
    found = [block for block in blocks("operate.md") if block.what == "sh chart"]
    assert [[word in block.text for word in ("both-ca.crt", "secret tls")] for block in found] == [
        [True, False],
        [False, True],
        [False, False],
    ]
    return found


def test_from_helm_to_a_certificate_of_ones_own_in_the_middle_of_a_change_of_generation(
    site: Installation, operator: Operator, reviews: Reviews, tmp_path: Path
) -> None:
    own, before = _pair(tmp_path, operator.folder), served(site)
    site.change("tls.helm.generation=2")
    assert served(site) == before, "what is served is of the authority before the newest"
    replicas = {pod.name for pod in site.node.ready}
    bundle, upgrade = _moving()
    with reviews() as sent:
        operator.run(bundle)
        operator.run(upgrade)
        until(lambda: not replicas & site.running(), LONG, "the old replicas stay")
        sent.wait_for(RATE)
    assert sent.failed == []
    assert served(site) == {own}
    assert _trusted(site).count("BEGIN CERTIFICATE") == 3
    operator.run(_rotating()[-1])
    assert _trusted(site) == (operator.folder / "ca.crt").read_text()


def test_the_content_of_the_secret_is_rotated_and_no_review_fails(
    site: Installation, operator: Operator, reviews: Reviews, tmp_path: Path
) -> None:
    folder, before = operator.folder, served(site)
    (folder / "ca.crt").rename(folder / "old-ca.crt")
    renewed = _pair(tmp_path, folder)
    both, secret, alone = _rotating()
    with reviews() as sent:
        operator.run(both)
        assert served(site) == before
        operator.run(secret)
        assert served(site) == {renewed}, "the page says that nobody serves the old one now"
        operator.run(alone)
        sent.wait_for(2 * RATE)
    assert _trusted(site) == (folder / "ca.crt").read_text()
    assert sent.failed == []


def test_the_page_stops_at_a_certificate_that_does_not_fit(operator: Operator, tmp_path: Path) -> None:
    kept = (operator.folder / "ca.crt").read_bytes()
    (operator.folder / "ca.crt").write_bytes(Authority(tmp_path, "a stranger").pem())
    told = operator.run(Block("sh chart exit=2", _rotating()[0].text))
    assert "verification failed" in told
    (operator.folder / "ca.crt").write_bytes(kept)
