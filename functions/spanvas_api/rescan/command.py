"""`python -m spanvas_api.rescan`: shows what today's rules find in what is stored, and replaces it with `--apply`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

from spanvas.model.errors import SpanvasError
from spanvas.privacy.redact import FULL, REDACTED, Redactor
from spanvas.privacy.rule_set import RuleError, RuleSet, rule_set
from spanvas.privacy.scan import Scanner
from spanvas.settings import InvalidSettingError, Settings
from spanvas_api.rescan.artifacts import ArtifactRescan
from spanvas_api.rescan.cleaning import Cleaner
from spanvas_api.rescan.job import Rescan, name_of_rules
from spanvas_api.rescan.store import RescanStore

BUDGET_MS: Final = 600_000
"""Of one span: what takes longer is left as it is, and named."""
NOT_COMPLETE, FAILED = 1, 2


def main(
    arguments: Sequence[str],
    load: Callable[[], Settings],
    make_store: Callable[[Settings], RescanStore],
    out: TextIO = sys.stdout,
    err: TextIO = sys.stderr,
    clock: Callable[[], int] = time.time_ns,
) -> int:
    """Runs the command. Returns 0 when all was looked through, 1 where some is left, 2 after an error.

    Settings are those of the functions: SPANVAS_TABLE, SPANVAS_BUCKET, SPANVAS_CONTENT and SPANVAS_REDACTION_….
    """
    options = _parser().parse_args(arguments)
    try:
        settings = load()
        rules = _rules(settings, options.patterns)
        store = make_store(settings)
        job = rescan(store, rules, settings.content, clock, is_dry=not options.apply)
        until = clock() + int(options.seconds * 1e9)
        report = job.run(lambda: not options.seconds or clock() < until)
    except (RuleError, InvalidSettingError, OSError, ValueError, SpanvasError) as error:
        print(f"spanvas rescan: {error}", file=err)
        return FAILED
    except ImportError:
        print("spanvas rescan: google-re2 is not installed: pip install google-re2", file=err)
        return FAILED
    if options.json:
        print(report.text(), file=out)
    else:
        print("\n".join(report.lines(is_dry=not options.apply)), file=out)
    return 0 if report.is_complete else NOT_COMPLETE


def rescan(
    store: RescanStore, rules: RuleSet, mode: str, clock: Callable[[], int], *, is_dry: bool
) -> Rescan:
    """Returns the re-scan of a store with these rules. In the mode `full` content stays as it is, as it does when it is
    recorded; in every other one it is redacted."""
    scanner = Scanner(rules)
    mode = FULL if mode == FULL else REDACTED
    cleaner = Cleaner(Redactor(mode, BUDGET_MS, scanner))
    name = name_of_rules(rules.rules, mode)
    return Rescan(store, cleaner, ArtifactRescan(store), name, clock, is_dry=is_dry)


def _rules(settings: Settings, path: str | None) -> RuleSet:
    patterns = dict(settings.redaction_patterns)
    if path is not None:
        patterns |= json.loads(Path(path).read_text("utf-8"))
    return rule_set(settings.redaction_rules, patterns)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spanvas_api.rescan",
        description="Applies the rules of redaction to stored traces and files. Run again, it goes on where it was.",
    )
    parser.add_argument(
        "--apply", action="store_true", help="replace what is found; without it nothing is changed"
    )
    parser.add_argument("--patterns", help="a file with a JSON object of your own patterns by name")
    parser.add_argument(
        "--seconds", type=float, default=0, help="stop after that time; 0: when all is done"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser
