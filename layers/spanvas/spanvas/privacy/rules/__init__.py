"""The curated rules: what a secret or a structured piece of personal data looks like.

At most 64, since they run as one RE2 Set in the executor's own time; the long tail of rules belongs where time does
not matter. Every rule carries texts that it must find and texts that it must leave alone: they are its tests. A new
rule is a `Rule` in the list of its topic here; `scan` puts the lists together.
"""
