"""What a server's container does that decides what is loaded, and that no reader of a manifest can follow.

A model beside it that is named plainly may be there to be seen, and another one be served. Each is a problem:
the finding says where, so that the author can write plainly what runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise, takewhile

from mlgate.workloads.bystanders import INTERPRETER, SHELLS
from mlgate.workloads.catalog import catalog
from mlgate.workloads.code_places import Unfollowed
from mlgate.workloads.invocation import Call, Invocation, takes
from mlgate.workloads.shell_variables import SOURCING, sets_arguments
from mlgate.workloads.volumes import plain_path, within
from mlgate.workloads.words import Word, led_commands
from mlgate.workloads.written import Writes

_PIPED = "runs what another command prints, which the reader cannot follow"
_ALIAS = "gives a program another name, which the reader does not follow"
_NAMED = "runs a program that is named elsewhere"
_ARGUMENTS = "takes arguments from elsewhere, which the reader cannot know"
_INSTALLED = "installs code from a place of its own, which can replace the server"
_CODE = "changes the code of programs"
_FOREIGN = "runs code that the reader does not know how to read"
_LANGUAGES = frozenset({"perl", "ruby", "node", "lua", "php", "Rscript", "tclsh", "expect", "deno", "bun"})
_INLINE = re.compile(r"-[a-zA-Z]*[ecrE]|--eval")
_AWKS = frozenset({"awk", "gawk", "mawk"})
_EXECUTING = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_HARMLESS = frozenset(
    {"rm", "chmod", "chown", "ls", "cat", "touch", "du", "stat", "echo", "sha256sum", "grep"}
)
_OPEN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/", "/dev/tcp/")
_PASSING = frozenset({"xargs", "parallel"})
_OWN_ARGUMENTS = re.compile(r"\$(?:[@*0]|\{[@*0]\})")
_REFERENCE = re.compile(r"\$(?:\{[#!]?([A-Za-z_]\w*)|([A-Za-z_]\w*)|\(([A-Za-z_][\w.-]*)\))")
_INDEX_FLAGS = frozenset(
    {"-i", "-f", "-e", "--index-url", "--extra-index-url", "--find-links", "--editable", "--index"}
)
_INSTALLERS = frozenset({"pip", "pip3", "uv"})
_MOST = 20
_MOST_WORDS = 200


def unfollowed(invocation: Invocation, writes: Writes) -> Iterator[Unfollowed]:
    """Path and description of each such place, the first few of them."""
    found = dict.fromkeys(
        [
            *_commands(invocation),
            *_arguments(invocation),
            *_code(invocation, writes),
        ]
    )
    yield from list(found)[:_MOST]


def _commands(invocation: Invocation) -> Iterator[Unfollowed]:
    words = invocation.words
    called = frozenset(call.index for call in invocation.calls)
    for start, lead, end in led_commands(words):
        if lead is None:
            if _reads_commands(words, start, end):
                yield words[start].path, _PIPED
            continue
        found = _doubt(invocation, called, start, lead, end)
        if found is not None:
            yield words[lead].path, found


def _doubt(invocation: Invocation, called: frozenset[int], start: int, lead: int, end: int) -> str | None:
    """What is wrong with one simple command, if anything is."""
    words = invocation.words
    word, own = words[lead], words[lead:end]
    doubts: tuple[tuple[str, Callable[[], bool]], ...] = (
        (_PIPED, lambda: _is_fed(words, start, lead, end)),
        (_ARGUMENTS, lambda: lead not in called and _is_computed(own)),
        (_NAMED, lambda: word.text.startswith("$") and not _is_known(invocation, start, word)),
        (_ALIAS, lambda: word.text == "alias"),
        (_FOREIGN, lambda: _is_foreign(own)),
        (_PIPED, lambda: word.base in _PASSING and _passes_on(own, called, lead)),
        (_INSTALLED, lambda: _installs(own, invocation)),
    )
    return next((message for message, holds in doubts if holds()), None)


def _is_known(invocation: Invocation, start: int, word: Word) -> bool:
    return _is_given(word.text, invocation) or _is_list(invocation.words, start)


def _is_given(text: str, invocation: Invocation) -> bool:
    """The container's own arguments, which are read as they stand, or what an operator always sets itself."""
    match = _REFERENCE.match(text)
    name = next((group for group in match.groups() if group), "") if match else ""
    by_operator = name in catalog().variables["given"] and invocation.slot.variable(name) is None
    if _OWN_ARGUMENTS.fullmatch(text):
        return not any(sets_arguments(line) for line, _ in invocation.lines)
    return by_operator


def _is_foreign(words: tuple[Word, ...]) -> bool:
    """Code of a language that is not read, or commands for every file that is found."""
    texts = [word.text for word in words[1:_MOST_WORDS]]
    base = words[0].base
    if base in _LANGUAGES:
        return any(_INLINE.fullmatch(text) for text in texts)
    if base in _AWKS:
        return any("system" in text or "getline" in text for text in texts)
    runs = [behind for flag, behind in pairwise(texts) if flag in _EXECUTING] if base == "find" else []
    return any(program.rpartition("/")[2] not in _HARMLESS for program in runs)


def _is_list(words: tuple[Word, ...], start: int) -> bool:
    """The values of a list, or arithmetic, and no command."""
    opened = words[start - 1].text if start else ""
    before = words[start - 2].text if start > 1 else ""
    return opened.startswith("((") or (opened == "(" and before.endswith("="))


def _reads_commands(words: tuple[Word, ...], start: int, end: int) -> bool:
    """A shell without a script of its own that is fed by a pipe, a file or another command."""
    shell = next((at for at in range(end - 1, start - 1, -1) if words[at].base in SHELLS), None)
    if shell is None:
        return False
    own = [word.text for word in words[shell:end]]
    behind = words[end].text if end < len(words) else ""
    fed = _has_input(words, start, end, own) or behind.startswith("<(")
    return fed and "-c" not in own


def _has_input(words: tuple[Word, ...], start: int, end: int, own: list[str]) -> bool:
    """Whether a command reads from a pipe, a text or a file; `own` are the texts of its words."""
    before = words[start - 1].text if start else ""
    behind = words[end].text if end < len(words) else ""
    return "|" in before.replace("||", "") or behind.startswith("<<<") or "<" in own


def _is_fed(words: tuple[Word, ...], start: int, lead: int, end: int) -> bool:
    """Code that an interpreter or a shell takes from its input, another command or an open file."""
    is_source = words[lead].text in SOURCING
    base = words[lead].base
    if not (is_source or INTERPRETER.fullmatch(base) or base in _LANGUAGES):
        return False
    own = [word.text for word in words[lead + 1 : end]]
    behind = words[end].text if end < len(words) else ""
    if behind.startswith("<(") or any(text.startswith(_OPEN_FILES) for text in own):
        return True
    fed = _has_input(words, start, end, own)
    return fed and not is_source and all(text in {"-", "<"} or text.startswith("-u") for text in own[:1])


def _is_computed(words: tuple[Word, ...]) -> bool:
    """Whether the word that says what a known program does is one nobody knows."""
    known = words[0].base in catalog().by_first_word
    return known and len(words) > 1 and words[1].text.startswith("$")


def _passes_on(words: tuple[Word, ...], called: frozenset[int], index: int) -> bool:
    """A known server or a shell behind a program that adds words of its own."""
    return any(index + offset in called or word.base in SHELLS for offset, word in enumerate(words))


def _installs(words: tuple[Word, ...], invocation: Invocation) -> bool:
    texts = [word.text for word in words]
    is_installer = words[0].base in _INSTALLERS or (
        INTERPRETER.fullmatch(words[0].base) is not None and texts[1:3] == ["-m", "pip"]
    )
    if not is_installer or "install" not in texts:
        return False
    mounts = [target for target, _, _ in invocation.slot.mounts]
    return len(texts) > _MOST_WORDS or any(
        "://" in text
        or text.startswith(("./", "../", "git+"))
        or text.partition("=")[0] in _INDEX_FLAGS
        or any(within(plain_path(text), target) for target in mounts)
        for text in texts[1:_MOST_WORDS]
    )


def _arguments(invocation: Invocation) -> Iterator[Unfollowed]:
    """Words behind a server that stand for flags nobody can see: of another command, or of a variable."""
    for call in invocation.calls:
        model = call.follows
        for word in _free(call, invocation) if call.program.loads else ():
            if not word.text.startswith("$"):
                model = model and word.text.startswith("-")
            elif model:
                model = False  # it is the model, and one nobody knows
            elif _is_open(word.text, invocation):
                yield word.path, _ARGUMENTS


def _free(call: Call, invocation: Invocation) -> Iterator[Word]:
    """The words behind a command that are no value of a flag, nor the beginning of arithmetic."""
    words, before = invocation.words, None
    start = next(
        (at for at in range(call.index, len(words)) if call.behind and words[at] is call.behind[0]), 0
    )
    for offset, word in enumerate(call.behind):
        following = words[start + offset + 1].text if start + offset + 1 < len(words) else ""
        is_number = word.text == "$" and following.startswith("((")
        if not is_number and (before is None or not takes(before) or word.text.startswith("-")):
            yield word
        before = word


def _is_open(text: str, invocation: Invocation) -> bool:
    """Whether what stands for arguments can be anything; a variable that comes from nowhere is empty.

    What ConfigMaps say is looked up.
    """
    if _OWN_ARGUMENTS.fullmatch(text):
        return False
    match = _REFERENCE.match(text)
    if match is None:
        return True
    name = next(group for group in match.groups() if group)
    if text.endswith(("[@]}", "[*]}")) and _is_written_out(invocation.words, name):
        return False
    var = invocation.slot.variable(name)
    if var is not None:
        return var.value is None and var.from_ != "configMapKey"
    return name in invocation.assigned or any(source.kind == "secret" for source in invocation.slot.env_from)


def _is_written_out(words: tuple[Word, ...], name: str) -> bool:
    """Whether every value of a list stands in the line, where it is read like any other word."""
    places = [at for at, word in enumerate(words[:-1]) if word.text in {f"{name}=", f"{name}+="}]
    lists = [at for at in places[:_MOST_WORDS] if words[at + 1].text.startswith("(")]
    inside = (takewhile(lambda word: ")" not in word.text, words[at + 2 :]) for at in lists)
    known = all(not word.text.startswith("$") for found in inside for word in found)
    return bool(lists) and len(lists) == len(places) and known


def _code(invocation: Invocation, writes: Writes) -> Iterator[Unfollowed]:
    for code, path in invocation.code:
        for doubt in code.hidden:
            yield path, doubt
    if writes.code is not None:
        yield invocation.slot.at("command" if invocation.slot.command else "args"), _CODE
