"""Become another program in a place of its own: `python -I -S enter.py PARENT OPT PROGRAM ARGUMENT...`.

Asks the kernel to kill the program when the process that started it dies, mounts the directory OPT as /opt (unless it
is "-") in a mount namespace of its own, and then replaces itself. A process of its own, because these calls
concern the process that makes them, and ctypes has no place in a function's cold start.

Runs as a script with nothing but the standard library. Exits with 97 when the mount is refused, 98 when the
program cannot be run.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
REFUSED = 97
NOT_RUN = 98


def main(arguments: list[str]) -> None:
    """Mounts /opt if there is one, and becomes the program."""
    parent, opt, program = int(arguments[0]), arguments[1], arguments[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    if opt != "-":
        try:
            mount_opt(libc, opt)
        except OSError as error:
            print(f"cannot mount {opt} as /opt: {error}", file=sys.stderr)
            raise SystemExit(REFUSED) from error
    die_with_parent(libc, parent)
    try:
        os.execv(program[0], program)  # noqa: S606 - the program is the stack's own
    except OSError as error:
        print(f"cannot run {program[0]}: {error.strerror}", file=sys.stderr)
        raise SystemExit(NOT_RUN) from error


def die_with_parent(libc: ctypes.CDLL, parent: int) -> None:
    """After the namespaces: a change of credentials forgets the signal. The parent may be gone already."""
    if not sys.platform.startswith("linux"):
        return
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def mount_opt(libc: ctypes.CDLL, opt: str) -> None:
    """Mount `opt` over /opt for this process alone: as root, or as a user where user namespaces are allowed."""
    if not sys.platform.startswith("linux"):
        raise OSError("no mount namespaces on this system")
    user, group = os.geteuid(), os.getegid()
    try:
        call(libc.unshare, CLONE_NEWNS)
    except PermissionError:
        call(libc.unshare, CLONE_NEWUSER | CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    call(libc.mount, b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    call(libc.mount, opt.encode(), b"/opt", None, MS_BIND, None)
    with contextlib.suppress(OSError):  # the flags may be locked; a writable /opt does no harm
        call(libc.mount, b"none", b"/opt", None, MS_BIND | MS_REMOUNT | MS_RDONLY, None)


def call(function: object, *arguments: object) -> None:
    """Calls a function of the C library. Raises OSError."""
    if function(*arguments) != 0:  # type: ignore[operator]
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
