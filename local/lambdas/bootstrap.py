"""What /var/runtime/bootstrap is on Lambda: arrange `sys.path`, then run `awslambdaric` with the handler.

`bootstrap.py OPT`: OPT is /opt, or the directory that stands for it where it cannot be mounted. An exec wrapper gets
this command as its arguments, as on Lambda. Runs as a script; imports nothing that a function would not have loaded.
"""

import io
import os
import sys


class Output(io.FileIO):
    """Standard output or error. Lambda's own takes everything; here it is a file on a disk that may be full."""

    def write(self, data: object, /) -> int:
        """Writes to the log; a disk that is full does not end the function."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError:
            return memoryview(data).nbytes  # type: ignore[arg-type]


for number, name in ((1, "stdout"), (2, "stderr")):
    stream = io.BufferedWriter(Output(number, "w", closefd=False))
    setattr(sys, name, io.TextIOWrapper(stream, "utf-8", "backslashreplace", line_buffering=True))

opt = sys.argv[1]
# Order of Lambda's Python runtimes: the function's code, layers, the standard library, the runtime's own packages.
sys.path[0:1] = [
    os.environ["LAMBDA_TASK_ROOT"],
    f"{opt}/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages",
    f"{opt}/python",
]

from awslambdaric.__main__ import main  # noqa: E402 - needs the path

main([sys.argv[0], os.environ["_HANDLER"]])
