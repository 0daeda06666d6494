"""What may be kept of a span: rules, key names and content modes, applied before anything leaves the process. Pure.

Names and postal addresses cannot be found by patterns; they are protected by who may read content, not by promise.
"""
