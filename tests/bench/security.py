"""What the stack keeps and answers of what is private: canaries, rights, refusals, secrets, deletion.

A canary is a text that stands nowhere else. One request puts one into each place of OTLP and under each of some 300
names of attributes, and is stored in each of the three content modes; then five kinds of callers ask for all that the
API answers of it. One program under the layer does the same with each place of the public API, its files included, over
the store and a collector. Every item, every version of every object, every line of output and every request to the
collector is read. The cells of the matrix of rights, and what IAM must refuse, are those of the tests
(tests/support/rights_matrix.py, tests/contract/refused_requests.py).

Secrets are of the kinds that their issuers document, in prose, log lines, three levels of JSON and sixteen places that
hide them (tests/support/labelled_texts.py). What others have made up is that of `make recall`, which needs Go and the
network, and checkouts that `NOSEYPARKER` and `DETECT_SECRETS` name; what is not at hand has no row, and
docs/reference/what-redaction-finds.md keeps the last shares. Harmless are lines of telemetry, and lookalikes of what is
looked for.

A deletion takes a program and a request that were recorded with all content. Then both tables and the bucket are
listed, each version and each delete marker.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter, defaultdict

from tests.bench.figures import Figure, rounded
from tests.bench.foreign_recall import PERSONAL, SCANNERS, measured
from tests.bench.layer_recall import altered, make_redacted, missed_of
from tests.bench.security_canaries import of_a_failed_event, of_a_program, of_a_request
from tests.bench.security_deletion import of_a_deletion
from tests.contract.refused_requests import TENANT_WRITER, must_be_refused, refused
from tests.support.captured_output import captured_output
from tests.support.harmless_lines import harmless_lines
from tests.support.harmless_texts import harmless
from tests.support.labelled_texts import labelled, telemetry
from tests.support.rights_matrix import cells, world

CONTEXTS = 15
NOTHING = "<= 0"


def run() -> list[Figure]:
    """Returns all figures of `make bench-security`. The handlers' own lines are not printed."""
    with captured_output():
        return _figures()


def _figures() -> list[Figure]:
    return [
        *of_a_request(),
        *of_a_program(),
        *of_a_failed_event(),
        *rights(),
        *refusals(),
        *secrets(),
        *secrets_of_others(),
        *of_a_deletion(),
    ]


def rights() -> list[Figure]:
    """Asks every question of the matrix of rights."""
    with world() as made:
        right = [cell.expected == cell.found for cell in cells(made)]
    asked, wrong = len(right), right.count(False)
    return [
        Figure("matrix of rights: cells", asked, "", ">= 2000", asked),
        Figure("matrix of rights: cells that are wrong", wrong, "", NOTHING, asked),
    ]


def refusals() -> list[Figure]:
    """Asks the statements of the template's roles for what they must refuse."""
    asked = must_be_refused()
    own = asked[TENANT_WRITER]
    kept = len(refused(TENANT_WRITER, own))
    every = sum(map(len, asked.values()))
    allowed = every - sum(len(refused(role, requests)) for role, requests in asked.items())
    return [
        Figure("IAM: requests of one tenant's function, refused", kept, "", ">= 40", len(own)),
        Figure("IAM: requests that must be refused, allowed", allowed, "", NOTHING, every),
    ]


def secrets() -> list[Figure]:
    """Redacts the labelled secrets, and what is harmless."""
    redacted = make_redacted()
    known = list(labelled())
    places: dict[str, set[str]] = defaultdict(set)
    for item in known:
        places[item.format].add(item.place)
    kinds = sum(len(found) >= CONTEXTS for found in places.values())
    share = 100 * (1 - len(missed_of(known, redacted)) / len(known))
    lines = [*telemetry(), *harmless(), *harmless_lines()]
    touched = len(altered(lines, redacted))
    return [
        Figure(f"secrets: kinds in {CONTEXTS} contexts or more", kinds, "", ">= 150", len(known)),
        Figure("secrets: found", rounded(share), "%", ">= 97", len(known)),
        Figure("harmless lines that were touched", touched, "", NOTHING, len(lines)),
    ]


def secrets_of_others() -> list[Figure]:
    """Redacts the examples of scanners, where they can be had."""
    if shutil.which("go") is None:
        return []
    try:
        counts = measured().counts
    except subprocess.CalledProcessError:
        return []
    found: dict[str, Counter[bool]] = defaultdict(Counter)
    for family, count in counts.items():
        if family not in PERSONAL:
            found[family if family in SCANNERS else "gitleaks"] += count
    return [
        Figure(
            f"secrets in the examples of {scanner}: found",
            rounded(100 * count[True] / count.total()),
            "%",
            ">= 85",
            count.total(),
        )
        for scanner, count in found.items()
    ]
