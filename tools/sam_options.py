"""Run with SAM's own Python: prints what `sam deploy` would make of the arguments that follow, as one line of JSON.

The line has `stack_name`, `region` and `profile` (null where neither the arguments nor the configuration file name
one), `guided`, `no_execute_changeset` and `architecture`, the parameter of the template (null where it is not given).
Reading them is left to SAM, which knows of configuration files, environments in them and short options. Nothing is
deployed. What SAM refuses ends with its own words and status 2, and so does a parameter of which SAM would lose a part
without a word: it reads `Connections={"a": "b"}` as `{`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any


def main(arguments: list[str]) -> int:
    """Prints as JSON what SAM reads in the arguments of `sam deploy`."""
    import click
    from samcli.cli.context import Context
    from samcli.commands.deploy.command import cli

    try:
        parsed = cli.make_context("deploy", list(arguments))
    except click.exceptions.Exit as end:  # --help has been answered
        return end.exit_code or 2
    except click.ClickException as error:
        print(" ".join(str(error.format_message()).split()), file=sys.stderr)
        return 2
    for text, read in lost(arguments, parsed.default_map or {}):
        print(
            f"SAM would read {text} as {read}: put the value into quotes of its own, inside of those of the shell",
            file=sys.stderr,
        )
        return 2
    place = parsed.find_object(Context)
    options = {
        "stack_name": parsed.params["stack_name"],
        "region": place.region if place else None,
        "profile": place.profile if place else None,
        "guided": parsed.params["guided"],
        "no_execute_changeset": parsed.params["no_execute_changeset"],
        "architecture": (parsed.params["parameter_overrides"] or {}).get("Architecture"),
    }
    print(json.dumps(options))
    return 0


def lost(arguments: list[str], file: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameter overrides of which SAM does not read the whole, and what it reads of them."""
    from samcli.cli.types import CfnParameterOverridesType

    given = list(overrides_in(arguments)) or file.get("parameter_overrides") or []
    for text in [given] if isinstance(given, str | dict) else given:
        if not isinstance(text, str) or text.startswith(("file://", "ParameterKey=")):
            continue
        read = CfnParameterOverridesType().convert((text,), None, None)
        pairs = " ".join(f"{name}={value}" for name, value in read.items())
        if squeezed(pairs) != squeezed(text):
            yield text, pairs


def overrides_in(arguments: list[str]) -> Iterator[str]:
    """What follows --parameter-overrides, up to the next option."""
    is_inside = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-"):
            is_inside = name == "--parameter-overrides"
            if is_inside and equals:
                yield value
        elif is_inside:
            yield argument


def squeezed(text: str) -> str:
    """Without blanks and without what quotes: that is no part of a value."""
    return re.sub(r"""[\s"'\\]""", "", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
