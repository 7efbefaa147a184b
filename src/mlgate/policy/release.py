"""Makes a bundle to hand on: built afresh, counted and signed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from mlgate.policy.archive import pack, unpack
from mlgate.policy.bundle import build_bundle
from mlgate.policy.contents import MANIFEST, contents_of, manifest_of
from mlgate.policy.loading import load_manifest, write_whole
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.signature import SIGNATURES, sign
from mlgate.policy.signing_keys import PrivateKey
from mlgate.policy.soundness import lacking


def write_bundle(
    source: Path | None,
    settings: Path | None,
    output: Path,
    opa: Path,
    *,
    sequence: int = 0,
    key: PrivateKey | None = None,
    key_id: str | None = None,
) -> tuple[BundleManifest, list[str]]:
    """Write the bundle of a policy: the same bytes for the same policy, settings, sequence and key.

    Args:
        source: the site's policy tree, as `build_bundle` takes it.
        settings: the file with the site's settings.
        output: the file to write.
        opa: the OPA program.
        sequence: the place of the bundle among those of the site.
        key: signs it.
        key_id: the name of the key, for whoever has several.

    Returns:
        What the bundle says of itself, and the files of the shipped policy that it lacks.

    Raises:
        PolicyError: the policy or the settings are not valid.
        OSError: the file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        built = build_bundle(source, settings, Path(folder), opa).path
        assert built is not None  # noqa: S101 - a build writes a file
        files = unpack(built.read_bytes())
    contents = contents_of(files)
    files[MANIFEST] = manifest_of(contents.revision, contents.version, sequence, contents.codes)
    if key is not None:
        files[SIGNATURES] = sign(files, key, key_id)
    write_whole(output, pack(files))
    return replace(load_manifest(output), path=output), lacking(files)
