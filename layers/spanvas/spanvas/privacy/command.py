"""What redaction would do to a text: `python -m spanvas redact FILE`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

from spanvas.privacy.redact import REDACTED, Redactor
from spanvas.privacy.rule_set import CURATED, RuleError, rule_set
from spanvas.privacy.rules.optional import OPTIONAL
from spanvas.privacy.scan import Scanner
from spanvas.setting_values import parse_names
from spanvas.settings import InvalidSettingError, Settings

MARKER: Final = re.compile(r"\[REDACTED:([a-z0-9_]+)\]")
BUDGET_MS: Final = 600_000
LONGEST_LINE: Final = 160
"""Characters of a line that are shown around its first marker."""
FOUND, FAILED = 1, 2


def main(arguments: Sequence[str], load: Callable[[], Settings], out: TextIO, err: TextIO) -> int:
    """Runs the command. Returns 0 where nothing would be redacted, 1 where something would, 2 after an error.

    The rules are those of SPANVAS_REDACTION_RULES and SPANVAS_REDACTION_PATTERNS, and of the options.
    """
    options = _parser().parse_args(arguments)
    if options.list:
        _print_rules(out)
        return 0
    try:
        settings = load()
        patterns = {**settings.redaction_patterns, **_patterns(options.patterns)}
        rules = rule_set((*settings.redaction_rules, *parse_names(options.rules)), patterns)
        text = _text_of(options.file)
        scanner = Scanner(rules)
    except (RuleError, InvalidSettingError, OSError, ValueError) as error:
        print(f"spanvas redact: {error}", file=err)
        return FAILED
    except ImportError:
        print("spanvas redact: google-re2 is not installed: pip install google-re2", file=err)
        return FAILED
    redacted = Redactor(REDACTED, BUDGET_MS, scanner).redact_text(text)
    if options.text:
        out.write(redacted)
    else:
        _report(redacted, out)
    return FOUND if redacted != text else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spanvas redact", description="Shows what the rules of redaction would do to a text."
    )
    parser.add_argument("file", nargs="?", default="-", help="a file in UTF-8; - is standard input")
    parser.add_argument(
        "--rules",
        default="",
        help="rules to switch, as in SPANVAS_REDACTION_RULES: plain_phone,-ipv4",
    )
    parser.add_argument("--patterns", help="a file with a JSON object of your own patterns by name")
    parser.add_argument(
        "--text", action="store_true", help="print the redacted text, not the report"
    )
    parser.add_argument("--list", action="store_true", help="list the rules by name")
    return parser


def _patterns(path: str | None) -> dict[str, str]:
    if path is None:
        return {}
    patterns = json.loads(Path(path).read_text("utf-8"))
    if not isinstance(patterns, dict) or not all(isinstance(one, str) for one in patterns.values()):
        raise ValueError(f"{path}: expected a JSON object of names and patterns")
    return patterns


def _text_of(path: str) -> str:
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not in UTF-8: byte {error.start}") from error


def _print_rules(out: TextIO) -> None:
    for rule in CURATED.rules:
        print(f"{rule.name}  on", file=out)
    for rule in OPTIONAL:
        print(f"{rule.name}  off", file=out)


def _report(redacted: str, out: TextIO) -> None:
    """Prints each line in which something was found, and a count by rule. What was found is not printed."""
    counts: Counter[str] = Counter()
    for number, line in enumerate(redacted.splitlines(), 1):
        found = MARKER.findall(line)
        if found:
            counts.update(found)
            print(f"{number}: {_shown(line)}", file=out)
    if not counts:
        print("nothing was found", file=out)
        return
    print(file=out)
    for rule, count in counts.most_common():
        print(f"{count:6}  {rule}", file=out)


def _shown(line: str) -> str:
    """Returns a line, cut around its first marker where it is long."""
    line = line.strip()
    if len(line) <= LONGEST_LINE:
        return line
    first = MARKER.search(line)
    start = max(first.start() - LONGEST_LINE // 2, 0) if first else 0
    return f"{'…' if start else ''}{line[start : start + LONGEST_LINE]}…"
