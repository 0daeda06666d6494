"""The example of a state machine: three functions that Step Functions calls, one state each (`OrderStateMachine`).

The layer traces them as they are; what they say through its public API is detail. They know nothing of each other.
"""
