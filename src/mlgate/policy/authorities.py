"""The authorities a server is trusted by: those of a file, or those of the machine."""

from __future__ import annotations

import ssl
from pathlib import Path

from mlgate.errors import SettingsError


def tls_context(ca: Path | None, setting: str) -> ssl.SSLContext:
    """How to call a server over TLS 1.2 or newer; `setting` is how the file is named to a person.

    Raises:
        SettingsError: the file cannot be read as certificates.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise SettingsError(f"{setting} {ca} cannot be read as PEM certificates") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
