"""Programs of Python beside a model server: what they load and start under any name, and what they hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction
from mlgate.workloads.python.inline_code import read_code

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

CLAIM: Json = {"name": "d", "persistentVolumeClaim": {"claimName": "data"}}
HARMLESS: Json = {"name": "MODEL_ID", "value": "good/harmless"}


@pytest.fixture
def seen(read: Read, pod_of: PodOf) -> Callable[[str], tuple[list[str], list[str]]]:
    """The models and problems of a server that runs a program, without the harmless model beside it."""

    def examined(program: str) -> tuple[list[str], list[str]]:
        mounts = [{"name": "d", "mountPath": "/d"}]
        own: Json = {"image": "vllm/vllm-openai:v1", "command": ["python3", "-c", program], "env": [HARMLESS]}
        workload = read(pod_of({"volumes": [CLAIM]}, **own, volumeMounts=mounts)).workload
        assert workload is not None
        models = [model.uri for model in workload.models if "harmless" not in model.uri]
        return models, [problem.message for problem in workload.problems]

    return examined


UNKNOWN = "with what the reader cannot know"
HANDED = "so that the reader cannot know what it runs"
HIDDEN: dict[str, tuple[str, str]] = {
    "a process by its path": ("import os\nos.posix_spawn(x, y, {})", UNKNOWN),
    "another name": ("import os\nk = os.system\nk(x)", UNKNOWN),
    "another name of a module": ("import os as o\nm = o\nm.system(x)", UNKNOWN),
    "another name in passing": ("import os\n(k := os.system)(x)", UNKNOWN),
    "every name of a module": ("from os import *\nsystem(x)", UNKNOWN),
    "a module by its name": ("__import__('os').system(x)", UNKNOWN),
    "a module that is looked up": ("import importlib\nimportlib.import_module('os').system(x)", UNKNOWN),
    "a module within another": ("import torch\ntorch.os.system(x)", UNKNOWN),
    "a module of those there are": ("import sys\nsys.modules['os'].system(x)", UNKNOWN),
    "any module of those there are": ("import sys\nsys.modules[x].system('y')", UNKNOWN),
    "a function that is looked up": ("import os\ngetattr(os, 'system')(x)", UNKNOWN),
    "a function of a computed name": ("import os\ngetattr(os, 'sys' + x)('y')", UNKNOWN),
    "a method of a computed name": ("getattr(y, x)('z')", UNKNOWN),
    "names of a module": ("import os\nos.__dict__[x]('y')", UNKNOWN),
    "names of the program": ("globals()[x]('y')", UNKNOWN),
    "a module that is handed on": ("import operator, os\noperator.attrgetter(x)(os)('y')", HANDED),
    "a function that is handed on": ("import os\nlist(map(os.system, [x]))", HANDED),
    "a function that another process calls": (
        "import multiprocessing, os\nmultiprocessing.Process(target=os.system, args=(x,)).start()",
        HANDED,
    ),
    "a function in a map": ("import os\nd = {'f': os.system}\nd['f'](x)", HANDED),
    "a function above another": ("import os\n@os.system\ndef f(): ...", HANDED),
    "a function for a trace": ("import sys\nsys.settrace(x)", UNKNOWN),
    "code of the language's own": ("import builtins as b\nb.exec(x)", UNKNOWN),
    "code that is decoded": ("import codecs\nexec(codecs.decode('k', 'rot13'))", UNKNOWN),
    "code that is compiled": ("import types\ntypes.FunctionType(x, {})()", UNKNOWN),
    "every class there is": ("().__class__.__base__.__subclasses__()", UNKNOWN),
    "names of a function": ("f.__globals__[x]('y')", UNKNOWN),
    "a program by its path": ("import runpy\nrunpy.run_path(x)", UNKNOWN),
    "a module by its path": ("import importlib.util as u\nu.spec_from_file_location('a', x)", UNKNOWN),
    "a library": ("import ctypes\nctypes.CDLL('/srv/x.so')", UNKNOWN),
    "a library that is loaded": ("from ctypes import *\ncdll.LoadLibrary(x)", UNKNOWN),
    "an extension": ("import torch\ntorch.ops.load_library(x)", UNKNOWN),
    "objects that run": ("import pickle as p\np.loads(x)", UNKNOWN),
    "objects that are fetched": ("import torch, io\ntorch.load(io.BytesIO(x))", UNKNOWN),
    "objects that another function loads": ("import pickle\nlist(map(pickle.loads, x))", UNKNOWN),
    "arguments of its own": ("import sys\nsys.argv = [a, b]\nmain()", "sets its arguments"),
    "a further argument": ("import sys\nsys.argv.append(x)", "sets its arguments"),
    "arguments behind many modules": (
        "import sys\n" + "".join(f"import m{n}\n" for n in range(60)) + "sys.argv = ['a']",
        "sets its arguments",
    ),
    "a folder of modules": ("import sys\nsys.path.insert(0, x)", "takes modules from where"),
    "a volume with modules": ("import sys\nsys.path.append('/d')", "takes code from a volume"),
    "a volume before others": ("import sys\nsys.path[:0] = ['/d']", "takes code from a volume"),
    "a volume among others": ("import sys\nsys.path = ['/x', '/d'] + sys.path", "takes code from a volume"),
    "volumes with modules": ("import sys\nsys.path.extend(['/d'])", "takes code from a volume"),
    "a volume beside itself": (
        "import sys, os\nsys.path.append(os.path.join(os.path.dirname(__file__), '/d'))",
        "takes code from a volume",
    ),
    "a volume of a site": ("import site\nsite.addsitedir('/d')", "takes code from a volume"),
    "a variable with a place": ("import os\nos.environ['PYTHONPATH'] = '/d'", "takes code from a volume"),
    "a variable that is computed": ("import os\nos.environ['LD_PRELOAD'] = x", "sets LD_PRELOAD"),
    "a variable by a function": ("import os\nos.putenv('PATH', x)", "sets PATH"),
    "variables that are computed": ("import os\nos.environ.update(x)", "sets variables"),
    "a variable of any name": ("import os\nos.environ[x] = 'y'", "sets variables"),
    "a wheel": ("import pip\npip.main(['install', 'http://x/v.whl'])", "installs code"),
    "a package that is computed": (
        "from pip._internal.cli.main import main as m\nm(['install', x])",
        UNKNOWN,
    ),
    "a shell that is fed": ("import subprocess\nsubprocess.run(['sh'], input=x)", "runs what another"),
    "a shell behind a pipe": ("import os\nos.popen('sh', 'w').write(x)", "runs what another"),
    "another program than it says": (
        "import subprocess\nsubprocess.run(['ls'], executable=x)",
        UNKNOWN,
    ),
    "words that are added": (
        "import subprocess\nc = ['vllm', 'serve']\nc.append(x)\nsubprocess.run(c)",
        UNKNOWN,
    ),
    "a language nobody reads": ("type X = int\nimport os", "is code of Python that the reader cannot read"),
    "names within names": (
        "a0 = ['x']\n" + "".join(f"a{n + 1} = [*a{n}, *a{n}]\n" for n in range(60)) + "os.execv(a60, a60)",
        UNKNOWN,
    ),
}


@pytest.mark.parametrize(("program", "message"), HIDDEN.values(), ids=HIDDEN.keys())
def test_bypass_19_what_python_hides_is_told_under_any_name(
    seen: Callable[[str], tuple[list[str], list[str]]], program: str, message: str
) -> None:
    _, problems = seen(program)

    assert any(message in problem for problem in problems), problems


EVIL = ["hf://evil/m"]
MODELS: dict[str, tuple[str, list[str]]] = {
    "a process": ("import os\nos.posix_spawnp('vllm', ['x', 'serve', 'evil/m'], {})", EVIL),
    "a process with a mode": ("import os\nos.spawnvp(os.P_WAIT, 'vllm', ['x', 'serve', 'evil/m'])", EVIL),
    "words one by one": ("import os\nos.execl('/usr/bin/vllm', 'x', 'serve', 'evil/m')", EVIL),
    "words and variables": ("import os\nos.execle('vllm', 'x', 'serve', 'evil/m', os.environ)", EVIL),
    "a line": ("import asyncio\nasyncio.create_subprocess_shell('vllm serve evil/m')", EVIL),
    "words of a line": ("import asyncio\nasyncio.create_subprocess_exec('vllm', 'serve', 'evil/m')", EVIL),
    "words by a loop": ("loop.subprocess_exec(P, 'vllm', 'serve', 'evil/m')", EVIL),
    "a terminal": ("import pty\npty.spawn(['vllm', 'serve', 'evil/m'])", EVIL),
    "a list by its name": (
        "import subprocess\nc = ['vllm']\nc += ['serve']\nc.append('evil/m')\nsubprocess.run(args=c)",
        EVIL,
    ),
    "a line that is split": ("import subprocess\nc = 'vllm serve evil/m'\nsubprocess.run(c.split())", EVIL),
    "a list that is joined": ("import os\nos.system(' '.join(['vllm', 'serve', 'evil/m']))", EVIL),
    "the interpreter itself": (
        "import os, sys\nos.execl(sys.executable, 'x', '-m', 'sglang.launch_server', '--model=evil/m')",
        EVIL,
    ),
    "a folder it runs in": (
        "import subprocess\nsubprocess.run(['vllm', 'serve', 'evil/m'], cwd='/d')",
        ["pvc://data/evil/m"],
    ),
    "arguments of its own": (
        "import sys\nfrom vllm.entrypoints.cli.main import main\nsys.argv = ['x', 'serve', 'evil/m']\nmain()",
        EVIL,
    ),
    "arguments behind the first": ("import sys, vllm\nsys.argv[1:] = ['serve', 'evil/m']", EVIL),
    "a further argument": ("import sys\nsys.argv += ['--model', 'evil/m']", EVIL),
    "a module that runs": (
        "import runpy, sys\nsys.argv = ['x', '--model', 'evil/m']\nrunpy.run_module('sglang.launch_server')",
        EVIL,
    ),
    "a variable": ("import os\nos.environ['MODEL_ID'] = 'evil/m'", EVIL),
    "variables of a program": (
        "import subprocess, os\nsubprocess.run(['vllm', 'serve'], env={**os.environ, 'MODEL_ID': 'evil/m'})",
        EVIL,
    ),
    "another name": ("from vllm import LLM as L\nk = L\nk('evil/m')", EVIL),
    "a class of its own": ("from vllm import LLM\nclass X(LLM): ...\nX('evil/m')", EVIL),
    "a part of a call": (
        "from functools import partial\nfrom vllm import LLM\npartial(LLM, 'evil/m')()",
        EVIL,
    ),
    "an actor": ("import ray\nfrom vllm import LLM\nray.remote(LLM).remote('evil/m')", ["LLM(...)"]),
    "a name that is shadowed": ("M = 'good/m'\ndef f(M):\n    LLM(M)\nf('evil' + x)", ["LLM(...)"]),
    "what is called a model": ("engine.model_config.model = 'evil/m'", EVIL),
    "what is called one in a map": ("run(**{'model_path': 's3://evil/models/m'})", ["s3://evil/models/m"]),
    "what is called one by default": ("def main(model_id='evil/m'): ...", EVIL),
    "a file of objects": (
        "import pickle\nwith open('/d/evil.pkl', 'rb') as f:\n    model = pickle.load(f)",
        ["pvc://data/evil.pkl"],
    ),
    "a file of weights": ("import torch\ntorch.load('/d/w.pt')", ["pvc://data/w.pt"]),
    "a name without an owner": (
        "from transformers import AutoModel as A\nA.from_pretrained('gpt2')",
        ["hf://gpt2"],
    ),
    "sentences": (
        "from sentence_transformers import SentenceTransformer as S\nS('mini-lm')",
        ["hf://mini-lm"],
    ),
    "a task alone": ("from transformers import pipeline\npipeline('text-generation')", ["pipeline(...)"]),
    "a folder of the image": (
        "from transformers import AutoModel\nAutoModel.from_pretrained('./m')",
        ["image://vllm/vllm-openai:v1"],
    ),
    "a folder of a volume": ("import os\nos.chdir('/x')\nLLM('/d/m')", ["pvc://data/m"]),
    "a request": (
        "import requests\nrequests.post('http://localhost:11434/api/pull', json={'name': 'evil'})",
        ["ollama://evil"],
    ),
    "a request for an adapter": (
        "import httpx\nhttpx.post('http://x/v1/load_lora_adapter', json={'lora_path': 'evil/m'})",
        EVIL,
    ),
    "Ray Serve": (
        "from ray.serve import llm\nllm.LLMConfig(model_loading_config=dict(model_source='evil/m'))",
        EVIL,
    ),
    "LitServe": (
        "import transformers as t\nclass A(API):\n def setup(s, d):\n  s.m = t.pipeline('x', model='evil/m')",
        EVIL,
    ),
    "BentoML": ("import bentoml\nm = bentoml.models.HuggingFaceModel('evil/m')", EVIL),
}


@pytest.mark.parametrize(("program", "expected"), MODELS.values(), ids=MODELS.keys())
def test_bypass_19_a_model_in_python_is_one_under_any_name(
    seen: Callable[[str], tuple[list[str], list[str]]], program: str, expected: list[str]
) -> None:
    assert seen(program)[0] == expected


SERVING = """
from __future__ import annotations
import logging, os, sys, re, json, subprocess
from pathlib import Path
from typing import Optional
import torch, uvicorn
from fastapi import FastAPI
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

sys.path.append(os.path.join(os.path.dirname(__file__), "lib"))
sys.argv[0] = re.sub("x", "", sys.argv[0])
log = logging.getLogger(__name__)
module = sys.modules[__name__]
MODEL_ID = os.environ["MODEL_ID"]
dtype = getattr(torch, os.environ.get("DTYPE", "float16"))
process: Optional[subprocess.Popen] = None
app = FastAPI()


class Server:
    def __init__(self) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(MODEL_ID)
        self.model = AutoModelForCausalLM.from_pretrained(MODEL_ID, torch_dtype=dtype).eval()
        self.pipe = pipeline("text-generation", model=self.model, tokenizer=self.tokenizer)

    @app.post("/v1/models/{name}")
    def chat(self, body: dict) -> dict:
        log.info("asked %s", getattr(body, "name", None))
        for name, value in vars(self).items():
            log.debug(name, value.__class__.__name__)
        headers = {"content-type": "application/json"}
        return {"out": self.pipe(body["x"]), "headers": headers}


if __name__ == "__main__":
    subprocess.run(["nvidia-smi"], check=True)
    subprocess.check_call([sys.executable, "-m", "pip", "install", "accelerate"])
    with open("/proc/meminfo") as f:
        print(f.read(), json.dumps({"a": 1}).replace("a", "b"))
    with open(f"/var/log/app/{os.getpid()}.log", "w") as out:
        out.write("ready")
    Path("/var/run/ready").write_text("1")
    os.environ["CUDA_VISIBLE_DEVICES"] = str(os.getpid() % 2)
    os.environ["HF_HOME"] = "/d/cache"
    sys.exit(uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", "8080"))))
"""


def test_an_ordinary_program_that_serves_is_not_held_up(
    seen: Callable[[str], tuple[list[str], list[str]]],
) -> None:
    assert seen(SERVING) == ([], [])


def test_a_program_that_serves_nothing_is_left_alone(read: Read, pod_of: PodOf) -> None:
    program = "import os, pickle, sys\nos.system(x)\npickle.loads(y)\nexec(z)\nsys.argv = [a]\nopen(b, 'w')"

    assert not read(pod_of(command=["python3", "-c", program])).concerned


def test_a_model_with_a_plain_name_makes_a_server_of_an_image_nobody_knows(read: Read, pod_of: PodOf) -> None:
    program = "from transformers import pipeline\npipeline('fill-mask', model='gpt2')"
    workload = read(pod_of(command=["python3", "-c", program])).workload

    assert workload is not None
    assert [model.uri for model in workload.models] == ["hf://gpt2"]


def test_a_word_is_a_model_where_there_is_a_gpu(read: Read, pod_of: PodOf) -> None:
    program: Json = {"command": ["python3", "-c", "import app\napp.load_model('gpt2')"]}
    gpu: Json = {"resources": {"limits": {"nvidia.com/gpu": 1}}}

    assert not read(pod_of(**program)).concerned
    assert read(pod_of(**program, **gpu)).concerned


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("open('/a/b', 'w')", ("/a/b",)),
        ("open('/a/b')", ()),
        ("open(x, mode='rb')", ()),
        ("open(x, 'a')", ("/",)),
        ("open(x, m)", ("/",)),
        ("open(f'/a/{x}.log', 'w')", ("/a",)),
        ("import os\nopen(os.path.join('/a', x), 'w')", ("/a",)),
        ("import os\nos.rename(x, '/a')", ("/a",)),
        ("from pathlib import Path as P\nP('/a').write_text(x)", ("/a",)),
        ("from pathlib import Path\n(Path('/a') / x).symlink_to(y)", ("/a",)),
        ("from pathlib import Path\nPath('/a').joinpath(x).open('w')", ("/a",)),
        ("from pathlib import Path\nPath('/a').open()", ()),
        ("import shutil\nshutil.unpack_archive(x, '/a')", ("/a",)),
        ("import shutil as s\ns.copy2(x, y)", ("/",)),
        ("import tarfile\ntarfile.open('/a').extractall()", ("/",)),
        ("import boto3\nboto3.client('s3').download_file('store', x, '/a')", ("store", "/a")),
        ("d = {}\nd.copy()\n'a'.replace('b', 'c')", ()),
    ],
)
def test_files_that_are_written(program: str, expected: tuple[str, ...]) -> None:
    assert read_code(program).writes == expected


WRITING = ("import shutil\nshutil.unpack_archive(x, '/models/m')", "open(x + y, 'wb').write(z)")


@pytest.mark.parametrize("program", WRITING)
def test_a_folder_that_python_fills_is_no_model_anybody_knows(
    read: Read, pod_of: PodOf, program: str
) -> None:
    line = f'python3 -c "{program}"; vllm serve /models/m'
    workload = read(pod_of(image="vllm/vllm-openai:v1", command=["sh", "-c", line])).workload

    assert workload is not None
    assert ["the command line itself may make" in p.message for p in workload.problems] == [True]


HOSTILE: dict[str, str] = {
    "parentheses": "x = " + "(" * 5000 + ")" * 5000,
    "a sum": "import os\nos.system('a'" + " + 'a'" * 5000 + ")",
    "names": "x" + ".a" * 5000 + "()",
    "calls": "x" + "()" * 5000,
    "lists": "x = " + "[" * 90 + "]" * 90 + "\nLLM(x)",
    "a long one": "import os\n" + "os.system('x')\n" * 70_000,
    "a null": "import os\0\nos.system(x)",
    "a surrogate": "x = '\ud800'\nLLM(x)",
    "a deep function": "\n".join(" " * n + "if x:" for n in range(120)) + "\n" + " " * 120 + "exec(x)",
}


@pytest.mark.parametrize("program", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_programs_are_read_or_refused(program: str) -> None:
    code = read_code(program, sure=True)

    assert code.hidden or code.loaded or program.startswith("x")
