"""The tree that the workbench looks at: the shipped policy with the author's own over it, tests included."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlgate.policy.shipped import shipped_policies
from mlgate.policy.stage import MANIFEST, is_whole, policy_files, stage


@dataclass(frozen=True)
class Workspace:
    """A copy of a policy that OPA's tools may be let loose on."""

    tree: Path
    """The copy; every name below is relative to it."""
    own: frozenset[str]
    """Files of the author: what is checked."""
    origins: dict[str, Path]
    """Where each file was copied from."""
    policies: Path
    """The shipped folder with `checks` and `schema`."""
    site: Path | None
    """The author's folder; null where the shipped policy itself is looked at."""
    shipped: frozenset[str]
    """Files of the shipped policy that the author's own are laid over; none where they replace it."""

    def shown(self, name: str) -> str:
        """A file as its author calls it."""
        origin = self.origins.get(name)
        if origin is None:
            return name
        here = Path.cwd()
        return str(origin.relative_to(here) if origin.is_relative_to(here) else origin)

    @property
    def whole(self) -> bool:
        """Whether all of it is the author's own: the shipped policy, or a tree in its place."""
        return not self.shipped

    @property
    def rules(self) -> list[str]:
        """The author's own Rego files without their tests, in order."""
        return sorted(name for name in self.own if name.endswith(".rego") and name not in self.tests)

    @property
    def tests(self) -> frozenset[str]:
        """The author's own tests."""
        return frozenset(name for name in self.own if name.endswith("_test.rego"))


@contextmanager
def workspace(site: Path | None, *, tests: bool = True) -> Iterator[Workspace]:
    """A workspace for a site's own policy, a whole policy tree, or the shipped policy when none is named.

    Args:
        site: the author's folder.
        tests: whether the tests belong to it; they are more than half of what OPA would have to read.

    Raises:
        PolicyError: a file cannot be read, or the site's tree is empty.
    """
    policies = shipped_policies()
    if site is not None and site.resolve() == (policies / "rego").resolve():
        site = None
    whole = site is None or is_whole(site)
    own = policy_files(site or policies / "rego", tests=tests)
    if not whole:
        own.pop(MANIFEST, None)
    shipped = {} if whole else policy_files(policies / "rego", tests=tests)
    files = shipped | own
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        tree = Path(folder).resolve() / "tree"
        stage({name: path.read_bytes() for name, path in files.items()}, tree)
        yield Workspace(tree, frozenset(own), files, policies, site, frozenset(shipped))
