"""The rule for each command beside a model server: what runs is known, or it lies in the image as a whole.

Known are the programs of `servers.yaml` and `commands.yaml`, and functions of the line. Any other program is
judged with the image, unless it is given something of the author's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import takewhile

from mlgate.workloads.commands.bystanders import INTERPRETER, SHELLS
from mlgate.workloads.commands.executed import Argument, Arguments, Executed, commands_of, executed
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.commands.references import is_given, is_open
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.programs.known_commands import commands
from mlgate.workloads.python.inline_code import read_code
from mlgate.workloads.shell.lines import Line
from mlgate.workloads.shell.words import Word
from mlgate.workloads.unfollowed.installs import installs_foreign
from mlgate.workloads.unfollowed.modelfiles import is_made, made
from mlgate.workloads.unfollowed.starters import Started, started

PIPED = "runs what another command prints, which the reader cannot follow"
ALIAS = "gives a program another name, which the reader does not follow"
NAMED = "runs a program that is named elsewhere"
ARGUMENTS = "takes arguments from elsewhere, which the reader cannot know"
INSTALLED = "installs code from a place of its own, which can replace the server"
FOREIGN = "runs code that the reader does not know how to read"
GIVEN = "gives a program of the image what the reader cannot look into"
BROKEN = "is no line of a shell that the reader understands"
DEEP = "starts programs by programs by programs, deeper than is read"
_MAX_DEPTH = 8
_MOST_WORDS = 200
_NOT_FOUND = "command_not_found_handle"
_AWKS = frozenset({"awk", "gawk", "mawk", "nawk"})
_AWK = re.compile(r'system\s*\(|getline|\|\s*"|\|&|@load|@include')
_SED = re.compile(
    r"(?:^|[;{}\n\d$/,!])\s*[eEwW](?:\s|$)|[^\w\s][gIimMp0-9]*e[gIimMp0-9]*\s*(?:$|[;}\n])"
    r"|[^\w\s][gIimMp0-9]*w\s"
)
"""Commands and flags of sed that run something or write."""
_EXECUTING = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_OPEN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/", "/dev/tcp/", "/proc/self/cwd")
_INLINE = re.compile(r"-[a-zA-Z]*[ecrEp]|--eval|--print|--command")
_SHELL_VALUED = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
_PYTHON_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_CODE_LIKE = re.compile(r"[;`\n]|\$\(|\|\||&&")
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
"""What an operator fills in."""
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)

Told = tuple[str, str]


class CommandRules:
    """Judges the commands of one container; `files` are those it was found to run."""

    def __init__(self, invocation: Invocation, places: AuthorsPlaces) -> None:
        self._invocation = invocation
        self._places = places
        self.files: list[Word] = []
        self.installs = False
        self._lists: dict[tuple[int, str], Arguments] = {}
        self._codes = {code for code, _ in invocation.code}

    def judge(self) -> Iterator[Told]:
        """Path and description of everything that cannot be followed."""
        for item in executed(self._invocation):
            yield from self._item(item, 0)

    def _item(self, item: Executed, depth: int) -> Iterator[Told]:
        if item.command is None and not item.words:
            yield item.path, BROKEN
            return
        if depth > _MAX_DEPTH:
            yield item.path, DEEP
            return
        if item.line is not None and item.command is item.line.commands[0]:
            yield from self._functions(item.line, item.path)
        if item.command is not None and item.command.loop:
            return
        if item.words and not self._is_argument(item):
            yield from self._command(item.words, item, depth)

    def _functions(self, line: Line, path: str) -> Iterator[Told]:
        names = {name for name in line.functions if _is_known_name(name) or name == _NOT_FOUND}
        if names:
            yield path, ALIAS

    def _is_argument(self, item: Executed) -> bool:
        """Whether the image settles the program, so that the first word is an argument of it."""
        slot, lead = self._invocation.slot, item.words[0]
        if item.command is not None or slot.command or not lead.path.startswith(slot.at("args")):
            return False
        return not (_starts(lead.base) or lead.base in commands().languages)

    def _command(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        lead = words[0]
        if lead.open or "$" in lead.text or not lead.text:
            yield from self._unknown_lead(words, item, depth)
            return
        found = self._by_kind(words, item, depth)
        yield from found if found is not None else self._by_name(words, item, depth)

    def _by_name(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        """The judgement on a program that runs nothing else, as far as anybody knows."""
        lead = words[0]
        if "/" in lead.text and "://" not in lead.text:
            self._run(lead)
        if lead.text.startswith(_OPEN_FILES):
            yield lead.path, PIPED
        elif item.line is not None and lead.text in item.line.functions:
            return
        elif self._is_watched(lead.base, words[1:]):
            yield lead.path, FOREIGN
        elif any(row.role != "bystander" for row in catalog().by_first_word.get(lead.base, ())):
            if len(words) > 1 and _is_bare(words[1]) and not self._is_settled(words[1]):
                yield words[1].path, ARGUMENTS
        elif lead.base not in commands().harmless:
            yield from self._of_image(words, item, depth)

    def _by_kind(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told] | None:
        """The judgement on a program that runs others or code, each in its way; None for others."""
        lead = words[0]
        base = lead.base
        table = commands()
        special: dict[str, Callable[[Arguments, Executed, int], Iterator[Told] | None]] = {
            "eval": self._eval,
            "trap": self._trap,
            "find": self._find,
            "alias": self._alias,
            "sed": self._sed,
            "python": self._python,
            ".": self._source,
            "source": self._source,
            "ollama": self._ollama,
            **dict.fromkeys(SHELLS, self._shell),
            **dict.fromkeys(_AWKS, self._awk),
            **dict.fromkeys(table.languages, self._language),
        }
        kind = "python" if INTERPRETER.fullmatch(base) else base
        if kind in special:
            return special[kind](words, item, depth)
        starter = table.starter(base)
        if starter is not None and starter.foreign:
            return iter(((lead.path, FOREIGN),))
        found = started(starter, words) if starter is not None else None
        if found is not None:
            return self._started(found, words, item, depth)
        if table.installer(base) is not None:
            return self._install(words)
        return iter(()) if starter is not None and starter.verb is None else None

    # Programs that start others

    def _started(self, found: Started, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        lead = words[0]
        if commands().installer(lead.base) is not None:
            yield from self._install(found.own)
        if lead.base in {"chroot", "unshare", "nsenter"} and any(
            self._places.hold(w.text) for w in found.own
        ):
            yield lead.path, GIVEN
        if lead.base in {"xargs", "parallel"} and self._adds_words(found):
            yield lead.path, PIPED
        elif found.line is not None:
            yield from self._line((found.line,), depth)
        elif found.module:
            yield from self._module(found.words, item, depth)
        elif found.python and not found.words[0].text.endswith(".py"):
            yield from self._command(found.words, Executed(found.words, item.path), depth + 1)
        elif found.python:
            self._run(found.words[0])
            yield from self._given(found.words[1:], item, depth)
        elif depth < _MAX_DEPTH:
            yield from self._command(found.words, item, depth + 1)
        else:
            yield lead.path, DEEP

    def _adds_words(self, found: Started) -> bool:
        """Whether words of another command become those of a server, a shell or what starts one."""
        lead = found.words[0] if found.words else None
        if lead is None:
            return False
        return lead.open or _is_known_name(lead.base) or lead.base in {"eval", "source", "."}

    def _line(self, texts: Arguments, depth: int) -> Iterator[Told]:
        if depth >= _MAX_DEPTH:
            yield texts[0].path, DEEP
            return
        for text in texts:
            if text.open and not is_given(text.text, self._invocation):
                yield text.path, NAMED
                return
        whole = " ".join(text.text for text in texts)
        for inner in commands_of(self._invocation, whole, texts[0].path):
            yield from self._item(inner, depth + 1)

    def _eval(self, words: Arguments, _item: Executed, depth: int) -> Iterator[Told]:
        return self._line(words[1:], depth) if len(words) > 1 else iter(())

    def _trap(self, words: Arguments, _item: Executed, depth: int) -> Iterator[Told]:
        given = [word for word in words[1:] if not word.text.startswith("-")][:1]
        return self._line(tuple(given), depth) if given and given[0].text else iter(())

    def _find(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        for at, word in enumerate(words[:_MOST_WORDS]):
            if word.text in _EXECUTING:
                behind = tuple(takewhile(lambda w: w.text not in {";", "+"}, words[at + 1 :]))
                if behind and behind[0].text.startswith("{}"):
                    yield word.path, FOREIGN
                elif behind:
                    yield from self._command(behind, item, depth + 1)

    def _alias(self, words: Arguments, _item: Executed, depth: int) -> Iterator[Told]:
        for word in words[1:_MOST_WORDS]:
            match = _ASSIGNED.fullmatch(word.text)
            if match is None:
                continue
            inner = list(commands_of(self._invocation, match.group(2), word.path))
            leads = [item.words[0].base if item.words else "" for item in inner]
            if word.open or _is_known_name(match.group(1)) or not set(leads) <= commands().harmless:
                yield word.path, ALIAS
            else:
                for item in inner:
                    yield from self._item(item, depth + 1)

    # Interpreters

    def _source(self, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
        if len(words) > 1:
            yield from self._file(words[1])

    def _ollama(self, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told] | None:
        return made(words, self._places) if is_made(words) else None

    def _file(self, word: Argument) -> Iterator[Told]:
        if word.text.startswith((*_OPEN_FILES, "<(")):
            yield word.path, PIPED
        elif word.open and _is_bare(word):
            yield word.path, NAMED
        else:
            self._run(word)

    def _shell(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        at, text = 1, False
        while at < len(words) and words[at].text[:1] in {"-", "+"} and words[at].text not in {"-", "--"}:
            flag = words[at].text
            if flag in {"--rcfile", "--init-file"} and at + 1 < len(words):
                yield from self._file(words[at + 1])
            short = re.fullmatch(r"-[A-Za-z]+", flag) is not None
            text = text or (short and "c" in flag)
            at += 2 if flag in _SHELL_VALUED or (short and flag.endswith(("o", "O"))) else 1
        at += at < len(words) and words[at].text == "--" and 1
        rest = words[at:]
        if text and rest:
            yield from self._line(rest[:1], depth)
        elif text:
            return
        elif rest and not any(word.text == "-s" for word in words[1:at]):
            yield from self._file(rest[0])
        else:
            yield from self._from_input(words, item, depth)

    def _from_input(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        """What a shell reads from its input: a document is there to be read."""
        if item.command is None:
            return
        documents = [r.document for r in item.command.redirected if r.document is not None]
        text = documents[-1].text if documents else None
        if text is None or any(part.kind == "commands" for part in text.parts):
            yield words[0].path, PIPED
        elif words[0].base in SHELLS:
            given = Argument(self._invocation.expand(text.text), words[0].path)
            yield from self._line((given,), depth)

    def _python(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        at = 1
        while at < len(words):
            text = words[at].text
            if not text.startswith("-") or text == "-":
                break
            if text in _PYTHON_VALUED:
                at += 2
                continue
            short = re.match(r"-[bBdEhiIOPqsSuvVx?]*([cmWX])(.*)", text, re.DOTALL)
            if short is None:
                at += 1
            elif short.group(1) in "WX":
                at += 1 if short.group(2) else 2
            else:
                joined = (Argument(short.group(2), words[at].path, words[at].open),) if short.group(2) else ()
                rest = (*joined, *words[at + 1 :])
                if short.group(1) == "c":
                    yield from self._code(rest[:1])
                else:
                    yield from self._module(rest, item, depth)
                return
        if at < len(words) and words[at].text != "-":
            yield from self._file(words[at])
            yield from self._given(words[at + 1 :], item, depth)
        else:
            yield from self._from_input(words, item, depth)

    def _code(self, given: Arguments) -> Iterator[Told]:
        for word in given:
            code = read_code(word.text)
            if word.open and _is_bare(word):
                yield word.path, NAMED
            elif (code.loaded or code.commands or code.hidden) and code not in self._codes:
                yield word.path, FOREIGN

    def _module(self, rest: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        if not rest:
            return
        name = rest[0]
        words = (Argument(f"python -m {name.text}", name.path), *rest[1:])
        installer = commands().installer(words[0].text)
        starter = {"torch.distributed.run": "torchrun", "torch.distributed.launch": "torchrun"}.get(name.text)
        if name.text.startswith("accelerate.commands"):
            starter = "accelerate"
        if name.open:
            yield name.path, NAMED
        elif installer is not None:
            yield from self._install(words)
        elif starter is not None:
            launch = (Argument("launch", name.path),) if starter == "accelerate" else ()
            yield from self._command((Argument(starter, name.path), *launch, *rest[1:]), item, depth + 1)
        elif name.text.partition(".")[0] in commands().runners | {"runpy", "pdb", "code", "timeit", "trace"}:
            yield from self._given(rest[1:], item, depth, strict=True)
        elif not _is_server(("-m", name.text)):
            yield from self._given(rest[1:], item, depth)

    def _language(self, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
        texts = [word.text for word in words[1:_MOST_WORDS]]
        if any(_INLINE.fullmatch(text) or text == "-" for text in texts):
            yield words[0].path, FOREIGN
            return
        file = next((word for word in words[1:] if not word.text.startswith("-")), None)
        if file is None:
            yield words[0].path, PIPED
        else:
            yield from self._file(file)

    def _awk(self, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
        for flag, word in zip((words[0], *words), words, strict=False):
            if _AWK.search(word.text) or (flag.text in {"-f", "-i", "-l"} and self._places.hold(word.text)):
                yield word.path, FOREIGN

    def _sed(self, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
        scripted, previous = False, ""
        for word in words[1:]:
            flag = previous in {"-e", "--expression", "-f", "--file"}
            is_script = flag or (not scripted and not word.text.startswith("-"))
            if is_script and previous not in {"-f", "--file"} and _SED.search(word.text):
                yield word.path, FOREIGN
            if is_script and previous in {"-f", "--file"} and self._places.hold(word.text):
                yield word.path, FOREIGN
            scripted, previous = scripted or is_script, word.text

    # Everything else

    def _install(self, words: Arguments) -> Iterator[Told]:
        installer = commands().installer(words[0].text if " " in words[0].text else words[0].base)
        self.installs = True
        if installer is not None and installs_foreign(self._places, installer, words[:_MOST_WORDS]):
            yield words[0].path, INSTALLED

    def _is_watched(self, base: str, words: Arguments) -> bool:
        patterns = commands().watched.get(base, ())
        return any(fnmatchcase(word.text, pattern) for word in words for pattern in patterns)

    def _unknown_lead(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        lead = words[0]
        if is_given(lead.text, self._invocation):
            return
        key = (id(item.line), lead.text)
        if key not in self._lists:
            self._lists[key] = _written_out(lead.text, item)[:_MOST_WORDS]
        values = self._lists[key]
        if values and depth < _MAX_DEPTH:
            yield from self._command((*values, *words[1:]), item, depth + 1)
        else:
            yield lead.path, NAMED

    def _of_image(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        strict = words[0].base in commands().runners
        yield from self._given(words[1:], item, depth, strict=strict)

    def _given(self, words: Arguments, item: Executed, depth: int, *, strict: bool = False) -> Iterator[Told]:
        """What a program of the image is given; `strict`: it runs whatever files it is given."""
        previous = ""
        for at, word in enumerate(words[:_MOST_WORDS]):
            flag, joined, value = word.text.partition("=")
            named = flag if joined or word.text.startswith("-") else previous
            text = value if joined and not word.text.startswith("{") else word.text
            previous = word.text if word.text.startswith("-") and not joined else ""
            is_data = not strict and named.startswith("-") and any(part in named for part in commands().data)
            if is_data:
                continue
            if word.open and _is_bare(word) and not joined and not self._is_settled(word):
                yield word.path, ARGUMENTS
            elif self._is_foreign(text, strict=strict):
                yield word.path, GIVEN
            elif not word.text.startswith("-") and _starts(word.base) and at + 1 < len(words):
                yield from self._command(words[at:], item, depth + 1)
                return

    def _is_foreign(self, text: str, *, strict: bool) -> bool:
        if text.startswith("git+") or _is_code(text) or (_is_path(text) and self._places.hold(text)):
            return True
        return strict and (any(char.isspace() for char in text) or self._places.mentioned(text))

    def _is_settled(self, word: Argument) -> bool:
        return not is_open(word.text, self._invocation)

    def _run(self, word: Argument) -> None:
        self.files.append(Word(word.text, word.path))


def _starts(base: str) -> bool:
    """Whether a word is a shell, an interpreter of Python or an installer of its packages."""
    return base in SHELLS or INTERPRETER.fullmatch(base) is not None or base in {"uv", "pip", "pip3"}


def _is_known_name(name: str) -> bool:
    """Whether a program of that name is known to run models or other programs."""
    table = commands()
    return (
        _starts(name)
        or name in catalog().by_first_word
        or table.starter(name) is not None
        or table.installer(name) is not None
        or name in table.languages | table.runners
    )


def _is_server(words: tuple[str, str]) -> bool:
    rows = catalog().by_first_word.get(words[0], ())
    return any(
        fnmatchcase(words[1], command[1]) for row in rows for command in row.commands if len(command) > 1
    )


def _is_bare(word: Argument) -> bool:
    """Whether it stands for words that nobody can see, from its beginning."""
    return word.open and word.text.startswith(("$", "`", "<("))


def _is_path(text: str) -> bool:
    return "/" in text and "://" not in text.removeprefix("file://")


def _is_code(text: str) -> bool:
    """Whether an argument reads as code, or as a line for a shell."""
    text = _TEMPLATE.sub("", text)
    if not any(char.isspace() for char in text) or _is_json(text):
        return False
    return _CODE_LIKE.search(text) is not None or _is_known_name(text.split(maxsplit=1)[0].rpartition("/")[2])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _written_out(text: str, item: Executed) -> Arguments:
    """The values of a list of the line, if all of them are written out."""
    match = re.fullmatch(r"\$\{(\w+)\[[@*]\]\}", text)
    if match is None or item.line is None:
        return ()
    values = [
        value
        for command in item.line.commands
        for name, _, value in command.sets
        if name == match.group(1) and value.open
    ]
    if not values or any(part.kind != "text" for value in values for part in value.parts):
        return ()
    return tuple(Argument(word, item.path) for value in values for word in value.text.split())
