"""A call as HTTP carries it: its request, parameters, errors, encoding and cursors. Knows no operation."""
