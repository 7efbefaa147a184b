"""Programs of Python whose names mean something else than they read like, and calls that say things twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]


@pytest.fixture
def seen(read: Read, pod_of: PodOf) -> Callable[[str], tuple[list[str], list[str]]]:
    """The models and problems of a server that runs a program, without the harmless model beside it."""

    def examined(program: str) -> tuple[list[str], list[str]]:
        own: Json = {"image": "vllm/vllm-openai:v1", "command": ["python3", "-c", program]}
        own["env"] = [{"name": "MODEL_ID", "value": "good/harmless"}]
        workload = read(pod_of(**own)).workload
        assert workload is not None
        models = [model.uri for model in workload.models if "harmless" not in model.uri]
        return models, [problem.message for problem in workload.problems]

    return examined


UNKNOWN = "with what the reader cannot know"
VARIABLES = "sets variables that the reader cannot know"
RUN = "import subprocess\n"
HIDDEN: dict[str, tuple[str, str]] = {
    "a function of its own that is gone": ("def exec(x): ...\ndel exec\nexec(y)", UNKNOWN),
    "a method": ("class A:\n def exec(self): ...\nexec(y)", UNKNOWN),
    "a parameter of another function": ("def f(exec): ...\nexec(y)", UNKNOWN),
    "a parameter of another lambda": ("f = lambda exec: 1\nexec(y)", UNKNOWN),
    "a parameter and its default": ("def f(exec=exec(y)): ...", UNKNOWN),
    "a name in a comprehension": ("[exec for exec in []]\nexec(y)", UNKNOWN),
    "a name in another function": ("def f():\n exec = 1\nexec(y)", UNKNOWN),
    "a name that is the outer one": ("def f():\n global exec\n exec = 1\nexec(y)", UNKNOWN),
    "a name on one way only": ("if 0:\n def exec(x): ...\nexec(y)", UNKNOWN),
    "a name that comes later": ("exec(y)\ndef exec(x): ...", UNKNOWN),
    "a name of an error": ("try: ...\nexcept E as exec: ...\nexec(y)", UNKNOWN),
    "a name of a case": ("match 1:\n case exec: ...\nexec(y)", UNKNOWN),
    "a name in passing": ("def f(): (exec := 1)\nexec(y)", UNKNOWN),
    "a name without a value": ("exec: int\nexec(y)", UNKNOWN),
    "a name that is imported elsewhere": ("def f():\n from x import exec\nexec(y)", UNKNOWN),
    "every name of a module": ("from json import *\nexec(y)", UNKNOWN),
    "another name of it": ("e = exec\ne(y)", UNKNOWN),
    "its own name": ("exec = exec\nexec(y)", UNKNOWN),
    "a global name": ("def f():\n global e\n e = exec\ndef g(): e(y)", UNKNOWN),
    "names in any order": ("import os\ndef f(): d(x)\nd = c\nc = b\nb = a\na = os.system", UNKNOWN),
    "a module that is another elsewhere": ("import os\ndef f():\n import math as os\nos.system(x)", UNKNOWN),
    "two modules under a name": ("import os\ndef f():\n import subprocess as os\n os.run(x)", "to several"),
    "two functions under a name": (
        "import os, importlib\nf = importlib.import_module\ndef g():\n f = os.system\n f('vllm serve e/m')",
        "to several",
    ),
    "a type that is called": ("def f(x: exec(y)): ...", UNKNOWN),
    "a type within another": ("x: Annotated[int, exec(y)] = 1", UNKNOWN),
    "a function of a class": ("import os\nclass A:\n s = os.system\nA.s(x)", "hands on os.system"),
    "an import of a class": ("class A:\n from os import system as s\nA.s(x)", "hands on os.system"),
    "a module of its own": ("import sys\nsys.modules[__name__].m = x", "changes its own names"),
    "a name of the program that is set": ("import sys\nsetattr(sys.modules['__main__'], 'm', x)", "__main__"),
    "a method of a library": ("import vllm\nvllm.LLM.generate = f", "changes vllm.LLM"),
    "a method of a library by its name": ("import vllm as v\nsetattr(v.LLM, x, f)", "changes vllm.LLM"),
    "a class of a library": ("from vllm import LLM as L\nL.generate = f", "changes vllm.LLM"),
    "names of the program that are set": ("globals().update(m=x)", UNKNOWN),
    "names of the program that are kept": ("g = globals()\ng['m'] = x", UNKNOWN),
    "another program behind stars": (f"{RUN}subprocess.run(['ls'], **{{'executable': 'x'}})", UNKNOWN),
    "another program by its place": (f"{RUN}subprocess.Popen(['ls'], -1, 'x')", UNKNOWN),
    "a function before the program": (f"{RUN}subprocess.run(['ls'], preexec_fn=f)", UNKNOWN),
    "any words behind stars": (f"{RUN}subprocess.run(['ls'], **k)", UNKNOWN),
    "anything behind a star": (f"{RUN}subprocess.run(['ls'], *k)", UNKNOWN),
    "a variable of a program": (f"{RUN}subprocess.run(['ls'], env={{'LD_PRELOAD': x}})", "sets LD_PRELOAD"),
    "variables of a program": (f"{RUN}subprocess.run(['ls'], env=x)", VARIABLES),
    "variables that a function makes": (f"{RUN}subprocess.run(['ls'], env=f())", VARIABLES),
    "variables of a computed name": (f"{RUN}subprocess.run(['ls'], env={{x: 'y'}})", VARIABLES),
    "variables behind stars": (f"{RUN}subprocess.run(['ls'], env={{**x}})", VARIABLES),
    "variables and more of them": (f"{RUN}import os\nsubprocess.run(['ls'], env=os.environ | x)", VARIABLES),
    "variables in a sum": (f"{RUN}subprocess.run(['ls'], env=[x])", VARIABLES),
    "variables that are set later": (
        f"{RUN}import os\ne = os.environ.copy()\ne['PATH'] = x\nsubprocess.run(['ls'], env=e)",
        VARIABLES,
    ),
    "variables of a process": ("import os\nos.execve('ls', ['ls'], x)", VARIABLES),
    "variables of another process": ("import os\nos.posix_spawn('ls', ['ls'], x)", VARIABLES),
    "variables of variables": (
        RUN
        + "a0 = {}\n"
        + "".join(f"a{n + 1} = a{n} | a{n}\n" for n in range(60))
        + "subprocess.run('x', env=a60)",
        VARIABLES,
    ),
}


@pytest.mark.parametrize(("program", "message"), HIDDEN.values(), ids=HIDDEN.keys())
def test_bypass_23_a_name_that_means_something_else_is_told(
    seen: Callable[[str], tuple[list[str], list[str]]], program: str, message: str
) -> None:
    _, problems = seen(program)

    assert any(message in problem for problem in problems), problems


WORDS = "import subprocess\nc = ['vllm', 'serve', 'good/harmless']\n"
CHANGED = {
    "an item": "c[2] = x",
    "some items": "c[2:] = [x]",
    "an item that is gone": "del c[2]",
    "an item of a loop": "for c[2] in x: ...",
    "an item of a context": "with x as c[2]: ...",
    "an item among others": "a, c[2] = x",
    "an item under another name": "d = c\nd[2] = x",
    "an item under a name in passing": "print(d := c)\nd[2] = x",
    "an item in a function": "def f(q): q[2] = x\nf(c)",
    "an item by a function": "import operator\noperator.setitem(c, 2, x)",
    "an item by the class": "list.append(c, x)",
    "an order": "c.reverse()",
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_bypass_23_words_that_are_changed_in_place_are_not_known(
    seen: Callable[[str], tuple[list[str], list[str]]], change: str
) -> None:
    _, problems = seen(f"{WORDS}{change}\nsubprocess.run(c)")

    assert f"calls run {UNKNOWN}" in problems


EVIL, UNSEEN = ["hf://evil/m"], ["LLM(...)"]
GOOD = "from vllm import LLM\nm = 'good/harmless'\n"
MODELS: dict[str, tuple[str, list[str]]] = {
    "a function that is another elsewhere": (f"{GOOD}def f():\n from x import y as LLM\nLLM('evil/m')", EVIL),
    "words behind stars": (f"{GOOD}LLM(**{{'model': 'evil/m'}})", EVIL),
    "words behind stars by name": (f"{GOOD}d = dict(model='evil/m')\nLLM(**d)", EVIL),
    "words that are changed": (f"{GOOD}d = {{'model': m}}\nd['model'] = x\nLLM(**d)", UNSEEN),
    "words that are not known": (f"{GOOD}LLM(path='good/harmless', **x)", UNSEEN),
    "one behind a star": (f"{GOOD}LLM(*['evil/m'])", EVIL),
    "anything behind a star": (f"{GOOD}LLM(*x, path='good/harmless')", UNSEEN),
    "a first one and another word": (f"{GOOD}LLM('evil/m', filename='good/harmless')", EVIL),
    "two words": (f"{GOOD}LLM(model_id='good/harmless', model='evil/m')", EVIL),
    "a word that is written twice": (f"{GOOD}LLM(**{{'model': 'good/harmless', 'model': 'evil/m'}})", EVIL),
    "one above a function": (f"{GOOD}@LLM\ndef f(): ...", UNSEEN),
    "one of a list": (f"{GOOD}[f('evil/m') for f in [LLM]]", UNSEEN),
    "one of a map": (f"{GOOD}{{'a': LLM}}['a']('evil/m')", UNSEEN),
    "one of a class": (f"{GOOD}class A:\n f = LLM\nA.f('evil/m')", UNSEEN),
    "one that a class imports": ("class A:\n from vllm import LLM as q\nA.q('evil/m')", UNSEEN),
    "one of an object": (f"{GOOD}def f(s): s.f = LLM\ns.f('evil/m')", UNSEEN),
    "a class that is told by its own": (
        f"{GOOD}class A(LLM):\n def __init__(s): super().__init__('evil/m')\nA()",
        UNSEEN,
    ),
    "a class that is told by name": (f"{GOOD}LLM.__init__(object.__new__(A), 'evil/m')", UNSEEN),
    "a text of a star": (f"{GOOD}match x:\n case [*m]: ...\nLLM(m)", UNSEEN),
    "a text of a map": (f"{GOOD}match x:\n case {{'a': 1, **m}}: ...\nLLM(m)", UNSEEN),
    "a text that is multiplied": (f"{GOOD}m *= x\nLLM(m)", UNSEEN),
    "a text by its name": (f"{GOOD}globals()['m'] = x\nLLM(m)", UNSEEN),
    "a text that any module gives": (f"{GOOD}from mine import *\nLLM(m)", UNSEEN),
    "a text with two names": (f"{GOOD}a = b = 'evil/m'\nLLM(a)", EVIL),
    "a variable of a program": (f"{RUN}subprocess.run(['ls'], env=dict(MODEL_ID='evil/m'))", EVIL),
}


@pytest.mark.parametrize(("program", "expected"), MODELS.values(), ids=MODELS.keys())
def test_bypass_23_a_model_is_one_whatever_the_call_looks_like(
    seen: Callable[[str], tuple[list[str], list[str]]], program: str, expected: list[str]
) -> None:
    assert [model for model in seen(program)[0] if model in expected] == expected


HONEST = {
    "a function of its own": "def exec(words): return words\nprint(exec(['x']))",
    "a function of its own in another": "def f(compile=False):\n if compile: print(compile)",
    "a name of its own in a function": "def f():\n eval = 1\n return eval",
    "a name in a comprehension": "[compile for compile in x]",
    "a name in a lambda": "f = lambda eval: eval",
    "a name of an import": "from re import compile\np = compile('x')",
    "a method of that name": "import torch\nm.eval()\ntorch.compile(m)",
    "another name of a stream": "import sys\nout = sys.stdout\ndef f():\n out = sys.stderr",
    "one of two modules": "try: import importlib.metadata as m\nexcept: import metadata as m",
    "its own module": "import sys\nm = sys.modules[__name__]\nprint(m.app, getattr(m, 'x'))",
    "arguments": "import argparse\na = vars(argparse.Parser().parse_args())\n'{x}'.format(**locals())",
    "a setting of a library": "import vllm\nvllm.envs.X = True\nadapters = f()\nadapters.x = y",
    "a name of the program": "globals().get('x')",
    "types": "from vllm import LLM\nx: Optional[LLM] = None\ndef f(a: LLM) -> LLM: ...\nisinstance(x, LLM)",
    "variables of a program": (
        f"{RUN}import os\nenv = os.environ.copy()\nenv['FOO'] = x\nsubprocess.run(['ls'], env=env)\n"
        "subprocess.run(['ls'], env={**os.environ, 'FOO': x})\nsubprocess.run(['ls'], env=None)\n"
        "subprocess.run(['ls'], env=dict(os.environ, FOO=x))\nos.execvpe('ls', ['ls'], os.environ | {'A': x})"
    ),
}


@pytest.mark.parametrize("program", HONEST.values(), ids=HONEST.keys())
def test_names_that_mean_what_they_read_like_are_no_problem(
    seen: Callable[[str], tuple[list[str], list[str]]], program: str
) -> None:
    assert seen(program) == ([], [])
