"""Figures, never timed asserts: `python -m tests.bench [NAME]` measures them against their goals."""
