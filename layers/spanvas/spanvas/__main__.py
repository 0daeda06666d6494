"""`python -m spanvas redact FILE`: what redaction would do to a text."""

from __future__ import annotations

import sys

from spanvas import settings
from spanvas.privacy.command import main

if __name__ == "__main__":
    if sys.argv[1:2] != ["redact"]:
        print(
            "usage: python -m spanvas redact [FILE] [--rules …] [--patterns FILE] [--text] [--list]",
            file=sys.stderr,
        )
        sys.exit(2)
    sys.exit(main(sys.argv[2:], settings.load, sys.stdout, sys.stderr))
