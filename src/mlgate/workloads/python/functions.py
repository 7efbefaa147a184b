"""Functions of Python that run a program or code, and how much it matters that a name stands for one."""

from __future__ import annotations

import re

from mlgate.workloads.programs.catalog import catalog

MODULES = frozenset(
    {"os", "posix", "nt", "subprocess", "pty", "builtins", "importlib", "imp", "runpy", "ctypes", "sys"}
    | {"marshal", "pickle", "site", "pip", "code", "zipimport", "shutil", "__main__"}
)
"""Modules whose functions run programs and code, or say where code comes from, and the program itself."""
LANGUAGE = frozenset({"exec", "eval", "compile", "__import__", "breakpoint"})
"""Functions of the language that run code or find it."""
FINDING = frozenset({"getattr", "builtins.getattr", "globals", "locals", "vars"})
"""Functions that look others up by their names."""
RUNS = re.compile(
    r"(?:os|posix|nt)\.(?:system|popen\w*|exec[lv]\w*|spawn[lv]\w*|posix_spawnp?|startfile)"
    r"|subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)"
    r"|(?:.+\.)?(?:create_)?subprocess_(?:exec|shell)"
    r"|pty\.spawn|pexpect\.(?:spawn|run|runu|spawnu)|_?posixsubprocess\.fork_exec|pip\.(?:.*\.)?main"
)
"""Functions that run a program they are told."""
UNIQUE = re.compile(
    r"popen|Popen|system|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?|check_output|check_call|getstatusoutput"
    r"|run_path|run_module|exec_module|load_module|dlopen|LoadLibrary|load_library|load_inline|addsitedir"
)
"""Names of such functions that nothing else has, whatever they are asked of."""
HIDES = re.compile(
    r"(?:builtins\.)?(?:exec|eval|compile|__import__|breakpoint)"
    r"|importlib\.(?!metadata|resources|invalidate_caches|util\.find_spec).+|imp\..+"
    r"|ctypes\.(?:.*\.)?(?:CDLL|PyDLL|OleDLL|WinDLL|cdll|pydll|windll|oledll|pythonapi)(?:\..+)?"
    r"|code\.(?:interact|Interactive\w+)|types\.(?:FunctionType|CodeType)|zipimport\..+|marshal\.loads?"
    r"|runpy\.run_(?:path|module)|torch\.(?:ops|classes)\.load_library|torch\.utils\.cpp_extension\.load\w*"
    r"|(?:.+\.)?__(?:subclasses|globals|builtins|code|getattribute|loader|import|mro)__"
    r"|(?:os|posix|sys|subprocess|builtins|importlib|ctypes|runpy)\.__(?!name|file|doc|version)\w+__"
    r"|sys\.(?:modules|meta_path|path_hooks|settrace|setprofile)(?:\..+)?|site\.addsitedir"
)
"""Functions that run code they are told, and ways to find any function."""
PLAIN, LOADER, MODULE, FUNCTION = 1, 2, 3, 4


def weight(dotted: str) -> int:
    """How much it matters that a name can be another name of this one: 0 for not at all, to 4."""
    if RUNS.fullmatch(dotted) or HIDES.fullmatch(dotted) or dotted in FINDING:
        return FUNCTION
    base, _, rest = dotted.partition(".")
    if base in MODULES:
        return MODULE
    loads = dotted in catalog().loaders or dotted in catalog().unpicklers
    if rest and (loads or base in catalog().libraries):
        return LOADER
    return PLAIN if rest and "?" not in dotted else 0


def contradict(names: set[str], *, of_imports: bool = False) -> bool:
    """Whether one name stands for several things of which a call cannot be read as that of one of them."""
    most, second = [0, 0, *sorted(map(weight, names))][:-3:-1]
    if of_imports and second == MODULE:
        return True
    return second >= LOADER if most == FUNCTION else (most, second) == (MODULE, LOADER)
