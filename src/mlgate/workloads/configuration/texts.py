"""The text of ConfigMaps that configure servers: each entry is read as what its name says it is.

YAML or JSON, or else text with `key: "value"` or `key=value`, as TensorFlow Serving and TorchServe write
theirs.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.workloads.commands.invocation import Told
from mlgate.workloads.configuration.settings import MOST, read_settings
from mlgate.workloads.manifest import Named
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import Reader, entries, join, kind_of

_PAIR = re.compile(
    r"""\#[^\n]*"""
    r"""|([A-Za-z_][\w.-]{0,63})[ \t]{0,64}[:=][ \t]{0,64}"""
    r"""((?:"[^"\n]{0,4096}"\s{0,64}|'[^'\n]{0,4096}'\s{0,64}){1,64})"""
    r"""|^[ \t]{0,64}([A-Za-z_][\w.-]{0,63})[ \t]{0,64}=[ \t]{0,64}([^\s"'][^\n]{0,4096})""",
    re.MULTILINE,
)
_QUOTED = re.compile(r"""["']([^"'\n]*)["']""")
_YAML = (".yaml", ".yml", ".json")
_TEXT = (".properties", ".pbtxt", ".config", ".conf", ".cfg", ".ini", ".toml")


def texts(
    reader: Reader, obj: dict[str, Json], base: str, named: Named, *, every: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Path, name and text of the entries that count: the one that is named, else all that configure.

    `every`: of whatever name.
    """
    there = False
    for field, read in (("data", reader.text), ("binaryData", partial(_decoded, reader))):
        place = f"{base}.{field}"
        for key, value in entries(reader.mapping(obj.get(field), place)):
            other = not key.endswith((*_YAML, *_TEXT)) and "." in key
            if named.key is None and other and not every:
                continue
            if named.key in {None, key}:
                there = True
                path = join(place, key)
                yield path, key, read(value, path) or ""
    if named.sure and named.key is not None and not there:
        reader.problem(f"{base}.data", f"has no entry {named.key[:120]}, from which the server is configured")


def _decoded(reader: Reader, value: Json, path: str) -> str | None:
    text = reader.text(value, path) or ""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        reader.problem(path, "holds no text")
        return None


def words_of(reader: Reader, path: str, text: str, name: str) -> Iterator[Told]:
    """What a file tells the server: as the document it is by its name, or as text with pairs."""
    names = catalog().configuration
    is_document = name.endswith(_YAML)
    try:
        value = parse_yaml(text.encode("utf-8", "surrogatepass"), CARD_LIMITS) if text.strip() else None
    except ManifestError as error:
        value = None
        if is_document:
            reader.problem(path, f"holds text that is no YAML: {error.message[:200]}")
    if isinstance(value, dict | list):
        yield from read_settings(reader, value, path, names=names)
    elif is_document and value is not None:
        reader.problem(path, f"holds {kind_of(value)}, not a map")
    if not is_document:
        pairs = list(islice(_pairs(text.replace("\\\n", "")), MOST + 1))
        if len(pairs) > MOST:
            reader.problem(path, f"holds more than {MOST} settings")
        for key, given in pairs[:MOST]:
            if "\\" in given:
                reader.problem(path, "holds escaped characters, which the reader does not resolve")
            yield from read_settings(reader, {key: given}, path, names=names)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values; texts in quotes that follow each other are one."""
    for match in _PAIR.finditer(text):
        name, quoted, plain_name, plain = match.groups()
        if name is not None:
            yield name, "".join(_QUOTED.findall(quoted))
        elif plain_name is not None:
            yield plain_name, plain.strip()
