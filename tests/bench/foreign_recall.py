"""What redaction finds of secrets that others have made up: `make recall`.

Not one of the benches: it fetches gitleaks, a scanner of repositories, as a Go module, and runs its generator of
examples with the check of each example replaced by one line of output. Nothing of it is kept here. Personal data comes
from `phonenumbers` and `faker`, where they are installed. Needs Go and the network. `foreign_checkouts` says how the
examples of two more scanners are measured.

A secret counts as found when no eight characters of it in a row are left that are not in the text around it as well.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.bench.foreign_checkouts import foreign_examples
from tests.support.builders import make_span

MODULE = "github.com/zricethezav/gitleaks/v8@v8.30.1"
GENERATOR = Path("cmd", "generate", "config")
RECORDER = """package utils

import (
	"encoding/json"
	"os"

	"github.com/zricethezav/gitleaks/v8/config"
)

func record(r config.Rule, text string, real bool) {
	secret := ""
	if r.Regex != nil {
		for i, group := range r.Regex.FindStringSubmatch(text) {
			if i == 0 || i == r.SecretGroup {
				secret = group
			} else if r.SecretGroup == 0 && group != "" {
				secret = group
				break
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode([]any{r.RuleID, real, text, secret})
}

func Validate(r config.Rule, real []string, other []string) *config.Rule {
	for _, text := range real {
		record(r, text, true)
	}
	for _, text := range other {
		record(r, text, false)
	}
	return &r
}

func ValidateWithPaths(r config.Rule, real map[string]string, other map[string]string) *config.Rule {
	for _, text := range real {
		record(r, text, true)
	}
	for _, text := range other {
		record(r, text, false)
	}
	return &r
}
"""
FAMILIES = {
    "AWS": ("aws-",),
    "Google Cloud": ("gcp-",),
    "Azure, Teams": ("azure-", "microsoft-"),
    "other clouds": ("alibaba", "cloudflare", "digitalocean", "heroku", "flyio", "yandex", "openshift", "kubernetes"),
    "GitHub": ("github-",),
    "GitLab": ("gitlab-",),
    "Slack": ("slack-",),
    "Stripe": ("stripe-",),
    "OpenAI, Anthropic, Hugging Face and other model services": (
        "openai", "anthropic", "cohere", "huggingface", "perplexity", "privateai",
    ),
    "JSON web tokens": ("jwt",),
    "private keys": ("private-key", "age-", "pkcs12"),
    "command lines of `curl`": ("curl-",),
    "passwords and keys by their names": ("generic-", "hashicorp-tf-password", "nuget"),
}  # fmt: skip
"""By the beginning of gitleaks' name for the rule, called as in `docs/reference/what-redaction-finds.md`."""
OTHERS = "all other services"
PERSONAL = (
    "email addresses",
    "payment cards",
    "IBANs",
    "US social security numbers",
    "IP addresses",
    "phone numbers with the country's code",
    "phone numbers as dialled at home",
)
SCANNERS = ("noseyparker", "detect-secrets")
ORDER = (*FAMILIES, OTHERS, *PERSONAL, *SCANNERS)
HINTS = {"noseyparker": "NOSEYPARKER=folder", "detect-secrets": "DETECT_SECRETS=folder"}
USERS = ("curl-auth-user", "sidekiq")
"""Of `name:word` the word is the secret."""
MARKER = "[REDACTED"
MARKERS = re.compile(r"\[REDACTED:\w+\]")
SURVIVES = 8


class Example(NamedTuple):
    family: str
    text: str
    secret: str


def foreign_secrets() -> Iterator[tuple[bool, Example]]:
    """gitleaks' examples: whether each is a secret by its own word, and the example."""
    found = subprocess.run(
        ["go", "mod", "download", "-json", MODULE], check=True, stdout=subprocess.PIPE
    )
    with TemporaryDirectory() as folder:
        module = Path(folder, "module")
        shutil.copytree(json.loads(found.stdout)["Dir"], module, copy_function=shutil.copyfile)
        for path in (module, *module.rglob("*")):
            path.chmod(0o755)
        (module / GENERATOR / "utils" / "validate.go").write_text(RECORDER, "utf-8")
        lines = subprocess.run(
            ["go", "run", "-mod=mod", ".", f"{folder}/unused.toml"],
            cwd=module / GENERATOR,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.splitlines()
    for line in lines:
        if line.startswith("["):
            rule, is_real, text, secret = json.loads(line)
            if text:
                yield is_real, Example(family_of(rule), text, bare(rule, secret or text))


def family_of(rule: str) -> str:
    return next((name for name, starts in FAMILIES.items() if rule.startswith(starts)), OTHERS)


def bare(rule: str, secret: str) -> str:
    secret = secret.strip("\"'")
    if rule.startswith(USERS):
        secret = secret.rstrip(":").rpartition(":")[2].strip("\"'")
    return secret.partition("hooks.slack.com/")[2][10:] or secret


def personal_data() -> Iterator[Example]:
    with suppress(ImportError):
        import phonenumbers
        from phonenumbers import PhoneNumberFormat, PhoneNumberType

        formats = {
            "phone numbers with the country's code": PhoneNumberFormat.INTERNATIONAL,
            "phone numbers as dialled at home": PhoneNumberFormat.NATIONAL,
        }
        for region in sorted(phonenumbers.SUPPORTED_REGIONS):
            for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
                number = phonenumbers.example_number_for_type(region, kind)
                for name, form in formats.items() if number else ():
                    yield in_prose(name, phonenumbers.format_number(number, form))
    with suppress(ImportError):
        from faker import Faker

        Faker.seed(5)
        for place in ("en_US", "de_DE", "fr_FR", "it_IT", "en_GB", "es_ES", "pl_PL", "nl_NL"):
            faker = Faker(place)
            for _ in range(100):
                yield in_prose("email addresses", faker.email())
                yield in_prose("IBANs", faker.iban())
        faker = Faker("en_US")
        for _ in range(200):
            yield in_prose("US social security numbers", faker.ssn())
            yield in_prose("IP addresses", faker.ipv4_public())
            yield in_prose("IP addresses", faker.ipv6())
            for issuer in ("visa", "mastercard", "amex", "discover", "diners", "jcb"):
                yield in_prose("payment cards", faker.credit_card_number(issuer))


def in_prose(family: str, secret: str) -> Example:
    return Example(family, f"Please use {secret} for the next call.", secret)


def is_left(example: Example, redacted: str) -> bool:
    """Returns whether eight characters of the secret in a row are left that are not in the text around it."""
    secret, around = example.secret, example.text.replace(example.secret, "\0")
    redacted = MARKERS.sub("\0", redacted)
    length = min(SURVIVES, len(secret))
    pieces = (secret[at : at + length] for at in range(len(secret) - length + 1))
    return any(piece in redacted and piece not in around for piece in pieces)


def make_redact() -> Callable[[str], str]:
    redactor = Redactor("redacted", 10_000, Scanner())
    return lambda text: str(
        redactor.redact(make_span("a", attributes={"spanvas.output": text})).attributes[
            "spanvas.output"
        ]
    )


class Recall(NamedTuple):
    """By family, how many examples were found and how many not; those that were not; and of what is no secret, how many
    of how many were touched."""

    counts: dict[str, Counter[bool]]
    missed: list[Example]
    touched: int
    total: int


def measured() -> Recall:
    """Redacts all examples that are at hand."""
    redact = make_redact()
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    missed: list[Example] = []
    secrets = list(foreign_secrets())
    others = [Example(*one) for one in foreign_examples()]
    for example in [*(one for is_real, one in secrets if is_real), *personal_data(), *others]:
        is_found = not is_left(example, redact(example.text))
        counts[example.family][is_found] += 1
        missed += [] if is_found else [example]
    harmless = [one.text for is_real, one in secrets if not is_real]
    touched = sum(MARKER in redact(text) for text in harmless)
    return Recall(counts, missed, touched, len(harmless))


def main() -> None:
    """Prints the share of each family that was found; with `-v` what was not."""
    recall = measured()
    for family in ORDER:
        if found := recall.counts.get(family):
            share = f"{100 * found[True] / found.total():.1f}".removesuffix(".0")
            print(f"| {family} | {found.total():,} | {share} % |")
        else:
            hint = HINTS.get(family, "pip install faker phonenumbers")
            print(f"not measured: {family} ({hint})", file=sys.stderr)
    print(f"{recall.touched} of {recall.total} examples that its rules leave alone were touched")
    for example in recall.missed if "-v" in sys.argv else ():
        print(example.family, repr(example.text[:150]))


if __name__ == "__main__":
    main()
