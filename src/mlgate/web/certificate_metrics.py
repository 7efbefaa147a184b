"""What becomes of the serving certificate, as metrics: when it ends, and whether a newer one was refused."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mlgate.web.tls import ServingCertificate


class CertificateMetrics(Collector):
    """Reads the state when it is asked."""

    def __init__(self, certificate: ServingCertificate) -> None:
        self._certificate = certificate

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        certificate = self._certificate
        yield GaugeMetricFamily(
            "mlgate_certificate_expiry_timestamp_seconds",
            "When the serving certificate ends.",
            certificate.expires_at.timestamp(),
        )
        yield GaugeMetricFamily(
            "mlgate_certificate_last_load_success",
            "Whether the files hold what is served: 1, or 0 while a new pair or client authority is refused.",
            float(certificate.reload_problem is None),
        )
        yield CounterMetricFamily(
            "mlgate_certificate_load_failures",
            "Times that new files were refused.",
            certificate.load_failures,
        )
