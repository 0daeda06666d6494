"""How an execution goes on from one function to the next: what is passed along, and where it is found again. Pure.

Nothing here is about OpenTelemetry's SDK: whoever starts, continues or ends an execution reads the same events.
"""
