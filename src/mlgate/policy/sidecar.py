"""What an OPA beside the server is started with: its configuration, its guard, and the command line.

It listens on loopback, answers mlgate alone, asks nobody but mlgate for its policy, and needs neither a shell
nor a file system it can write to.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate.errors import SettingsError
from mlgate.policy.address import parse_address
from mlgate.policy.archive import MAX_JSON
from mlgate.policy.guard import HEALTH, METRICS, REVISION, write_guard
from mlgate.policy.local_opa import MAX_QUESTION_BYTES
from mlgate.policy.signing_keys import read_public_key
from mlgate.policy.tokens import make_token
from mlgate.settings import Settings

BUNDLE = "bundle.tar.gz"
"""The policy in the shared folder, and its name where OPA fetches it."""
CONFIG = "opa.json"
GUARD = "guard"
KEY = "mlgate"
"""Name of the trusted key in OPA's configuration."""
LONG_POLL_SECONDS = 30
_LEAST_PAUSE, _LONGEST_PAUSE = 1, 2
_AFTER_DRAIN = 2
"""Seconds OPA stays longer than the last review that mlgate may still put to it."""


def check_sidecar(settings: Settings) -> Path:
    """The folder shared with the OPA beside us.

    Raises:
        SettingsError: a setting is missing, or the address is not on loopback.
    """
    chosen = settings.opa
    if chosen.shared_dir is None:
        raise SettingsError(
            "setting opa.shared_dir: name the folder that is shared with the OPA beside mlgate"
        )
    if chosen.token_file is None:
        raise SettingsError(
            "setting opa.token_file: name the file for the token that opens OPA to mlgate alone"
        )
    if not chosen.url.startswith("http://"):
        told = "setting opa.url: an OPA that shares a folder with mlgate listens on loopback"
        raise SettingsError(f"{told}; write http://127.0.0.1:8181")
    parse_address(chosen.url)
    return chosen.shared_dir


def write_sidecar(settings: Settings) -> list[str]:
    """Write what the OPA beside us is started with, and the token that it asks for.

    Returns:
        The arguments of the program `opa`.

    Raises:
        MlgateError: a setting does not fit, or the key cannot be read.
        OSError: the folder cannot be written.
    """
    shared = check_sidecar(settings)
    assert settings.opa.token_file is not None  # noqa: S101 - checked above
    config = json.dumps(_configuration(settings), indent=1)
    shared.mkdir(parents=True, exist_ok=True)
    token = make_token(settings.opa.token_file)
    write_guard(shared / GUARD, token, readable=(REVISION,), public=(HEALTH, METRICS), mode=0o755)
    (shared / CONFIG).write_text(config)
    return sidecar_arguments(settings, shared)


def sidecar_arguments(settings: Settings, shared: Path) -> list[str]:
    """The arguments of the program `opa`.

    Args:
        settings: they say where it listens, and how long mlgate may need it after the order to stop.
        shared: the folder, as OPA sees it.
    """
    address = parse_address(settings.opa.url)
    # Both get the order to stop at once, and reviews that mlgate took before must still be answered.
    last = settings.server.drain_seconds + settings.decision.deadline_seconds
    return [
        *("run", "--server", f"--addr={address.host}:{address.port}"),
        *("--authentication=token", "--authorization=basic"),
        f"--config-file={shared / CONFIG}",
        *("--log-level=error", "--log-format=json", "--skip-version-check"),
        "--optimize-store-for-read-speed",
        *(f"--shutdown-wait-period={math.ceil(last) + _AFTER_DRAIN}", "--shutdown-grace-period=1"),
        *("--bundle", str(shared / GUARD)),
    ]


def _configuration(settings: Settings) -> dict[str, Any]:
    polling = {
        "min_delay_seconds": _LEAST_PAUSE,
        "max_delay_seconds": _LONGEST_PAUSE,
        "long_polling_timeout_seconds": LONG_POLL_SECONDS,
    }
    policy: dict[str, Any] = {
        "service": "mlgate",
        "resource": BUNDLE,
        "persist": False,
        "size_limit_bytes": MAX_JSON,
        "polling": polling,
    }
    limits = {"max_length": MAX_QUESTION_BYTES, "gzip": {"max_length": MAX_QUESTION_BYTES}}
    found: dict[str, Any] = {
        "services": {"mlgate": {"url": f"http://127.0.0.1:{settings.opa.bundle_port}"}},
        "bundles": {"mlgate": policy},
        # Which bundle it took, or why not; what it decides is told by mlgate alone.
        "status": {"service": "mlgate", "console": False},
        "server": {"decoding": limits},
    }
    if settings.policy.verification_key is not None:
        # The name of the key must stand beside it: with `signing` alone some releases of OPA checked nothing.
        policy["signing"] = {"keyid": KEY}
        found["keys"] = {KEY: _key(settings.policy.verification_key)}
    return found


def _key(path: Path) -> dict[str, str]:
    """A trusted key as OPA's configuration holds it."""
    public = read_public_key(path)
    text = public.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {"key": text, "algorithm": public.algorithm}
