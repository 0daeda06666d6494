"""Stand-ins for what the shipped workflows call beside AWS's storage: Bedrock, and three demo services.

They speak the real protocols over real HTTP on loopback, so that the executor's code is the same here and on AWS, and
they say what they are in a header of every answer. `start` runs them in threads; `python -m standins` in a
process of its own.
"""

from standins.server import StandIns, start

__all__ = ["StandIns", "start"]
