"""Addresses: public ones, unless the operator says otherwise, and some never."""

from __future__ import annotations

import socket

import pytest

from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.registries.addresses import allowed_address

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "172.16.9.9",
    "::1",
    "fd00::1",
    "100.64.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",
]
NEVER = [
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "::",
    "224.0.0.1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "192.0.0.192",
    "240.0.0.1",
    "255.255.255.255",
    "2130706433",
    "0x7f.1",
    "127.1",
    "x",
    "",
]


async def asked(addresses: list[str] | OSError, *, private: bool) -> str:
    async def lookup(_host: str, _port: int) -> list[str]:
        if isinstance(addresses, OSError):
            raise addresses
        return addresses

    return await allowed_address("registry.example", 443, private=private, lookup=lookup)


@pytest.mark.parametrize(
    "address", ["140.82.112.4", "2606:50c0::1", "64:ff9b::140.82.112.4", "::ffff:140.82.112.4"]
)
async def test_a_public_address_may_be_asked(address: str) -> None:
    assert await asked([address], private=False) == address


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_private_address_needs_leave(address: str) -> None:
    assert await asked([address], private=True) == address
    with pytest.raises(EvidenceUnavailable, match="public address"):
        await asked([address], private=False)


@pytest.mark.parametrize("address", NEVER)
async def test_some_addresses_are_never_asked(address: str) -> None:
    with pytest.raises(EvidenceUnavailable, match="public address"):
        await asked([address], private=True)


async def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    with pytest.raises(EvidenceUnavailable, match=r"10\.0\.0\.1"):
        await asked(["140.82.112.4", "10.0.0.1"], private=False)


@pytest.mark.parametrize("addresses", [[], socket.gaierror("nobody knows")])
async def test_a_name_nobody_knows_is_unavailable(addresses: list[str] | OSError) -> None:
    with pytest.raises(EvidenceUnavailable, match="does not resolve"):
        await asked(addresses, private=False)
