"""The image without a container engine: its recipe as text, and its layout in a scratch directory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "tools", ROOT / "tests" / "integration", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from layout import Image, lay_out  # noqa: E402 - the folders have to be on the path first


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image as the Dockerfile builds it, with this machine's Python in place of Debian's."""
    return lay_out(tmp_path_factory.mktemp("image"))
