"""Tables and bucket: whether they are there, and are as the template makes them."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from spanvas_api.doctor.report import OK, UNKNOWN, WRONG, Finding, code_of, failed, found_by

INDEXES: Final = frozenset({"by_workflow", "by_tenant", "by_trace", "by_status", "running"})
KEYS: Final = [("pk", "HASH"), ("sk", "RANGE")]
TTL: Final = "expires_at"
MAX_SKEW_SECONDS: Final = 60
"""AWS refuses signatures that are off by five minutes; tokens are checked with a leeway of one."""
DEPLOY: Final = "deploy the template again; it was changed by hand"


def table(dynamodb: Any, name: str, variable: str, indexes: frozenset[str]) -> Iterator[Finding]:
    """Looks at keys, indexes and time to live of a table."""
    what = f"table {name}"
    try:
        described = dynamodb.describe_table(TableName=name)["Table"]
    except Exception as error:  # noqa: BLE001 - found as any other
        if code_of(error) == "ResourceNotFoundException":
            yield Finding(
                what, WRONG, "there is no such table here", f"check {variable} and the region"
            )
            return
        yield failed(what, error)
    else:
        is_ours = yield from _keys_and_indexes(what, described, name, variable, indexes)
        if not is_ours:
            return
    yield from found_by(f"time to live of {name}", lambda: [_time_to_live(dynamodb, name)])


def _keys_and_indexes(
    what: str, described: Any, name: str, variable: str, indexes: frozenset[str]
) -> Generator[Finding, None, bool]:
    """Yields what is seen of a table. Returns whether it is one of Spanvas."""
    status = described["TableStatus"]
    keys = [(key["AttributeName"], key["KeyType"]) for key in described["KeySchema"]]
    if status != "ACTIVE" or keys != KEYS:
        yield Finding(what, WRONG, f"{status}, keys {keys}", f"{variable} names another table")
        return False
    yield Finding(what, OK, status.lower())
    found = {one["IndexName"] for one in described.get("GlobalSecondaryIndexes", ())}
    if missing := sorted(indexes - found):
        yield Finding(f"indexes of {name}", WRONG, f"without {', '.join(missing)}", DEPLOY)
    elif indexes:
        yield Finding(f"indexes of {name}", OK, ", ".join(sorted(indexes)))
    return True


def _time_to_live(dynamodb: Any, name: str) -> Finding:
    what = f"time to live of {name}"
    found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    status, attribute = found["TimeToLiveStatus"], found.get("AttributeName", "")
    if status in ("ENABLED", "ENABLING") and attribute == TTL:
        return Finding(what, OK, TTL)
    return Finding(what, WRONG, f"{status} {attribute}".strip(), f"nothing expires: {DEPLOY}")


def bucket(s3: Any, name: str) -> Iterator[Finding]:
    """Looks at a bucket: public access, its policy, who may read files from a page."""
    what = f"bucket {name}"
    try:
        s3.head_bucket(Bucket=name)
        yield Finding(what, OK)
    except Exception as error:  # noqa: BLE001 - found as any other
        if code_of(error) in ("404", "NoSuchBucket"):
            yield Finding(
                what, WRONG, "there is no such bucket", "check SPANVAS_BUCKET and the account"
            )
            return
        yield failed(what, error)
    for part, look in (
        (f"public access to {name}", _public_access),
        (f"policy of {name}", _policy),
        (f"pages that may read files of {name}", _cors),
    ):  # each needs a permission of its own
        yield from found_by(part, lambda look=look: [look(s3, name)])  # type: ignore[misc]


def _public_access(s3: Any, name: str) -> Finding:
    what = f"public access to {name}"
    try:
        found = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    except Exception as error:
        if code_of(error) != "NoSuchPublicAccessBlockConfiguration":
            raise
        found = {}
    if len(found) == 4 and all(found.values()):
        return Finding(what, OK, "blocked")
    return Finding(what, WRONG, "not blocked", f"prompts could be made public: {DEPLOY}")


def _policy(s3: Any, name: str) -> Finding:
    what = f"policy of {name}"
    try:
        text = s3.get_bucket_policy(Bucket=name)["Policy"]
    except Exception as error:
        if code_of(error) != "NoSuchBucketPolicy":
            raise
        text = "{}"
    statements = json.loads(text).get("Statement", ())
    conditions = json.dumps([one.get("Condition") for one in statements if one["Effect"] == "Deny"])
    missing = [key for key in ("aws:SecureTransport", "s3:signatureAge") if key not in conditions]
    if missing:
        return Finding(what, WRONG, f"nothing is refused by {', '.join(missing)}", DEPLOY)
    return Finding(what, OK, "only TLS, and links of five minutes at most")


def _cors(s3: Any, name: str) -> Finding:
    what = f"pages that may read files of {name}"
    try:
        rules = s3.get_bucket_cors(Bucket=name)["CORSRules"]
    except Exception as error:
        if code_of(error) != "NoSuchCORSConfiguration":
            raise
        return Finding(what, UNKNOWN, "none", "set AllowedOrigins, or deploy the page")
    origins = sorted({origin for rule in rules for origin in rule["AllowedOrigins"]})
    if "*" in origins:
        return Finding(what, WRONG, "all", "name the origins in AllowedOrigins")
    return Finding(what, OK, ", ".join(origins))


def clock(dynamodb: Any, name: str, now: float) -> Iterator[Finding]:
    """Compares the clock of this machine, in Unix seconds, with that of AWS, which a refusal tells, too."""
    try:
        answer = dynamodb.describe_table(TableName=name)
    except Exception as error:
        answer = getattr(error, "response", {})
        if "HTTPHeaders" not in answer.get("ResponseMetadata", {}):
            raise
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if not date:
        yield Finding("clock", UNKNOWN, "the endpoint does not say what time it is")
        return
    skew = now - parsedate_to_datetime(date).timestamp()
    seen = f"{datetime.fromtimestamp(now, UTC):%H:%M:%S} UTC, {skew:+.0f} s from AWS"
    is_right = abs(skew) <= MAX_SKEW_SECONDS
    mend = "" if is_right else "set the clock: tokens and signatures are refused"
    yield Finding("clock", OK if is_right else WRONG, seen, mend)
