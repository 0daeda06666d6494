"""Lambda's base image for Python 3.13, made of Debian's packages: `python -m tests.support.lambda_image`.

`make sam-local` pulls the real one from its public registry. Where no such registry can be reached, this makes one that
does the same in all that the functions use: Debian 13's Python 3.13, `awslambdaric` and boto3 in /var/runtime, and the
bootstrap of the local stack, which runs the exec wrapper first and reads `_HANDLER` after it. It gets the real one's
name, so SAM finds it. Needs root, `debootstrap` and Docker; takes two minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Final
from urllib.parse import quote

from local.project import PROJECT
from tools.sam_local.docker import Docker, DockerError, docker_of
from tools.sam_local.files import architecture

SUITE: Final = "trixie"
PACKAGES: Final = "python3,ca-certificates"
RUNTIME_PACKAGES: Final = ("awslambdaric", "boto3")
DEBIAN_NAMES: Final = {"x86_64": "amd64", "arm64": "arm64"}
WHEEL_NAMES: Final = {"x86_64": "x86_64", "arm64": "aarch64"}
SETTINGS: Final = (
    "ENV LAMBDA_TASK_ROOT=/var/task",
    "ENV LAMBDA_RUNTIME_DIR=/var/runtime",
    "ENV PYTHONPATH=/var/runtime",
    "ENV LANG=C.UTF-8",
    "WORKDIR /var/task",
)
NOT_NEEDED: Final = (
    "proc/",
    "sys/",
    "dev/",
    "var/cache/apt/",
    "var/lib/apt/lists/",
    "usr/share/doc/",
)
BOOTSTRAP: Final = """#!/bin/sh
if [ -n "$AWS_LAMBDA_EXEC_WRAPPER" ]; then
  exec "$AWS_LAMBDA_EXEC_WRAPPER" /usr/bin/python3 /var/runtime/bootstrap.py /opt
fi
exec /usr/bin/python3 /var/runtime/bootstrap.py /opt
"""
CHUNK_BYTES: Final = 1 << 20


def image_name() -> str:
    """The name by which SAM asks for the image of this machine's processor."""
    return f"public.ecr.aws/lambda/python:3.13-{architecture()}"


def make_image(docker: Docker) -> None:
    """Makes the image. Raises DockerError, and CalledProcessError where Debian's packages cannot be had."""
    with tempfile.TemporaryDirectory(prefix="lambda-image-") as folder:
        root = Path(folder) / "root"
        subprocess.run(
            [
                "debootstrap", "--variant=minbase", f"--arch={DEBIAN_NAMES[architecture()]}", f"--include={PACKAGES}",
                SUITE, str(root), "http://deb.debian.org/debian",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        install_runtime(root / "var" / "runtime")
        (root / "var" / "task").mkdir(exist_ok=True)
        archive = Path(folder) / "image.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(root, arcname=".", filter=without_what_is_not_needed)
        repository, _, tag = image_name().rpartition(":")
        changes = "".join(f"&changes={quote(line)}" for line in SETTINGS)
        docker.call(
            "POST",
            f"/images/create?fromSrc=-&repo={quote(repository, safe='')}&tag={tag}{changes}",
            chunks(archive),
            {"Content-Type": "application/x-tar", "Transfer-Encoding": "chunked"},
        )


def install_runtime(folder: Path) -> None:
    """Puts the runtime's packages, in the versions of this environment, and the bootstrap into /var/runtime."""
    machine = WHEEL_NAMES[architecture()]
    folder.mkdir(parents=True, exist_ok=True)
    versions = folder.with_name("versions.txt")
    versions.write_text("".join(f"{one.name}=={one.version}\n" for one in distributions()))
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--root-user-action=ignore", "--implementation=cp", "--python-version=3.13", "--only-binary=:all:",
            f"--platform=manylinux2014_{machine}", f"--platform=manylinux_2_28_{machine}", f"--target={folder}",
            f"--constraint={versions}", *RUNTIME_PACKAGES,
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise DockerError(f"The runtime's packages could not be installed:\n{done.stderr}")
    versions.unlink()
    shutil.copyfile(PROJECT / "local" / "lambdas" / "bootstrap.py", folder / "bootstrap.py")
    (folder / "bootstrap").write_text(BOOTSTRAP)
    (folder / "bootstrap").chmod(0o755)


def without_what_is_not_needed(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    path = info.name.removeprefix("./")
    return None if path.startswith(NOT_NEEDED) else info


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def main() -> int:
    try:
        docker = docker_of(os.environ)
        docker.check()
        if os.geteuid() != 0 or shutil.which("debootstrap") is None:
            print("This needs root and debootstrap: apt-get install debootstrap", file=sys.stderr)
            return 1
        make_image(docker)
    except DockerError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Made {image_name()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
