"""The rules for interpreters: shells, Python, and other languages, of which no code is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.workloads.commands.bystanders import SHELLS
from mlgate.workloads.commands.executed import Argument, Arguments, Executed
from mlgate.workloads.programs.known_commands import commands
from mlgate.workloads.python.inline_code import read_code
from mlgate.workloads.unfollowed.descriptions import FOREIGN, NAMED, PIPED, Told
from mlgate.workloads.unfollowed.recognised import is_bare, is_server
from mlgate.workloads.unfollowed.rules import MOST_WORDS, Rules

_AWK = re.compile(r'system\s*\(|getline|\|\s*"|\|&|@load|@include')
_SED = re.compile(
    r"(?:^|[;{}\n\d$/,!])\s*[eEwW](?:\s|$)|[^\w\s][gIimMp0-9]*e[gIimMp0-9]*\s*(?:$|[;}\n])"
    r"|[^\w\s][gIimMp0-9]*w\s"
)
"""Commands and flags of sed that run something or write."""
_INLINE = re.compile(r"-[a-zA-Z]*[ecrEp]|--eval|--print|--command")
_SHELL_VALUED = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
_PYTHON_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})


def of_source(rules: Rules, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
    """A file that is read into the shell: `source <file>`."""
    if len(words) > 1:
        yield from rules.file(words[1])


def of_shell(rules: Rules, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
    """A shell: a line behind `-c`, a file, or what it reads from its input."""
    at, text = 1, False
    while at < len(words) and words[at].text[:1] in {"-", "+"} and words[at].text not in {"-", "--"}:
        flag = words[at].text
        if flag in {"--rcfile", "--init-file"} and at + 1 < len(words):
            yield from rules.file(words[at + 1])
        short = re.fullmatch(r"-[A-Za-z]+", flag) is not None
        text = text or (short and "c" in flag)
        at += 2 if flag in _SHELL_VALUED or (short and flag.endswith(("o", "O"))) else 1
    at += at < len(words) and words[at].text == "--" and 1
    rest = words[at:]
    if text and rest:
        yield from rules.line(rest[:1], depth)
    elif text:
        return
    elif rest and not any(word.text == "-s" for word in words[1:at]):
        yield from rules.file(rest[0])
    else:
        yield from _from_input(rules, words, item, depth)


def _from_input(rules: Rules, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
    """What a shell reads from its input: a document is there to be read."""
    if item.command is None:
        return
    documents = [r.document for r in item.command.redirected if r.document is not None]
    text = documents[-1].text if documents else None
    if text is None or any(part.kind == "commands" for part in text.parts):
        yield words[0].path, PIPED
    elif words[0].base in SHELLS:
        given = Argument(rules.invocation.expand(text.text), words[0].path)
        yield from rules.line((given,), depth)


def of_python(rules: Rules, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
    """Python: a program behind `-c`, a module behind `-m`, a file, or what it reads from its input."""
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
                yield from _code(rules, rest[:1])
            else:
                yield from python_module(rules, rest, item, depth)
            return
    if at < len(words) and words[at].text != "-":
        yield from rules.file(words[at])
        yield from rules.given(words[at + 1 :], item, depth)
    else:
        yield from _from_input(rules, words, item, depth)


def _code(rules: Rules, given: Arguments) -> Iterator[Told]:
    for word in given:
        code = read_code(word.text)
        if word.open and is_bare(word):
            yield word.path, NAMED
        elif (code.loaded or code.commands or code.hidden) and code not in rules.codes:
            yield word.path, FOREIGN


def python_module(rules: Rules, rest: Arguments, item: Executed, depth: int) -> Iterator[Told]:
    """A module that Python runs, and what it is given; `rest` begins with its name."""
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
        yield from rules.install(words)
    elif starter is not None:
        launch = (Argument("launch", name.path),) if starter == "accelerate" else ()
        yield from rules.command((Argument(starter, name.path), *launch, *rest[1:]), item, depth + 1)
    elif name.text.partition(".")[0] in commands().runners | {"runpy", "pdb", "code", "timeit", "trace"}:
        yield from rules.given(rest[1:], item, depth, strict=True)
    elif not is_server(("-m", name.text)):
        yield from rules.given(rest[1:], item, depth)


def of_language(rules: Rules, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
    """An interpreter of another language, whose code nobody reads: only a file of the image may run."""
    texts = [word.text for word in words[1:MOST_WORDS]]
    if any(_INLINE.fullmatch(text) or text == "-" for text in texts):
        yield words[0].path, FOREIGN
        return
    file = next((word for word in words[1:] if not word.text.startswith("-")), None)
    if file is None:
        yield words[0].path, PIPED
    else:
        yield from rules.file(file)


def of_awk(rules: Rules, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
    """A program of awk that starts others, or that lies where the author can write."""
    for flag, word in zip((words[0], *words), words, strict=False):
        if _AWK.search(word.text) or (flag.text in {"-f", "-i", "-l"} and rules.places.hold(word.text)):
            yield word.path, FOREIGN


def of_sed(rules: Rules, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told]:
    """A script of sed that starts something or writes files, or that lies where the author can write."""
    scripted, previous = False, ""
    for word in words[1:]:
        flag = previous in {"-e", "--expression", "-f", "--file"}
        is_script = flag or (not scripted and not word.text.startswith("-"))
        if is_script and previous not in {"-f", "--file"} and _SED.search(word.text):
            yield word.path, FOREIGN
        if is_script and previous in {"-f", "--file"} and rules.places.hold(word.text):
            yield word.path, FOREIGN
        scripted, previous = scripted or is_script, word.text
