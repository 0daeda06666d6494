"""S3: moto in a process of its own, behind checks of signatures, policies and CORS (`s3_guard.py`)."""

from __future__ import annotations

import sys
from typing import Final

from local.engines.engine import Engine

S3: Final = Engine(
    name="s3",
    variables=("AWS_ENDPOINT_URL_S3",),
    command=lambda port, _folder: [sys.executable, "-m", "local.engines", "s3", str(port)],
    loses="what it kept is gone",
)
