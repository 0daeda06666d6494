"""A module whose import fails; runs in sandboxes only."""

raise RuntimeError("cannot be imported")
