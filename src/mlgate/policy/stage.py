"""Gathers the files of a policy into the tree a bundle is built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mlgate.errors import PolicyError
from mlgate.policy.catalog import Catalog
from mlgate.policy.site import refused_files

GENERATED = frozenset({"mlgate/catalog/data.json", "mlgate/indexes/data.json"})
"""Written anew from METADATA by every build."""
RESERVED = frozenset({"mlgate/data.json", "mlgate/data.yaml"})
"""Where a build puts revision and overrides."""
MANIFEST = ".manifest"
MOUNTED = "..data"
"""Link by which kubelet shows what a ConfigMap holds now; it swaps it for all files at once."""


def content_of(
    shipped: Path, source: Path | None, packages: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """The files of a policy by their path in the tree, tests left out.

    Args:
        shipped: the shipped tree.
        source: a tree with `.manifest` and the package `mlgate.main`, which stands for the shipped one,
            or any other, which is added to it.
        packages: further files that are added.

    Raises:
        PolicyError: a file cannot be read, or what is added replaces a file.
    """
    whole = source is not None and is_whole(source)
    content = _files(source if source is not None and whole else shipped)
    added = _files(source) if source is not None and not whole else {}
    added.pop(MANIFEST, None)
    for name in packages or {}:
        if name in added:
            raise PolicyError(f"{name} is in the source tree and in a package; give one another name")
    added |= packages or {}
    for refusal in refused_files(added, content):
        raise PolicyError(refusal.text)
    return content | added


def stage(content: Mapping[str, bytes], tree: Path) -> None:
    """Writes the files into a new tree."""
    for name, data in content.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def check_coverage(tree: Path, catalog: Catalog) -> None:
    """Every package of rules holds codes; a rule without METADATA would never be asked.

    Raises:
        PolicyError: a package of rules has none.
    """
    subjects = {code.split(".")[0] for code in catalog.codes}
    if not subjects:
        raise PolicyError("the policy holds no rules")
    for folder in sorted((tree / "mlgate" / "rules").iterdir()):
        if folder.is_dir() and folder.name not in subjects:
            told = f"mlgate/rules/{folder.name} holds no rule with METADATA"
            raise PolicyError(f"{told}; write it as `mlgate policy new` does")


def is_whole(source: Path) -> bool:
    """Whether a tree stands in place of the shipped one: a bundle of its own, with an entrypoint.

    The file `.manifest` says that this is meant: a package `mlgate.main` alone may have slipped in.
    """
    return (source / MANIFEST).is_file() and (source / "mlgate" / "main").is_dir()


def policy_files(tree: Path, *, tests: bool = False) -> dict[str, Path]:
    """The files of a policy tree by their name in it.

    Args:
        tree: the folder.
        tests: whether the tests of the rules belong to it.

    Raises:
        PolicyError: the tree cannot be read, or is empty.
    """
    try:
        every = sorted(_walked(tree, "", frozenset()))
        found = {name: path for name, path in every if path.is_file() and _belongs(name, tests=tests)}
    except OSError as error:
        raise PolicyError(f"policy tree {tree}: {error.strerror or error}") from error
    if not found:
        raise PolicyError(f"policy tree {tree} is empty; rules lie under mlgate/rules/<subject>/ in it")
    return found


def unused_files(tree: Path) -> list[str]:
    """The files of a tree that no policy is built of, in order; tests are none of them.

    Raises:
        PolicyError: the tree cannot be read.
    """
    try:
        names = [name for name, path in _walked(tree, "", frozenset()) if path.is_file()]
    except OSError as error:
        raise PolicyError(f"policy tree {tree}: {error.strerror or error}") from error
    return sorted(name for name in names if not _belongs(name, tests=True))


def _walked(folder: Path, prefix: str, above: frozenset[Path]) -> Iterator[tuple[str, Path]]:
    """What is no folder, by name. Links are followed, but in no circle; a mounted ConfigMap is read once."""
    mounted = folder / MOUNTED
    # Behind the link, where a swap of it does not reach: so that all files are of one moment.
    here = mounted.resolve() if mounted.is_dir() else folder
    real = here.resolve()
    if not here.is_dir() or real in above:
        return
    for path in here.iterdir():
        name = f"{prefix}{path.name}"
        if path.is_dir():
            yield from _walked(path, f"{name}/", above | {real})
        else:
            yield name, path


def _files(tree: Path) -> dict[str, bytes]:
    try:
        return {name: path.read_bytes() for name, path in policy_files(tree).items()}
    except OSError as error:
        raise PolicyError(f"policy tree {tree}: {error.strerror or error}") from error


def _belongs(name: str, *, tests: bool) -> bool:
    if name in GENERATED | RESERVED:
        return False
    if name == MANIFEST:
        return True
    rego = name.endswith(".rego") and (tests or not name.endswith("_test.rego"))
    return rego or name.rsplit("/", 1)[-1] in {"data.json", "data.yaml"}
