"""Details of spans in batches that DynamoDB answers in part."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import codec
from spanvas.storage.details import DetailItems

NAMES = [f"chunk:{number}" for number in range(5)]


class Throttled:
    """Gives `given` items of what is asked, and leaves out the rest; after the last one nothing."""

    def __init__(self, *given: int) -> None:
        self.given = list(given)
        self.asked: list[int] = []

    def batch_get_item(self, RequestItems: Any) -> Any:
        keys = RequestItems["t"]["Keys"]
        self.asked.append(len(keys))
        count = self.given.pop(0) if self.given else 0
        items = [{**key, "data": {"B": codec.compress(b"x")}} for key in keys[:count]]
        left = keys[count:]
        return {
            "Responses": {"t": items},
            "UnprocessedKeys": {"t": {"Keys": left}} if left else {},
        }


def read(client: Throttled) -> tuple[list[str], list[float]]:
    waits: list[float] = []
    details = DetailItems(client, "t", None, "b", lambda: 0, waits.append)  # type: ignore[arg-type]
    return [name for name, _ in details.read("acme", "e1", NAMES)], waits


def test_what_a_batch_leaves_out_is_asked_for_again_after_a_moment() -> None:
    client = Throttled(2, 0, 0, 1, 2)
    names, waits = read(client)
    assert names == NAMES
    assert client.asked == [5, 3, 3, 3, 2]
    assert waits == [0.05, 0.1, 0.2, 0.05]


def test_batches_that_stay_empty_are_a_failure_of_the_store() -> None:
    client = Throttled(2)
    with pytest.raises(StoreUnavailableError, match="throttled"):
        read(client)
    assert client.asked == [5, 3, 3, 3, 3, 3]
