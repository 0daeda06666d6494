"""Run with SAM's own Python: prints what `sam deploy` would make of the arguments that follow, as one line of JSON.

The line has `stack_name`, `region` and `profile` (null where neither the arguments nor the configuration file name
one), `guided` and `no_execute_changeset`. Reading them is left to SAM, which knows of configuration files,
environments in them and short options. Nothing is deployed. What SAM refuses ends with its own words and status 2.
"""

from __future__ import annotations

import json
import sys


def main(arguments: list[str]) -> int:
    import click
    from samcli.cli.context import Context
    from samcli.commands.deploy.command import cli

    try:
        parsed = cli.make_context("deploy", arguments)
    except click.exceptions.Exit as end:  # --help has been answered
        return end.exit_code or 2
    except click.ClickException as error:
        print(" ".join(str(error.format_message()).split()), file=sys.stderr)
        return 2
    place = parsed.find_object(Context)
    options = {
        "stack_name": parsed.params["stack_name"],
        "region": place.region if place else None,
        "profile": place.profile if place else None,
        "guided": parsed.params["guided"],
        "no_execute_changeset": parsed.params["no_execute_changeset"],
    }
    print(json.dumps(options))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
