"""MiniStack in a process of its own: how it is started, what it keeps, and what it lacks."""
