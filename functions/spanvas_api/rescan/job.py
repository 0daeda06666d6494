"""The re-scan: every execution, one after the other, and how far it has come.

| step of an execution                                    | cut off after it                                       |
|---------------------------------------------------------|--------------------------------------------------------|
| 1. rows and previews of a chunk, redacted by its details | details are found unredacted again, rows redacted      |
| 2. its details: items, or objects and then their old versions | old versions are found and deleted again          |
| 3. files: a new version, the item that names it, then the old versions | the item names an old or the new version |
| 4. names of files, and the execution's own item          | done again                                            |

Each item and each object is replaced by one request, so a reader has the old or the new. Doing all of it again changes
nothing. An execution that is held is evidence, and is left alone; so is what is deleted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from spanvas.model.errors import StoreUnavailableError, UnreadableItemError
from spanvas.storage import codec, items
from spanvas.storage.decoding import attempted
from spanvas.storage.details import ABSENT
from spanvas.storage.item_reading import HOLD, PREVIEWS, binary_of, is_deleted, is_expired
from spanvas_api.rescan.artifacts import ArtifactRescan
from spanvas_api.rescan.cleaning import Cleaner, NotCleanedError, Spans
from spanvas_api.rescan.report import Report
from spanvas_api.rescan.store import Item, Owner, RescanStore

AFTER: Final = "$"
"""Follows `#`: the upper bound of what begins with a prefix that ends with `#`."""
MAX_ITEM_BYTES: Final = 390_000
"""Of the 400 KB of an item, less its keys."""
META_TEXTS: Final = ("workflow_name", "workflow_version", "external_id", "session_id", "user_id")
"""Of an execution's own item, besides JSON."""
KEPT_EVERY: Final = 20
"""Executions after which it is noted how far the re-scan has come."""


class Rescan:
    """One run over a store. Without `is_dry`, what it finds is replaced. `name` is that of the rules."""

    def __init__(
        self,
        store: RescanStore,
        cleaner: Cleaner,
        files: ArtifactRescan,
        name: str,
        clock: Callable[[], int],
        *,
        is_dry: bool,
    ) -> None:
        self._store = store
        self._cleaner = cleaner
        self._files = files
        self._name = f"{'dry' if is_dry else 'applied'}#{name}"
        self._clock = clock
        self._is_dry = is_dry
        self.report = Report()

    def run(self, is_time_left: Callable[[], bool]) -> Report:
        """Goes on where the last run has stopped, until all is done or no time is left. Returns what was done.

        Raises StoreUnavailableError; run again, it goes on.
        """
        report = self.report = Report.read(self._store.position(self._name))
        for owners, following in self._store.pages(report.page):
            places = [items.partition(*owner) for owner in owners]
            done = places.index(report.after) + 1 if report.after in places else 0
            for owner in owners[done:]:
                if not is_time_left():
                    self._keep()
                    return report
                self._execution(owner)
                report.after = items.partition(*owner)
                if report.executions % KEPT_EVERY == 0:
                    self._keep()
            report.page = following
        report.is_complete = True
        self._keep()
        return report

    def _keep(self) -> None:
        self._store.keep_position(self._name, self.report.text())

    def _execution(self, owner: Owner) -> None:
        meta = next(self._store.items_between(owner, items.META, items.META), None)
        self.report.executions += 1
        if meta is not None and (is_deleted(meta) or self._is_expired(meta)):
            return
        if meta is not None and HOLD in meta:
            self.report.leave(items.partition(*owner), "it is held")
            return
        before = self.report.items + self.report.files
        for chunk_id in self._chunk_ids(owner):
            self._chunk(owner, chunk_id)
        for item in self._all(owner, items.ARTIFACT):
            self._attempt(item, self._artifact)
        if meta is not None:
            self._attempt(meta, self._meta)
            if self.report.items + self.report.files > before:
                self._touch(owner)

    def _chunk_ids(self, owner: Owner) -> list[str]:
        """Returns the chunks of an execution, those too of which only details are there."""
        found: dict[str, None] = {}
        for prefix in (items.ROWS, items.DETAIL):
            for item in self._all(owner, prefix):
                found[item["sk"]["S"].removeprefix(prefix).partition(":")[0]] = None
        return list(found)

    def _all(self, owner: Owner, prefix: str) -> Iterator[Item]:
        for item in self._store.items_between(owner, prefix, prefix[:-1] + AFTER):
            if not self._is_expired(item):
                yield item

    def _is_expired(self, item: Item) -> bool:
        return attempted(is_expired, item, self._clock()) is True

    def _chunk(self, owner: Owner, chunk_id: str) -> None:
        spans: dict[Any, Any] = {}
        cleaned: list[tuple[Item, bytes, bytes]] = []
        first = f"{items.DETAIL}{chunk_id}:"
        for item in self._store.items_between(owner, first, first[:-1] + ";"):
            self._attempt(item, self._read_detail, spans, cleaned)
        for prefix in (PREVIEWS, items.ROWS):
            sort = prefix + chunk_id
            for item in self._store.items_between(owner, sort, sort):
                self._attempt(item, self._rows, spans)
        for item, payload, found in cleaned:
            self._attempt(item, self._write_detail, payload, found)

    def _attempt(self, item: Item, action: Callable[..., None], *arguments: Any) -> None:
        """Does something with an item. What cannot be read or may not be rewritten is named, and stops no other."""
        place = f"{item['pk']['S']} {item['sk']['S']}"
        self._cleaner.counts.clear()
        try:
            action(item, *arguments)
        except UnreadableItemError as error:
            self.report.leave(place, error.item.reason)
        except NotCleanedError as error:
            self.report.leave(place, str(error))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            self.report.leave(place, "it has a form that is not known")
        except StoreUnavailableError as error:
            if error.code not in ABSENT:
                raise
            self.report.leave(place, "its object is not there")

    def _read_detail(self, item: Item, spans: dict[Any, Any], cleaned: list[Any]) -> None:
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        payload = self._payload(item)
        found, pairs = self._cleaner.details(pk, sk, payload)
        spans.update(pairs)
        cleaned.append((item, payload, found))
        self.report.by_rule.update(self._cleaner.counts)

    def _payload(self, item: Item) -> bytes:
        try:
            if "s3_key" not in item:
                return codec.decompress(binary_of(item, "data"))
            return codec.decompress(self._store.read_object(item["s3_key"]["S"], "").read())
        except ValueError as error:
            raise NotCleanedError("it cannot be decompressed") from error

    def _write_detail(self, item: Item, payload: bytes, cleaned: bytes) -> None:
        is_object = "s3_key" in item
        if cleaned != payload:
            self.report.items += 1
            if self._is_dry:
                return
            if is_object:
                self._files.replace_detail(item, codec.compress(cleaned))
            else:
                self._replace(item, {"data": items.b(_compressed(cleaned))})
        elif is_object and not self._is_dry:
            self._files.delete_older(item["s3_key"]["S"], "")

    def _rows(self, item: Item, spans: Spans) -> None:
        payload = self._payload(item)
        cleaned = self._cleaner.rows(item["pk"]["S"], item["sk"]["S"], payload, spans)
        if cleaned != payload:
            self.report.items += 1
            self.report.by_rule.update(self._cleaner.counts)
            self._replace(item, {"data": items.b(_compressed(cleaned))})

    def _artifact(self, item: Item) -> None:
        named = self._files.rescan(item, self._cleaner, is_dry=self._is_dry)
        self.report.files += named.is_rewritten
        self.report.items += bool(named.attributes)
        self.report.by_rule.update(self._cleaner.counts)
        try:
            if named.attributes:
                self._replace(item, named.attributes)
        except NotCleanedError:
            named.undo()
            raise
        if named.why:
            self.report.leave(f"{item['pk']['S']} {item['sk']['S']}", named.why)
        if not self._is_dry:
            named.finish()

    def _meta(self, item: Item) -> None:
        changed = {}
        if item.get("v", {}).get("N", "1") != "1":
            raise NotCleanedError(f"written in version {item['v']['N']}")
        for name in META_TEXTS:
            if name in item:
                changed[name] = items.s(self._cleaner.text(item[name]["S"]))
        for name, member in (("cause", "message"), ("exporter_health", "otlp_reason")):
            if name in item:
                changed[name] = items.s(self._member(item[name]["S"], member))
        changed = {name: value for name, value in changed.items() if value != item[name]}
        if changed:
            self.report.items += 1
            self.report.by_rule.update(self._cleaner.counts)
            self._replace(item, changed)

    def _member(self, text: str, name: str) -> str:
        """Returns a JSON object with one of its texts redacted; the same text where nothing was found."""
        try:
            known = json.loads(text)
            stored = known.get(name) or ""
        except (ValueError, AttributeError) as error:
            raise NotCleanedError("it holds something that is no JSON object") from error
        cleaned = self._cleaner.text(stored)
        return text if cleaned == stored else json.dumps({**known, name: cleaned})

    def _replace(self, item: Item, attributes: dict[str, Any]) -> None:
        if not self._is_dry and not self._store.replace(item, attributes):
            raise NotCleanedError("it was written meanwhile: run it again")

    def _touch(self, owner: Owner) -> None:
        """Counts up the revision of an execution, so that readers who have polled it see that it has changed."""
        for meta in (
            () if self._is_dry else self._store.items_between(owner, items.META, items.META)
        ):
            self._attempt(meta, self._count_up)

    def _count_up(self, meta: Item) -> None:
        if "revision" in meta:
            self._store.replace(meta, {"revision": items.n(int(meta["revision"]["N"]) + 1)})


def _compressed(payload: bytes) -> bytes:
    """Returns the data of an item. Raises NotCleanedError where it would not fit into one."""
    data = codec.compress(payload)
    if len(data) > MAX_ITEM_BYTES:
        raise NotCleanedError("it would be too large for an item")
    return data


def name_of_rules(rules: Any, mode: str) -> str:
    """Returns a name for a set of rules: another one for other rules."""
    text = json.dumps([mode, [[rule.name, rule.pattern] for rule in rules]])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
