"""Names of keys whose values are secrets whatever they look like.

Two traps of others are pinned by tests: a rule for `auth` that spares `author` must not spare `Authorization`, and an
exception for token counts must not bring back `access_token`. The JSON schema of a parameter called `password` is no
secret; a value inside of the schema is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from spanvas.lazy_pattern import LazyPattern

WORD: Final = LazyPattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

SECRET_WORDS: Final = frozenset(
    {
        "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets",
        "authorization", "cookie", "cookies", "credential", "credentials", "cred", "creds", "jwt", "bearer", "csrf",
        "xsrf", "otp", "ssn", "cvv", "cvc", "iban", "htpasswd", "dob", "birthday", "birthdate", "aadhaar", "nino",
        "cpf", "pesel", "curp", "passwort", "kennwort", "contrasena", "senha", "wachtwoord",
    }
)  # fmt: skip
"""One of these words anywhere in a key is enough."""

SECRET_COMPOUNDS: Final = frozenset(
    {
        "apikey", "apitoken", "accesskey", "accesstoken", "authtoken", "refreshtoken", "idtoken", "sessiontoken",
        "securitytoken", "bearertoken", "bottoken", "secretkey", "privatekey", "signingkey", "encryptionkey",
        "masterkey", "accountkey", "sharedkey", "presharedkey", "subscriptionkey", "authkey", "sshkey", "clientsecret",
        "amzsignature", "amzcredential", "authheader", "sessionkey", "cardnumber", "creditcard",
        "socialsecurity", "passportnumber", "phonenumber", "keydata", "adminkey", "dateofbirth", "ofbirth",
        "nationalid", "taxid", "socialinsurance", "driverslicense", "driverlicense", "licensenumber", "steuerid",
        "codicefiscale", "mnemonicphrase", "seedphrase", "recoveryphrase", "storepass", "keypass", "userpass", "dbpass",
        "adminpass", "rootpass", "smtppass", "proxypass", "ftppass", "mypass",
    }
)  # fmt: skip
"""Two neighbouring words (or one, written together) that make a key a secret; a plural does, too: `api_keys`."""

GLUED: Final = ("password", "passwd", "passphrase", "secret", "apikey")
"""At the end of a word that is written in one: `dbpassword`, `PGPASSWORD`, `iamapikey`."""
GLUED_TOKENS: Final = frozenset(
    {
        "access", "auth", "bearer", "bot", "github", "gitlab", "login", "oauth", "refresh", "secret", "security",
        "session", "user",
    }
)  # fmt: skip
"""Before `token`, in one word with it."""
NOT_GLUED: Final = frozenset({"no", "forgot", "reset", "change", "non"})
"""`resetpassword` is something to do."""

SECRET_NUMBERS: Final = frozenset(
    {
        "password", "passcode", "passwd", "pwd", "pin", "otp", "ssn", "cvv", "cvc", "cardnumber", "creditcard",
        "socialsecurity", "phonenumber", "passportnumber", "dob", "birthdate", "birthday", "ofbirth", "nationalid",
        "taxid", "steuerid", "socialinsurance", "aadhaar", "cpf", "pesel", "nino", "licensenumber",
    }
)  # fmt: skip
KEY_DIGITS: Final = 12
"""So many digits are no count and no limit: under the name of a secret they are one."""

TOKEN_COUNTING: Final = frozenset(
    {
        "count", "counts", "type", "limit", "usage", "budget", "price", "rate", "id", "url", "uri", "endpoint",
        "expiry", "expires", "expiration", "length", "index", "details", "seconds", "detail", "ids", "use",
    }
)  # fmt: skip
MODEL_TOKENS: Final = frozenset(
    {
        "eos", "bos", "pad", "unk", "sep", "cls", "mask", "special", "stop", "start", "end", "first", "last", "prefix",
        "suffix", "image", "audio", "video", "per", "output", "input", "prompt", "completion", "top", "draft",
        "accepted",
        "rejected", "sampled", "decoded", "generated", "predicted", "eot", "eog", "fim", "eom",
    }
)  # fmt: skip
"""Before `token`: a piece of text, as models read it."""
CONTROL_TOKENS: Final = frozenset({"abort", "cancel", "cancellation"})
"""Before `token`: an object by which a program stops what it began."""
PASSES: Final = frozenset(
    {
        "first", "second", "third", "single", "multi", "two", "one", "forward", "backward", "next", "last", "final",
        "boarding", "season", "low", "high", "band", "all", "num", "by", "did", "will", "must",
    }
)  # fmt: skip
"""Before `pass`: something that is gone through, or not failed."""
ASKING: Final = frozenset(
    {
        "requires", "require", "required", "needs", "need", "is", "has", "have", "uses", "supports", "allow", "allows",
        "enable", "disable", "show", "hide", "skip", "no", "without", "missing", "should", "must", "can",
    }
)  # fmt: skip
"""`requires_auth`, `has_password`: whether there is one."""
PAGING: Final = frozenset(
    {"next", "page", "continuation", "pagination", "sync", "cursor", "request", "idempotency"}
)
COUNTED: Final = frozenset({"access", "refresh", "auth", "bearer", "session", "api", "security"})
HARMLESS_ENDINGS: Final = frozenset(
    {
        "arn", "name", "policy", "count", "length", "type", "url", "uri", "endpoint", "expires", "expiry",
        "enabled", "required", "present", "at", "in", "version", "rate", "rates", "ratio", "status", "state", "percent",
        "percentage", "score", "threshold", "total", "file", "path", "dir", "stdin", "method", "methods", "mode",
        "scheme", "provider", "format", "strength", "reset", "rule", "rules", "ttl", "lifetime", "age", "timeout",
        "size", "allowed", "valid", "changed", "created", "updated", "supported", "needed", "exists", "failed",
        "succeeded", "granted", "denied", "domain", "realm", "error", "errors", "attempts", "retries", "description",
    }
)  # fmt: skip
"""`secret_arn` names a secret, `password_expires_at` talks about one."""

CREDENTIAL_IDS: Final = (["credential", "id"], ["credentials", "id"])
"""Which of a vault's entries it is. A `secret_id` may be the secret itself, as HashiCorp's is."""

TELLING: Final = frozenset(
    {*SECRET_WORDS, *SECRET_COMPOUNDS, *GLUED, "auth", "pass", "pw", "token"}
)
TELLING_LETTERS: Final = LazyPattern(
    "|".join(
        sorted(one for one in TELLING if not any(other in one for other in TELLING - {one}))
    ).encode()
)
"""One of these is in the letters of every key that is a secret's. Few texts have any, which is seen at once."""
LETTERS: Final = bytes(range(256)).lower()
NO_LETTERS: Final = bytes(code for code in range(256) if not bytes([code]).isalpha())

PUBLIC: Final = ["public", "key", "token"]
"""In the names of .NET assemblies."""
LONGEST_KEY: Final = 200
"""Characters that are looked at, from the end."""
MAX_LABEL: Final = 64
MAX_LABEL_BLANKS: Final = 3
MAX_PATH: Final = 200
"""Names without blanks, such as those of parameters in a store, may be longer."""


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Returns whether a key says that its value is a secret: `Authorization`, `access_token`, `dbPassword`."""
    letters = key[-LONGEST_KEY:].encode("utf-8", "replace").translate(LETTERS, NO_LETTERS)
    if not TELLING_LETTERS.search(letters):
        return False
    words = words_of(key)
    if not words or words[-1] in HARMLESS_ENDINGS or words[-2:] in CREDENTIAL_IDS:
        return False
    if (words[0] in ASKING and len(words) > 1) or words[-3:] == PUBLIC:
        return False
    if not SECRET_WORDS.isdisjoint(words) or words[-1] == "auth" or _is_pass(words):
        return True
    compounds = {*words, *(one + two for one, two in pairwise(words))}
    return (
        not SECRET_COMPOUNDS.isdisjoint(compounds)
        or not SECRET_COMPOUNDS.isdisjoint(word[:-1] for word in compounds if word[-1:] == "s")
        or _is_token(words)
        or any(map(_is_glued, compounds if words[-1] == "key" else words))
    )


def _is_glued(word: str) -> bool:
    """Whether a word ends in that of a secret: `dbpassword`."""
    if word.endswith(GLUED):
        return not any(word == before + end for before in NOT_GLUED for end in GLUED)
    return word.endswith("token") and word.removesuffix("token") in GLUED_TOKENS


def words_of(key: str) -> list[str]:
    """Returns the words of a key in lower case, split at case and separators; of a long key, those at its end."""
    return [word.lower() for word in WORD.findall(key[-LONGEST_KEY:])]


def is_secret_label(text: Any) -> bool:
    """Returns whether a text is the name of a secret beside it: in a list, in a column, under `name`."""
    if not isinstance(text, str) or len(text) > MAX_PATH:
        return False
    blanks = text.count(" ")
    if blanks and (blanks > MAX_LABEL_BLANKS or len(text) > MAX_LABEL):
        return False
    return is_secret_key(text)


def _is_pass(words: list[str]) -> bool:
    """`smtp_pass`, `pass1`, `db_pw`; not `first_pass`."""
    word, earlier = words[-1], words[-2:-1]
    return (word == "pass" and PASSES.isdisjoint(earlier)) or (word == "pw" and bool(earlier))


def _is_token(words: list[str]) -> bool:
    """`token` in the singular, unless it counts, bills or pages; in the plural only after a word like `access`."""
    before = words[-2] if words[-1] == "token" and len(words) > 1 else ""
    if before in MODEL_TOKENS or before in CONTROL_TOKENS:
        return False
    if "token" in words:
        return TOKEN_COUNTING.isdisjoint(words) and PAGING.isdisjoint(words)
    return words[-1] == "tokens" and len(words) > 1 and words[-2] in COUNTED


@lru_cache(maxsize=1024)
def is_secret_number_key(key: str) -> bool:
    """Returns whether even a short number under this key is a secret: a PIN is, `max_token: 4096` is not."""
    words = words_of(key)
    compounds = {*words, *(one + two for one, two in pairwise(words))}
    return not SECRET_NUMBERS.isdisjoint(compounds) or (words[-1:] == ["pass"] and len(words) > 1)


HIDDEN: Final = LazyPattern(r"\[REDACTED:[a-z0-9_]+\]")
TYPED_VALUES: Final = frozenset(
    {"stringValue", "intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue", "longValue", "VarCharValue"}
)  # fmt: skip
"""How OTLP and the data APIs of AWS write a value with its type."""


def is_secret_item(name: str, item: Any) -> bool:
    """Returns whether a value under a name is a secret.

    A schema is none: what it says of the value is judged itself.
    """
    if item is None or isinstance(item, bool) or item in ("", b"", (), [], {}):
        return False
    if not is_secret_key(name):
        return False
    if isinstance(item, (int, float)):
        return is_secret_number_key(name) or _has_key_digits(item)
    if isinstance(item, str):
        return not HIDDEN.fullmatch(item)
    return not _is_hidden(item) and not is_schema(item)


def _has_key_digits(number: float) -> bool:
    """Of a whole number without writing it out, which Python refuses for thousands of digits."""
    if isinstance(number, int):
        return not -(10 ** (KEY_DIGITS - 1)) < number < 10 ** (KEY_DIGITS - 1)
    return len(str(number)) >= KEY_DIGITS


def _is_hidden(item: Any) -> bool:
    """Whether it is what `hidden_in_shape` leaves."""
    return _is_typed(item) and all(
        isinstance(value, str) and HIDDEN.fullmatch(value) for value in item.values()
    )


def _is_typed(item: Any) -> bool:
    return isinstance(item, Mapping) and len(item) == 1 and TYPED_VALUES.issuperset(item)


def hidden_in_shape(item: Any, marker: str) -> Any:
    """Returns the marker for a hidden value; in the form of OTLP where the value is written with its type."""
    if not _is_typed(item):
        return marker
    return {("VarCharValue" if "VarCharValue" in item else "stringValue"): marker}


TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
VALUES: Final = frozenset({"default", "const", "example", "examples", "value"})
"""What a schema, or something like one, says with the value itself."""
TEXTS: Final = frozenset({"title", "description", "format", "pattern", "$ref", "$comment", "$id"})
INNER: Final = frozenset({"anyOf", "oneOf", "allOf", "items", "not"})
"""Where schemas of the same value stand in a schema."""
EXTENSION: Final = "x-"
WORDS: Final = frozenset(
    {
        "type", "enum", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "properties", "required", "additionalProperties", "patternProperties", "nullable", "readOnly",
        "writeOnly", "deprecated", "$schema", "$defs", "definitions", "minItems", "maxItems", "uniqueItems",
        "contentEncoding", "contentMediaType",
        *TEXTS, *INNER,
    }
)  # fmt: skip


def is_schema(item: Any) -> bool:
    """Returns whether a value has nothing but a schema's words, each with its kind of value."""
    if not isinstance(item, Mapping) or VALUES.issuperset(item):
        return False
    if all(isinstance(name, str) and name.startswith(EXTENSION) for name in item):
        return False  # headers begin so, too
    return all(_is_word(name, value) for name, value in item.items())


def _is_word(name: Any, value: Any) -> bool:
    if name in TEXTS:
        return isinstance(value, str)
    if name == "type":
        kinds = value if isinstance(value, (list, tuple)) else [value]
        return all(isinstance(kind, str) and kind in TYPES for kind in kinds)
    return name in WORDS or name in VALUES or (isinstance(name, str) and name.startswith(EXTENSION))


def says_no_value(item: Any) -> bool:
    """Returns whether a value is a schema and holds no value of what it describes."""
    if not is_schema(item):
        return False
    return all(
        not value if name in VALUES else name not in INNER or _inner_say_no_value(value)
        for name, value in item.items()
    )


def _inner_say_no_value(value: Any) -> bool:
    inner = value if isinstance(value, (list, tuple)) else [value]
    return all(not isinstance(one, Mapping) or not one or says_no_value(one) for one in inner)
