"""What can be wrong with a request as a whole; a single span that cannot be taken is rejected, not raised.

InvalidInputError
 ├─ MalformedError          the body is not an ExportTraceServiceRequest
 └─ TooLargeError
     └─ TooManyError        it is one, of more spans or values than are taken at once
"""

from __future__ import annotations

from spanvas.model.errors import InvalidInputError, TooLargeError


class MalformedError(InvalidInputError):
    """The body cannot be decoded; `field` is the message or field at which that was seen."""


class TooManyError(TooLargeError):
    """The request holds more than is taken at once; decoding stopped there and nothing of it was kept."""
