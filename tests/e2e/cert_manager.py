"""Stands for cert-manager: fills the Secrets of Certificates, and the caBundle where an annotation asks.

What it does not stand for: requests, approval, and when cert-manager itself would renew; tests say when.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from cluster.api import Api, ApiError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

Object = dict[str, Any]
Key = ec.EllipticCurvePrivateKey
Signer = tuple[x509.Certificate, Key]
_WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
_INJECT = "cert-manager.io/inject-ca-from"
_PAUSE = 0.3


def definitions() -> list[Object]:
    """The kinds of cert-manager that the chart makes objects of."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}
    return [
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{kind.lower()}s.cert-manager.io"},
            "spec": {
                "group": "cert-manager.io",
                "scope": "Namespaced",
                "names": {"kind": kind, "plural": f"{kind.lower()}s", "singular": kind.lower()},
                "versions": [version],
            },
        }
        for kind in ("Certificate", "Issuer")
    ]


class CertManager:
    """Looks after the Certificates of one namespace, and after every webhook configuration."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self._lock = threading.Lock()
        self.site: Signer = _own_authority("an authority of the site")
        """Signs for every issuer that is none of the namespace's own."""
        self.faults: list[str] = []

    def renew(self, name: str) -> None:
        """Give a Certificate anew, as its end comes near."""
        with self._lock:
            self._issue(self._get("certificates", name))
            self._inject()

    def replace_site(self) -> None:
        """Another authority signs for the site from now on."""
        self.site = _own_authority("another authority of the site")

    def look(self) -> None:
        """Fill the Secrets that are missing, then the webhook configurations."""
        with self._lock:
            for found in self._api.get(self._path("certificates"))["items"]:
                if self._secret(found["spec"]["secretName"]) is None:
                    self._issue(found)
            self._inject()

    def _issue(self, certificate: Object) -> None:
        """Write the Secret of a Certificate; where its issuer has no authority yet, later."""
        wanted = certificate["spec"]
        kept = self._secret(wanted["secretName"])
        key = _load_key(kept) if kept and wanted["privateKey"]["rotationPolicy"] == "Never" else _new_key()
        signers = self._signers(wanted["issuerRef"])
        if not signers:
            return
        made = _signed(wanted, key, signers[0])
        authority = made if signers[0] is None else signers[0][0]
        data = {"tls.crt": _pem(made), "tls.key": _pem_key(key), "ca.crt": _pem(authority)}
        self._write(wanted["secretName"], data)

    def _signers(self, issuer: Object) -> list[Signer | None]:
        """Who signs for an issuer: nobody yet, an authority, or none where a certificate signs itself."""
        if issuer["kind"] != "Issuer":
            return [self.site]
        spec = self._get("issuers", issuer["name"])["spec"]
        if "selfSigned" in spec:
            return [None]
        kept = self._secret(spec["ca"]["secretName"])
        return [(x509.load_pem_x509_certificate(kept["tls.crt"]), _load_key(kept))] if kept else []

    def _inject(self) -> None:
        """What cainjector does: the `ca.crt` of the Certificate that an annotation names."""
        for found in self._api.get(_WEBHOOKS)["items"]:
            source = found["metadata"].get("annotations", {}).get(_INJECT)
            if source is None:
                continue
            namespace, name = source.split("/")
            assert namespace == self._namespace, source
            kept = self._secret(self._get("certificates", name)["spec"]["secretName"])
            if kept is not None:
                self._trust(found, base64.b64encode(kept["ca.crt"]).decode())

    def _trust(self, found: Object, bundle: str) -> None:
        webhooks = found["webhooks"]
        if all(entry["clientConfig"].get("caBundle") == bundle for entry in webhooks):
            return
        place = f"{_WEBHOOKS}/{found['metadata']['name']}?fieldManager=cert-manager-cainjector"
        patch = [
            {"op": "add", "path": f"/webhooks/{index}/clientConfig/caBundle", "value": bundle}
            for index in range(len(webhooks))
        ]
        self._api.call("PATCH", place, patch, "application/json-patch+json")

    def _secret(self, name: str) -> dict[str, bytes] | None:
        try:
            data = self._api.get(f"/api/v1/namespaces/{self._namespace}/secrets/{name}")["data"]
        except ApiError as refusal:
            if refusal.status != 404:
                raise
            return None
        return {key: base64.b64decode(text) for key, text in data.items()}

    def _write(self, name: str, content: dict[str, bytes]) -> None:
        data = {key: base64.b64encode(text).decode() for key, text in content.items()}
        home = f"/api/v1/namespaces/{self._namespace}/secrets"
        if self._secret(name) is not None:
            self._api.patch(f"{home}/{name}", {"data": data})
            return
        secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "data": data}
        self._api.call("POST", home, secret | {"metadata": {"name": name}})

    def _get(self, plural: str, name: str) -> Object:
        return self._api.get(f"{self._path(plural)}/{name}")

    def _path(self, plural: str) -> str:
        return f"/apis/cert-manager.io/v1/namespaces/{self._namespace}/{plural}"


@contextmanager
def cert_manager(api: Api, namespace: str) -> Iterator[CertManager]:
    """Runs beside what the test does."""
    made, ended = CertManager(api, namespace), threading.Event()

    def run() -> None:
        while not ended.wait(_PAUSE):
            try:
                made.look()
            except Exception as fault:  # noqa: BLE001 - told, and tried again, as a controller does
                made.faults.append(repr(fault))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        thread.join()


def _own_authority(name: str) -> Signer:
    key = _new_key()
    return _signed({"isCA": True, "commonName": name, "duration": "43800h"}, key, None), key


def _signed(wanted: Object, key: Key, signer: Signer | None) -> x509.Certificate:
    """A certificate as cert-manager makes them: with identifiers of keys, and no number of the issuer's."""
    name = x509.Name.from_rfc4514_string(f"CN={wanted['commonName']}" if "commonName" in wanted else "")
    issuer, signing = (signer[0].subject, signer[1]) if signer else (name, key)
    now, is_authority = datetime.now(UTC), bool(wanted.get("isCA"))
    made = (
        x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=int(wanted["duration"].removesuffix("h"))))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    if is_authority:
        made = made.add_extension(_signs(), critical=True)
    if "dnsNames" in wanted:
        hosts = [x509.DNSName(host) for host in wanted["dnsNames"]]
        made = made.add_extension(x509.SubjectAlternativeName(hosts), critical="commonName" not in wanted)
    if "server auth" in wanted.get("usages", []):
        made = made.add_extension(
            x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    return made.sign(signing, hashes.SHA256())


def _signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _load_key(kept: dict[str, bytes]) -> Key:
    key = load_pem_private_key(kept["tls.key"], None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _pem_key(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
