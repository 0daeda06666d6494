"""`python -m tests.bench.security`: canaries in every place of a request, by mode and role, as a table; how many
cells of the matrix of rights are not as the policy says; and how many requests IAM refuses that it must refuse.

A cell says how many canaries a caller was answered, and how many of those he may not read (none, where all is well).
"""

from __future__ import annotations

import sys

from spanvas.settings import Settings
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.contract.refused_requests import must_be_refused, refused
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import RecordingExecutor
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.canary_callers import (
    CANARIES,
    MODES,
    REQUEST,
    ROLES,
    WITH_CONTENT,
    answers_to,
    found_in,
)
from tests.support.rights_matrix import cells, world
from tests.support.stored_bytes import stored_bytes


def main() -> int:
    """Prints the table. Returns 1 where a canary was where none may be."""
    lines = [f"{len(CANARIES)} canaries", "| mode | stored | " + " | ".join(ROLES) + " |"]
    lines.append("|---|---|" + "---|" * len(ROLES))
    wrong = 0
    for mode in MODES:
        clock = Clock()
        with mocked_store(clock) as store:
            settings = Settings.from_env({"SPANVAS_CONTENT": mode})
            services = Services(settings, make_store=lambda: store, clock=clock)
            ingest = Ingest(services)
            OtlpClient(otlp_ingest.make_handler(lambda: ingest)).send_json(REQUEST)  # noqa: B023
            reading = Services(
                Settings(enabled=True, table="traces"),
                make_store=lambda: store,
                make_executor=RecordingExecutor,
                load_catalogue=dict,
                clock=clock,
            )
            api = Client(http_api.make_handler(lambda: reading))  # noqa: B023
            stored = len(found_in(stored_bytes(store)))
            wrong += stored if mode == "none" else 0
            cells = [str(stored)]
            for role, scope in ROLES.items():
                found = len(found_in(answers_to(api.acting_as(scope=scope))))
                is_right = found == (stored if role in WITH_CONTENT else 0)
                wrong += 0 if is_right else 1
                cells.append(f"{found}" if is_right else f"{found} (wrong)")
        lines.append(f"| {mode} | " + " | ".join(cells) + " |")
    asked, unlike = rights()
    lines += [f"wrong: {wrong}", f"rights: {asked:,} cells, {unlike} wrong"]
    must, are = refusals()
    lines.append(f"IAM: {are} of {must} requests refused")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong or unlike or are < must else 0


def refusals() -> tuple[int, int]:
    """Returns how many requests the template's roles must be refused, and how many their statements refuse."""
    asked = must_be_refused()
    return sum(map(len, asked.values())), sum(len(refused(role, asked[role])) for role in asked)


def rights() -> tuple[int, int]:
    """Returns how many cells of the matrix of rights were tried, and how many are not as the policy says."""
    with world() as made:
        found = [cell.expected == cell.found for cell in cells(made)]
    return len(found), found.count(False)


if __name__ == "__main__":
    sys.exit(main())
