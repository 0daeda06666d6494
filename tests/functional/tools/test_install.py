"""`tools/install.py`: uv is told what pip is told, and what uv cannot install pip does."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pip
import pytest

from local.project import PROJECT
from tools.install import uv_settings

FAILING = "#!/bin/sh\nexit 2\n"


def test_uv_is_told_what_pip_is_told() -> None:
    lines = [
        "global.index-url='https://pypi.example.com/simple'",
        "global.extra-index-url='https://one.example.com/simple\\nhttps://two.example.com/simple'",
        "global.cert='/etc/authorities.pem'",
        "global.timeout='60'",
        "freeze.index-url='https://other.example.com/simple'",
        "install.trusted-host='pypi.example.com'",
        ":env:.find-links='/opt/wheels /opt/more'",
        ":env:.proxy='http://proxy.example.com:3128'",
    ]
    assert uv_settings(lines, {}) == {
        "UV_DEFAULT_INDEX": "https://pypi.example.com/simple",
        "UV_INDEX": "https://one.example.com/simple https://two.example.com/simple",
        "SSL_CERT_FILE": "/etc/authorities.pem",
        "UV_INSECURE_HOST": "pypi.example.com",
        "UV_FIND_LINKS": "/opt/wheels,/opt/more",
        "HTTPS_PROXY": "http://proxy.example.com:3128",
        "HTTP_PROXY": "http://proxy.example.com:3128",
    }


def test_a_variable_wins_over_a_file_and_uv_s_own_settings_win_over_pip_s() -> None:
    lines = [
        ":env:.index-url='https://variable.example.com'",
        "global.index-url='https://file.example.com'",
        "global.find-links=''",
        "install.cert='/pip.pem'",
    ]
    assert uv_settings(lines, {"SSL_CERT_FILE": "/uv.pem"}) == {
        "UV_DEFAULT_INDEX": "https://variable.example.com"
    }


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a path with blanks, with a lock of one package that a folder has as a wheel."""
    root = tmp_path / "a path with blanks"
    (root / "tools").mkdir(parents=True)
    shutil.copy2(PROJECT / "tools" / "install.py", root / "tools")
    venv.create(root / ".venv", symlinks=True)
    (packages,) = root.glob(".venv/lib/python*/site-packages")
    (packages / "pip").symlink_to(Path(pip.__file__).parent)
    wheel = root / "wheels" / "small-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    files = {
        "small.py": b"ANSWER = 42\n",
        "small-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: small\nVersion: 1.0\n",
        "small-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items())
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("small-1.0.dist-info/RECORD", record + "small-1.0.dist-info/RECORD,,\n")
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "lock.txt").write_text(f"small==1.0 --hash=sha256:{sha256}\n", encoding="utf-8")
    return root


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def install(root: Path, *arguments: str, uv: str | None) -> subprocess.CompletedProcess[str]:
    """Runs it with the real uv, or with what a script says that is called uv."""
    program = root / ".venv" / "bin" / "uv"
    if uv is None:
        program.symlink_to(PROJECT / ".venv" / "bin" / "uv")
    else:
        program.write_text(uv, encoding="utf-8")
        program.chmod(0o755)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))
    }
    return subprocess.run(
        [sys.executable, str(root / "tools" / "install.py"), *arguments],
        cwd=root,
        env={**kept, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "wheels"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("uv", [None, FAILING], ids=["uv", "no uv"])
@pytest.mark.parametrize("environment", [".venv", ".venv-sam"])
def test_an_environment_has_the_packages_of_the_lock(
    checkout: Path, environment: str, uv: str | None
) -> None:
    done = install(checkout, environment, "lock.txt", uv=uv)
    assert done.returncode == 0, done.stderr
    python = checkout / environment / "bin" / "python"
    said = subprocess.run(
        [python, "-c", "import small; print(small.ANSWER)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.stdout, said.stderr) == ("42\n", "")


@pytest.mark.parametrize("uv", [None, FAILING], ids=["uv", "no uv"])
def test_a_folder_has_the_packages_of_the_lock(checkout: Path, uv: str | None) -> None:
    done = install(checkout, "--target", "made", "lock.txt", uv=uv)
    assert done.returncode == 0, done.stderr
    assert (checkout / "made" / "small.py").exists()


@pytest.mark.parametrize("uv", [None, FAILING], ids=["uv", "no uv"])
def test_a_package_of_another_content_is_refused(checkout: Path, uv: str | None) -> None:
    (checkout / "lock.txt").write_text(
        "small==1.0 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8"
    )
    done = install(checkout, ".venv-sam", "lock.txt", uv=uv)
    assert done.returncode != 0
    assert "Now pip tries" in done.stderr
    assert "hash" in done.stderr.lower()
