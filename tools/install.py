"""Install the packages of a lock: `python tools/install.py [--target] FOLDER LOCK`.

FOLDER is a virtual environment, or with `--target` a plain folder of packages. uv installs them, in a tenth of the time
of pip; it comes from PyPI into `.venv`, by the pip of that environment. What uv cannot install pip tries. uv knows
nothing of pip's settings (the address of an index, authorities, a proxy), so that they are handed over to it. Needs the
standard library alone: it runs before anything is installed.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
MAIN = (PROJECT / ".venv").resolve()
"""The environment that runs the stack, and that holds uv."""
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
LOCKED = ("--no-deps", "--require-hashes", "--requirement")
USABLE = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
"""One without pip, or of another Python, is what a failed start has left."""
UV_SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "find-links": ("UV_FIND_LINKS",),
    "no-index": ("UV_NO_INDEX",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTPS_PROXY", "HTTP_PROXY"),
}
"""What pip calls a setting, and the variables by which uv knows it."""


def main(arguments: list[str]) -> int:
    """Installs the packages; returns the exit code."""
    is_target = arguments[:1] == ["--target"]
    folder, lock = (Path(argument).resolve() for argument in arguments[is_target:])
    if folder == MAIN:
        return install_main(lock)
    place = ["--target", str(folder)] if is_target else ["--python", str(folder / "bin" / "python")]
    make = (
        []
        if is_target
        else [[str(uv()), "venv", "--quiet", "--clear", "--python", str(python(MAIN)), str(folder)]]
    )
    if has_uv() and all(run(command) == 0 for command in make) and uv_installs(place, lock):
        return 0
    print(
        "uv could not install them: see above. Now pip tries, which takes some minutes.",
        file=sys.stderr,
    )
    if is_target:
        return run([str(python(MAIN)), *PIP, *place, *LOCKED, str(lock)])
    return make_environment(folder) or run([str(python(folder)), *PIP, *LOCKED, str(lock)])


def install_main(lock: Path) -> int:
    """Installs into the main environment, which is made where it is not there or of no use."""
    if run([str(python(MAIN)), "-c", USABLE], is_quiet=True):
        failed = make_environment(MAIN)
        if failed:
            return failed
    if not has_uv():
        run(
            [str(python(MAIN)), *PIP, "--no-compile", *LOCKED, str(PROJECT / "requirements-uv.txt")]
        )
    if has_uv() and uv_installs(["--python", str(python(MAIN))], lock):
        return 0
    print(
        "uv could not install them: see above. Now pip tries, which takes a minute.",
        file=sys.stderr,
    )
    return run([str(python(MAIN)), *PIP, *LOCKED, str(lock)])


def make_environment(folder: Path) -> int:
    """Makes an environment with pip, of the Python that runs this; returns the exit code."""
    return run([sys.executable, "-m", "venv", "--clear", str(folder)])


def uv_installs(place: list[str], lock: Path) -> bool:
    """Returns whether uv has installed the packages of a lock."""
    environment = {**os.environ, **uv_settings(pip_settings(), os.environ)}
    return (
        run([str(uv()), "pip", "install", "--quiet", *place, *LOCKED, str(lock)], environment) == 0
    )


def pip_settings() -> list[str]:
    """Lines as `global.index-url='https://pypi.example.com/simple'`, from pip's files and its variables."""
    command = [str(python(MAIN)), "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def uv_settings(lines: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that tell uv what pip is told; those that the environment has already stay as they are."""
    told: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):  # the later one wins, as with pip
        for line in lines:
            name, _, value = line.removeprefix(section).partition("=")
            if line.startswith(section) and name in UV_SETTINGS:
                between = "," if name == "find-links" else " "
                told[name] = between.join(str(ast.literal_eval(value)).split())
    return {
        variable: value
        for name, value in told.items()
        for variable in UV_SETTINGS[name]
        if value and variable not in environment
    }


def uv() -> Path:
    """Returns where uv is, or would be."""
    return MAIN / "bin" / "uv"


def has_uv() -> bool:
    """Returns whether uv is there and starts."""
    return uv().exists() and run([str(uv()), "--version"], is_quiet=True) == 0


def python(environment: Path) -> Path:
    """Returns the interpreter of an environment."""
    return environment / "bin" / "python"


def run(
    command: list[str], environment: Mapping[str, str] | None = None, *, is_quiet: bool = False
) -> int:
    """Returns a command's exit code; 127 where its program is not there."""
    output = subprocess.DEVNULL if is_quiet else None
    try:
        return subprocess.run(
            command, env=environment, stdout=output, stderr=output, check=False
        ).returncode
    except OSError:
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
