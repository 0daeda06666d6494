"""HTTP over plain sockets: connections, proxies, signatures and credentials, for the store and the OTLP client alike.

The standard library's client costs more to import than a write of spans takes, and has no deadline for a whole request.
"""
