"""Bearer tokens in files: what opens an OPA to mlgate alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from mlgate.errors import SettingsError


def read_token(path: Path, setting: str = "opa.token_file") -> str:
    """The token in a file.

    Args:
        path: the file.
        setting: the setting that names it, for the message.

    Raises:
        SettingsError: it cannot be read, or holds no token.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"setting {setting}: {path} cannot be read as a token") from error
    if not token or not token.isprintable() or " " in token:
        raise SettingsError(f"setting {setting}: {path} holds no token, or more than one")
    return token


def make_token(path: Path) -> str:
    """The token in a file that only its owner may read; made at random where there is none yet.

    Raises:
        SettingsError: the file holds something else, or it cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass  # of an earlier start: OPA may run by it
    except OSError as error:
        raise SettingsError(
            f"setting opa.token_file: {path} cannot be written: {error.strerror or error}"
        ) from error
    return read_token(path)
