"""A function whose module cannot be imported."""

import no_such_package  # noqa: F401


def handler(event, context):
    return event
