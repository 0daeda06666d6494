"""What a trace is: spans, executions, artifacts, and the pure functions over them. Imports nothing of ours."""
