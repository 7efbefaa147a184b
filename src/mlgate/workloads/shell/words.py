"""Command lines as words: `sh -c` strings are opened, quotes removed, wrappers recognised."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PIECE = re.compile(
    r"""(?:\$'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\([A-Z_][A-Z0-9_]*\)|[^\s;&|()<>`"'\\$]+|\$)+|[;&|()<>`\n]+""",
    re.DOTALL,
)
"""A word or a separator. A reference of Kubernetes to a variable is part of a word."""
_QUOTES = re.compile(r"""\\\n|\$'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)""", re.DOTALL)
_ANSI = re.compile(
    r"""\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))""", re.DOTALL
)
"""What stands for a character between `$'` and `'`, as the manual of bash lists it."""
_ANSI_LETTERS = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_LAST_CHARACTER = 0x10FFFF
_SUBSTITUTED = re.compile(r"`([^`]*)`")
_COMMENT = re.compile(r"""^(?<!\\\n)[ \t]*\#[^'"`$\\\n]*$""", re.MULTILINE)
"""A line that is nothing but a comment, whatever quotes or documents it may stand in."""
_ESCAPED = re.compile(r"""\\(["\\$`])|\\\n""")
PLACE_OF = re.compile(
    r"""\$\(\s*(?:which|command\s+-v)\s+([^\s()]+)\s*\)|`\s*(?:which|command\s+-v)\s+([^\s`]+)\s*`"""
)
"""A shell's question where a program lies stands for the program."""
_JSON = re.compile(r"(?:-[^\s=]*=)?([{\[].*[}\]])", re.DOTALL)
SCRIPT = re.compile(r"-[a-z]*c")
"""The flag of shells behind which a script stands."""
_SHELL = "-c"
SEPARATORS = ";&|()<>`\n"
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
"""A variable that is set before a command, or by itself."""
_SPACE = re.compile(r"\$\{IFS\}|\$IFS\b")
"""The shell's own name for white space."""
_NUMBER = re.compile(r"[0-9][0-9.]*[smhd]?")
_MODULE = re.compile(r"-m([A-Za-z_][\w]*(?:\.[\w]+)+)")
WRAPPERS = frozenset(
    {
        "sh",
        "bash",
        "dash",
        "ash",
        "zsh",
        "busybox",
        "env",
        "exec",
        "nohup",
        "nice",
        "ionice",
        "time",
        "timeout",
    }
    | {"tini", "dumb-init", "numactl", "taskset", "sudo", "gosu", "su-exec", "setsid", "stdbuf", "xvfb-run"}
    | {"chroot", "flock", "su", "runuser", "script", "unbuffer", "unshare", "nsenter", "setpriv", "strace"}
    | {"watch", "fakeroot", "start-stop-daemon", "chrt", "prlimit"}
    | {"catchsegv", "then", "do", "else", "eval", "command"}
    | {"if", "elif", "while", "until", "!", "{"}
)
"""Programs and words of shells behind which the name of a program stands."""
MAX_LENGTH = 64 * 1024
_MAX_NESTING = 5
_MAX_TOTAL = 1024 * 1024
MAX_WORDS = 20_000
"""Longer command lines are read up to here, and reported."""


@dataclass(frozen=True)
class Word:
    """One word of a command line and the item it came from."""

    text: str
    path: str
    leads: bool = False
    """It names a program: the first word of a command, wrappers and assignments passed over."""

    @property
    def base(self) -> str:
        """The program's name without its folder."""
        return self.text.rpartition("/")[2]


@dataclass(frozen=True)
class CommandLine:
    """The words of a container's command and arguments."""

    words: tuple[Word, ...]
    complete: bool
    """False when it was too long, or nested too deeply, to be read to its end."""


def read_words(items: Iterable[tuple[str, str]], *, in_shell: bool = False) -> CommandLine:
    """The words of (text, path) items; items that hold white space are opened like a shell would.

    `in_shell`: a shell runs the items as one line, so that each is opened.
    """
    words: list[tuple[str, str]] = []
    complete, total, before = True, 0, ""
    for text, path in items:
        total += len(text)
        complete = complete and len(text) <= MAX_LENGTH
        text = _SPACE.sub(" ", text[:MAX_LENGTH])  # noqa: PLW2901 - as a shell sees it
        words.extend(_open(text, path, _MAX_NESTING, _SHELL if in_shell else before))
        before = text
        if len(words) > MAX_WORDS or total > _MAX_TOTAL:
            return CommandLine(tuple(_leading(words[:MAX_WORDS])), complete=False)
    complete = complete and not any(_is_unread(text) for text, _ in words)
    return CommandLine(tuple(_leading(words)), complete)


def ends_command(text: str) -> bool:
    """Whether it separates two commands: a separator, and no redirection."""
    return not text.strip(SEPARATORS) and not is_redirection(text)


def simple_commands(words: tuple[Word, ...]) -> Iterator[tuple[int, int]]:
    """First index of each simple command, and the one behind its last word."""
    start = 0
    for index, word in enumerate(words):
        if ends_command(word.text):
            if index > start:
                yield start, index
            start = index + 1
    if len(words) > start:
        yield start, len(words)


def led_commands(words: tuple[Word, ...]) -> Iterator[tuple[int, int | None, int]]:
    """The same with the index of the word that names its program between them, if one does."""
    for start, end in simple_commands(words):
        yield start, next((index for index in range(start, end) if words[index].leads), None), end


def is_redirection(text: str) -> bool:
    """Whether a file stands behind this separator, and no command or text."""
    return not text.strip("<>&") and bool(text.strip("&")) and "<<<" not in text


def _open(text: str, path: str, depth: int, before: str) -> Iterator[tuple[str, str]]:
    """The words of one item; behind `-c`, the flag of shells, it is a script even without white space."""
    module = _MODULE.fullmatch(text)
    is_script = SCRIPT.fullmatch(before) is not None or _holds_space(text)
    if module is not None:
        yield "-m", path
        yield module.group(1), path
    elif depth and is_script and not _is_json(text):
        before = ""
        text = PLACE_OF.sub(r"\1\2", _COMMENT.sub("", text))
        for piece in _PIECE.findall(_SUBSTITUTED.sub(r"$(\1)", text)):
            plain = _QUOTES.sub(_unquote, piece)
            # A word that was quoted as a whole is a command again (`sh -c "..."`); a part of one is not.
            yield from _open(plain, path, depth - 1 if plain != text else 0, before)
            before = plain
    elif text:
        yield text, path


def _is_unread(text: str) -> bool:
    """White space is left where commands stand within commands deeper than is read."""
    return _holds_space(text.strip(SEPARATORS)) and not _is_json(text)


def _holds_space(text: str) -> bool:
    return any(c.isspace() for c in text)


def _is_json(text: str) -> bool:
    """An argument that is a JSON map or list, behind its flag or alone, is one word with white space."""
    match = _JSON.fullmatch(text)
    if match is None:
        return False
    try:
        json.loads(match.group(1))
    except (ValueError, RecursionError):
        return False
    return True


def _unquote(match: re.Match[str]) -> str:
    ansi, double, single, escaped = match.groups()
    if ansi:
        return unquoted_ansi(ansi)
    # Within double quotes a backslash protects what would end or open them.
    return _ESCAPED.sub(r"\1", double) if double else single or escaped or ""


def unquoted_ansi(text: str) -> str:
    """What stands between `$'` and `'`, its signs for characters replaced by these."""
    return _ANSI.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    short, medium, long, octal, letter = match.groups()
    if letter is not None:
        return _ANSI_LETTERS.get(letter, letter)
    number = int(octal, 8) if octal else int(short or medium or long, 16)
    return chr(number) if number <= _LAST_CHARACTER else ""


def _leading(words: list[tuple[str, str]]) -> Iterator[Word]:
    """The words, with those marked that name a program."""
    at_start, wrapped, is_file = True, False, False
    for text, path in words:
        if text.strip(SEPARATORS) == "":
            # Behind a redirection stands a file, and the command goes on.
            is_file = is_redirection(text)
            at_start, wrapped = (at_start, wrapped) if is_file else (True, False)
            yield Word(text, path)
            continue
        if is_file or not at_start:
            is_file = False
            yield Word(text, path)
            continue
        skipped = ASSIGNMENT.fullmatch(text) or (
            wrapped and (text.startswith("-") or _NUMBER.fullmatch(text))
        )
        wrapper = text.rpartition("/")[2] in WRAPPERS
        wrapped = wrapped or wrapper
        at_start = bool(skipped or wrapper)
        yield Word(text, path, leads=not at_start)
