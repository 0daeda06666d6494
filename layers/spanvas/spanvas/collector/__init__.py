"""An OTLP/HTTP endpoint (a collector, Tempo, any backend) as something that spans are sent to.

Not responsible for when: executors wait for it no longer than their budget, the sweep in its own time.
"""
