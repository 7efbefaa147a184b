"""`mlgate policy bundle`: the one file that OPA judges by, made and verified."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.cli.console import coloured, lines, print_json, put, say
from mlgate.cli.options import Output
from mlgate.cli.policy.options import Site, SiteSettings, opa_program, site_folder
from mlgate.errors import BundleUnsound
from mlgate.policy.contents import HIGHEST_SEQUENCE
from mlgate.policy.loading import load_bundle
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.release import write_bundle
from mlgate.policy.signing_keys import PrivateKey, read_private_key
from mlgate.settings import PolicySettings

LONGEST_KEY_ID = 100


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "bundle", epilog="Example: mlgate policy bundle ./policies --output policy.tar.gz --sign key.pem"
    )(bundle)


def bundle(
    path: Site = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The bundle file to write.")] = None,
    settings: SiteSettings = None,
    sequence: Annotated[
        int, typer.Option(min=0, max=HIGHEST_SEQUENCE, help="Higher for each bundle that replaces another.")
    ] = 0,
    sign: Annotated[
        Path | None, typer.Option(help="Sign it with this private key (PEM; EC P-256 or RSA).")
    ] = None,
    key_id: Annotated[str | None, typer.Option(help="Name of that key, for who has several.")] = None,
    algorithm: Annotated[
        str | None, typer.Option(help="ES256 or RS256: refuse a key of the other kind.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write nothing; say whether this bundle is whole.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="It must be signed with this public key (PEM).")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="It may lack parts of the shipped policy.")
    ] = False,
    form: Annotated[Output, typer.Option("--format", help="Form of what is printed.")] = Output.TEXT,
) -> None:
    """Build the one bundle: the shipped policy, your own over it, and your settings. Or verify one.

    The same policy, settings, sequence and key give the same bytes. OPA can verify the signature as well.
    Exit codes: 0 written, or intact; 1 not intact; 2 it could not be done, or read.
    """
    if verify is not None:
        if any((path, output, settings, sequence, sign, key_id, algorithm)):
            raise typer.BadParameter("--verify takes a bundle as it is: only --key and --partial go with it")
        raise typer.Exit(_verified(verify, PolicySettings(verification_key=key, partial=partial), form))
    if output is None:
        raise typer.BadParameter(
            "--output FILE says where the bundle goes (or --verify FILE, which to verify)"
        )
    if key is not None or partial:
        raise typer.BadParameter("--key and --partial are for --verify; a bundle is signed with --sign")
    opened = _signing_key(sign, key_id, algorithm)
    built, missing = write_bundle(
        site_folder(path), settings, output, opa_program(), sequence=sequence, key=opened, key_id=key_id
    )
    if missing:
        say(f"it lacks {len(missing)} files of the shipped policy ({missing[0]} ...): loaded as partial only")
    if form is Output.JSON:
        print_json(_wire(built, output))
    else:
        put(lines([f"{output}: {_told(built)}", built.digest]))


def _signing_key(path: Path | None, key_id: str | None, algorithm: str | None) -> PrivateKey | None:
    """The key, if it is of the kind that was asked for."""
    if path is None:
        if key_id is not None or algorithm is not None:
            raise typer.BadParameter("--key-id and --algorithm need --sign")
        return None
    if key_id is not None and not (key_id.isprintable() and 0 < len(key_id) <= LONGEST_KEY_ID):
        raise typer.BadParameter(f"--key-id: {key_id[:LONGEST_KEY_ID]!r} is no name for a key")
    found = read_private_key(path)
    if algorithm not in (None, found.algorithm):
        raise typer.BadParameter(f"--algorithm: {path} signs by {found.algorithm}, not by {algorithm}")
    return found


def _verified(path: Path, chosen: PolicySettings, form: Output) -> int:
    """Say whether a bundle is intact; the exit code.

    Raises:
        PolicyError: it cannot be read, or the key cannot.
    """
    try:
        found = load_bundle(path, chosen, opa_program())
    except BundleUnsound as problem:
        if form is Output.JSON:
            print_json({"file": str(path), "intact": False, "problem": problem.what, "fix": problem.fix})
        else:
            put(coloured(lines([f"✗ {problem}"])))
        return 1
    if form is Output.JSON:
        print_json({"intact": True, **_wire(found, path)})
    else:
        put(coloured(lines([f"✓ {path}: {_told(found)}", found.digest])))
    return 0


def _told(found: BundleManifest) -> str:
    signature = found.signature
    if signature is None:
        signed = "not signed"
    else:
        named = f" ({signature.key_id})" if signature.key_id else ""
        checked = ", verified" if signature.verified else ""
        signed = f"signed with {signature.algorithm}{named}{checked}"
    count = f"{len(found.codes)} codes"
    return f"revision {found.revision}, sequence {found.sequence}, {count}, {signed}"


def _wire(found: BundleManifest, path: Path) -> dict[str, Any]:
    """For programs."""
    signature = found.signature
    return {
        "file": str(path),
        "digest": found.digest,
        "revision": found.revision,
        "version": found.version,
        "sequence": found.sequence,
        "codes": sorted(found.codes),
        "signature": signature
        and {"algorithm": signature.algorithm, "keyId": signature.key_id, "verified": signature.verified},
    }
