"""Where an OPA listens, and what it takes to be let in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from mlgate.errors import SettingsError


@dataclass(frozen=True)
class Endpoint:
    """One OPA server as a caller sees it."""

    url: str
    token: str | None = field(default=None, repr=False)
    """Bearer token; never shown."""


@dataclass(frozen=True)
class Address:
    """The URL of an OPA, taken apart."""

    host: str
    """As it stands in a URL: an IPv6 address is in brackets."""
    port: int
    tls: bool
    socket: str | None
    """Path of a Unix socket; host and port then mean nothing."""


def parse_address(url: str) -> Address:
    """Take the URL of an OPA apart: `https://HOST:PORT`, `http://127.0.0.1:PORT` or `unix:///PATH`.

    Plain http is for loopback only: who can change an answer on its way can allow anything.

    Raises:
        SettingsError: it is none of the three, or carries a user, path, query or fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError("opa.url is not a URL") from error
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return Address(host="localhost", port=80, tls=False, socket=parts.path)
    if parts.scheme not in ("http", "https") or not parts.hostname or _has_more(parts):
        raise SettingsError(
            "opa.url must be https://HOST:PORT, http://127.0.0.1:PORT or unix:///PATH, and nothing more"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError("opa.url: plain http is for loopback addresses; use https or a Unix socket")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = 443 if parts.scheme == "https" else 80
    return Address(host=host, port=port or default, tls=parts.scheme == "https", socket=None)


def _has_more(parts: SplitResult) -> bool:
    return bool(parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine, and nothing on the way to it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
