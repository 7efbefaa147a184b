"""Ask the tests of all other packages about what those of its own did not notice."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from mutation.conditions import Mutant, MutantError
from mutation.copies import referred, said
from mutation.server import DoesNotCompileError, Values, lost, serving


class Others:
    """A whole library in which one condition at a time is changed in its place."""

    def __init__(self, tree: Path, folder: Path) -> None:
        """The library is the one in `tree`; everything is written below `folder`."""
        self._folder = folder
        self._tree = folder / "others"
        shutil.copytree(tree, self._tree)
        asking = self._tree / "asked"
        asking.mkdir()
        self._tests: dict[str, list[Path]] = {}
        for path in sorted(tree.rglob("*_test.rego")):
            self._tests.setdefault(path.parent.relative_to(tree).as_posix(), []).append(path)
        for number, (place, paths) in enumerate(self._tests.items()):
            package = f"{place.replace('/', '.')}_test"
            (asking / f"{number}.rego").write_text(
                f"package asked.m{number}\n\nvalues := {said(package, paths)}\n", encoding="utf-8"
            )
        self._before = self._all()

    def notice(self, mutant: Mutant) -> bool:
        """Whether a test of another package does, those of packages that refer to its own first."""
        path = self._tree / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.applied(whole), encoding="utf-8")
        try:
            with (
                tempfile.TemporaryDirectory(dir=self._folder) as name,
                serving(Path(name), self._tree) as opa,
            ):
                return any(self._lost(place, opa.values(self._rule(place))) for place in self._order(mutant))
        except DoesNotCompileError:
            return True
        finally:
            path.write_text(whole, encoding="utf-8")

    def _lost(self, place: str, after: Values | None) -> bool:
        return after is None or bool(lost(self._before[place], after))

    def _rule(self, place: str) -> str:
        return f"asked/m{list(self._tests).index(place)}/values"

    def _order(self, mutant: Mutant) -> list[str]:
        """Packages whose files refer to that of the mutant, then all that are left; the slowest last."""
        name = mutant.folder.replace("/", ".")

        def rank(place: str) -> tuple[bool, bool, str]:
            files = (self._tree / place).glob("*.rego")
            near = any(
                other == name or other.startswith(f"{name}.") for path in files for other in referred(path)
            )
            return not near, place.startswith(("mlgate/main", "mlgate/attacks")), place

        return sorted((place for place in self._tests if place != mutant.folder), key=rank)

    def _all(self) -> dict[str, Values]:
        with tempfile.TemporaryDirectory(dir=self._folder) as name, serving(Path(name), self._tree) as opa:
            found = {place: opa.values(self._rule(place)) for place in self._tests}
        failing = [place for place, values in found.items() if values is None or not all(values.values())]
        if failing:
            raise MutantError(f"the tests fail as they are: {', '.join(failing)}")
        return {place: values for place, values in found.items() if values is not None}
