"""Writes the names of structural attributes in OpenTelemetry's semantic conventions: `python -m tools.structure_names`.

They come from the package `opentelemetry-semantic-conventions`, whose version the file says. A name whose value is a
text, a file or a person's is left out: what is not listed is content.
"""

from __future__ import annotations

import re
import textwrap
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FILE: Final = ROOT / "layers/spanvas/spanvas/semantics/structure_names.txt"
PACKAGE: Final = "opentelemetry-semantic-conventions"
NAME: Final = re.compile(r'^[A-Z_0-9]+(?:: Final)? = \(?\s*"([^"]+)"', re.MULTILINE)

TEXTS: Final = re.compile(
    r".*(description|text|statement|message|stacktrace|title|comment|command|command_args|command_line|header|metadata"
    r"|parameter|labels?|annotation|selector|environment_variable|subject|issuer|certificate|certificate_chain"
    r"|original|document|fragment|query|filename|full_name|email|keys?|value|user_agent|working_directory"
    r"|file\.(name|path)\w*|file\.(attributes|directory|extension|fork_name|symbolic_link\.target_path)"
    r"|doc_url|connection_string|drop_frames|keep_frames|path_parts)"
    r"|aws\.dynamodb\.(attribute_definitions|attributes_to_get|consumed_capacity|.*index(es|_updates)|projection"
    r"|item_collection_metrics)|aws\.s3\.(copy_source|delete)|faas\.document\.name|user\.name|.*user\.name|db\.user"
    r"|(file|process)\.owner.*|enduser\.(role|scope)|user\.roles|host\.cpu\.model\.name|mcp\.resource\.uri|cloudevents\."
    r"event_source|messaging\.(rocketmq\.message\.(tag|keys)|gcp_pubsub\.message\.ordering_key|gcp_pubsub\.message\."
    r"ack_id)|gen_ai\.(completion|prompt.*|input\.messages|output\.messages|retrieval\..*|system_instructions"
    r"|request\.stop_sequences|tool\.(call\.(arguments|result)|definitions)|evaluation\.explanation)|geo\..*"
    r"|feature_flag\.(result|evaluation).*|security_rule\.(name|reference|license)|http\.client_ip|browser\.brands"
    r"|artifact\.purl|rpc\.jsonrpc\.error_message"
)
"""Names whose values are texts, files, or what persons are called."""
KEPT: Final = frozenset({"gen_ai.evaluation.score.value", "faas.time"})
LABELS: Final = re.compile(
    r"gen_ai\.(agent\.name|tool\.name|workflow\.name|evaluation\.(name|score\.label))|thread\.name|service\.name"
    r"|cicd\.pipeline\.(name|action\.name|task\.name)|test\.(case|suite)\.name|device\.model\.name|os\.name"
)
"""Names of names, which may have two words."""
URLS: Final = re.compile(r"url\.full|.*\.url\.full|http\.url|aws\.sqs\.queue\.url")
PATHS: Final = re.compile(r"url\.path|http\.target")


def shape_of(name: str) -> str | None:
    """Returns the shape that the values of a name have; None where they may be a text."""
    if LABELS.fullmatch(name):
        return "label"
    if URLS.fullmatch(name):
        return "url"
    if PATHS.fullmatch(name):
        return "path"
    if name == "db.query.summary":
        return "name"
    return None if TEXTS.fullmatch(name) and name not in KEPT else "token"


def conventions() -> list[str]:
    """Returns every attribute name of the package, of now and of old, in the order of the alphabet."""
    spec = find_spec("opentelemetry.semconv")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        if "metrics" not in str(path.relative_to(folder)):
            found.update(NAME.findall(path.read_text("utf-8")))
    return sorted(name for name in found if "." in name and not name.startswith("http://"))


def text() -> str:
    """Returns the whole file: a line that says the source, then names by shape."""
    shapes: dict[str, list[str]] = {}
    for name in conventions():
        if (shape := shape_of(name)) is not None:
            shapes.setdefault(shape, []).append(name)
    lines = [f"# {PACKAGE} {version(PACKAGE)}; written by tools/structure_names.py"]
    for shape, listed in sorted(shapes.items()):
        lines.append(f"[{shape}]")
        lines += textwrap.wrap(" ".join(listed), 120, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
