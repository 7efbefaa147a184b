"""What becomes of the serving certificate, as metrics."""

from __future__ import annotations

from pathlib import Path

import trustme

from mlgate.web.certificate_metrics import CertificateMetrics
from mlgate.web.metrics import Metrics
from mlgate.web.tls import ServingCertificate


def _write(folder: Path) -> tuple[Path, Path]:
    issued = trustme.CA().issue_cert("localhost")
    cert, key = folder / "tls.crt", folder / "tls.key"
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    return cert, key


def test_a_pair_that_is_refused_shows_until_the_files_are_good_again(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path))
    metrics = Metrics()
    metrics.registry.register(CertificateMetrics(certificate))

    def told() -> dict[str, float]:
        lines = [line.split(" ") for line in metrics.text().decode().splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines if name.startswith("mlgate_certificate_")}

    start = told()
    (tmp_path / "tls.crt").write_text("half")
    certificate.refresh()
    certificate.refresh()
    refused = told()
    _write(tmp_path)
    certificate.refresh()
    after = told()

    assert start == {
        "mlgate_certificate_expiry_timestamp_seconds": certificate.expires_at.timestamp(),
        "mlgate_certificate_last_load_success": 1,
        "mlgate_certificate_load_failures_total": 0,
    }
    failed = {"mlgate_certificate_last_load_success": 0, "mlgate_certificate_load_failures_total": 1}
    assert refused == start | failed
    assert after == refused | {"mlgate_certificate_last_load_success": 1}
