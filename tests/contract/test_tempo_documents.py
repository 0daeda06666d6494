"""What the how-to says of the Tempo data source is what the API answers."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from spanvas_api.tempo.fields import FIELDS, INTRINSIC
from spanvas_api.tempo_routes import TEMPO_ROUTES

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "use-spanvas-as-a-tempo-data-source.md").read_text("utf-8")
PROVISIONING = (DOCS / "grafana" / "provisioning" / "spanvas.yaml").read_text("utf-8")


def test_the_table_has_every_name_that_can_be_searched_for_and_no_other() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|([^|]*)\|", HOW_TO.partition("## What can be")[2], re.M)
    said = set(re.findall(r"`(.+?)`", " ".join(" ".join(row) for row in rows)))
    known = {
        name if field.scope == INTRINSIC else f"{field.scope}.{name}"
        for field in FIELDS
        for name in (field.key, *field.spellings)
    }
    assert said == known


def test_the_table_of_calls_has_each_with_its_scopes() -> None:
    for route in TEMPO_ROUTES:
        path = route.path.replace("{trace_id}", "{id}").replace("{tag}", "{name}")
        (line,) = [line for line in HOW_TO.splitlines() if f"`GET {path}`" in line]
        scopes = [f"`{scope}`" for scope in (route.scope, *route.more_scopes)]
        assert line.split("|")[2].strip() == ", ".join(scopes), route.operation


def test_the_provisioning_file_passes_the_users_token_on_and_is_that_of_the_how_to() -> None:
    (source,) = yaml.safe_load(PROVISIONING)["datasources"]
    assert (source["type"], source["jsonData"]["oauthPassThru"]) == ("tempo", True)
    assert not any(source["jsonData"]["streamingEnabled"].values())
    (shown,) = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.S)
    assert yaml.safe_load(shown) == yaml.safe_load(PROVISIONING)
