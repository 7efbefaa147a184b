"""TLS mode cert-manager, the default: two replicas serve what was issued, and renewals fail no review.

A small program stands for cert-manager. The tests follow one installation, in their order.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from cert_manager import CertManager, cert_manager, definitions
from chart.rendering import NAMESPACE, RELEASE
from cluster.api import Api
from conftest import ROOT
from cryptography import x509
from installation import Installation, cluster, until
from refusals import refused_by_gate
from reviewing import LONG, Reviews, enforce, served
from steady import RATE, Wanted

SERVING, AUTHORITY = f"{RELEASE}-tls", f"{RELEASE}-authority"
OF_THE_SITE = [
    f"tls.certManager.issuerRef.{field}={value}"
    for field, value in (("name", "site"), ("kind", "ClusterIssuer"), ("group", "cert-manager.io"))
]


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]
) -> Iterator[tuple[Installation, CertManager]]:
    say("a control plane with a node starts, and helm installs mlgate with certificates of cert-manager")
    with cluster(tmp_path_factory.mktemp("issued"), ROOT / ".tools" / "bin") as made:
        plane = made.plane
        assert plane.kubectl.send("administrator", "create", definitions()).ok
        flags = ("--for=condition=Established", "crd", "--all", "--timeout=60s")
        plane.kubectl.must("administrator", "wait", *flags)
        api = Api(plane.url, plane.authority.certificate, plane.tokens["administrator"])
        with cert_manager(api, NAMESPACE) as issuing:
            enforce(made)
            yield made, issuing


@pytest.fixture(scope="module")
def site(both: tuple[Installation, CertManager]) -> Installation:
    return both[0]


@pytest.fixture(scope="module")
def issuing(both: tuple[Installation, CertManager]) -> CertManager:
    return both[1]


def _stored(site: Installation, secret: str, key: str) -> bytes:
    return base64.b64decode(site.get("secret", secret, "-n", NAMESPACE)["data"][key])


def _trusted(site: Installation) -> bytes:
    return base64.b64decode(site.trusted())


def test_the_certificate_that_was_issued_is_served_and_its_authority_trusted(site: Installation) -> None:
    assert site.get("deployment", RELEASE, "-n", NAMESPACE)["status"]["readyReplicas"] == 2
    assert served(site) == {_stored(site, SERVING, "tls.crt").decode()}
    assert _trusted(site) == _stored(site, AUTHORITY, "tls.crt")


def test_a_certificate_that_is_renewed_is_taken_up_in_place_and_fails_no_review(
    site: Installation, issuing: CertManager, reviews: Reviews
) -> None:
    pods, before, trusted = {pod.uid for pod in site.node.ready}, served(site), _trusted(site)
    with reviews() as sent:
        issuing.renew(SERVING)
        until(lambda: not before & served(site), LONG, "the old certificate is still served")
        sent.wait_for(RATE)
    assert (_trusted(site), {pod.uid for pod in site.node.ready}) == (trusted, pods)
    assert sent.failed == []


def test_the_authority_of_the_chart_is_renewed_and_then_the_certificate_and_no_review_fails(
    site: Installation, issuing: CertManager, reviews: Reviews
) -> None:
    before, trusted, key = served(site), _trusted(site), _stored(site, AUTHORITY, "tls.key")
    with reviews() as sent:
        issuing.renew(AUTHORITY)
        assert _trusted(site) == trusted, "the certificate still names the one before"
        sent.wait_for(RATE)
        # From here on the new one is trusted, and for a while replicas serve what the old one gave.
        issuing.renew(SERVING)
        assert _trusted(site) == _stored(site, AUTHORITY, "tls.crt") != trusted
        until(lambda: not before & served(site), LONG, "the old certificate is still served")
        sent.wait_for(RATE)
    assert sent.failed == []
    assert _stored(site, AUTHORITY, "tls.key") == key


def test_another_authority_behind_an_issuer_of_the_site_is_not_bridged(
    site: Installation, issuing: CertManager, wanted: list[Wanted]
) -> None:
    # As docs/operate.md says. Replicas look for a new certificate so seldom here that the gap stays open.
    site.change(*OF_THE_SITE, "tls.reloadSeconds=3600")
    issuing.renew(SERVING)
    _restart(site)
    good, bad = wanted[0].object, wanted[2].object
    until(lambda: site.send(good, "--dry-run=server").ok, LONG, "the site's own authority is not believed")
    assert refused_by_gate(site.send(bad, "--dry-run=server"))

    issuing.replace_site()
    issuing.renew(SERVING)
    until(lambda: not site.send(good, "--dry-run=server").ok, 30, "the old certificate is still believed")
    assert "certificate signed by unknown authority" in site.send(good, "--dry-run=server").errors
    _restart(site)
    until(lambda: site.send(good, "--dry-run=server").ok, LONG, "the new authority is not believed")
    assert x509.load_pem_x509_certificate(_trusted(site)) == issuing.site[0]


def _restart(site: Installation) -> None:
    kubectl, deployment, before = site.plane.kubectl, f"deployment/{RELEASE}", site.running()
    kubectl.must("administrator", "rollout", "restart", deployment, "-n", NAMESPACE)
    flags = ("-n", NAMESPACE, "--timeout=50s")
    until(
        lambda: kubectl("administrator", "rollout", "status", deployment, *flags).ok,
        LONG,
        "the replicas do not come back",
    )
    until(lambda: not before & site.running(), LONG, "replicas with the certificate of before stay")
