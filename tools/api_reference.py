"""The API's reference for a person, from its OpenAPI document and its table of problems."""

from __future__ import annotations

from typing import Any

from spanvas_api.http.problems import RULES, TYPE_PREFIX, UNKNOWN

_HEAD = """# The API

<!-- Written by `make openapi` from the code; change the code, not this page. -->

"""


def reference_markdown(api: dict[str, Any]) -> str:
    """`docs/reference/api.md`: every call, every problem, every shape."""
    parts = [
        _HEAD,
        api["info"]["description"],
        "\n\n## Calls\n\n| call | scope | what |\n|---|---|---|\n",
    ]
    calls = [
        (method.upper(), path, call)
        for path, methods in api["paths"].items()
        for method, call in methods.items()
    ]
    parts += [
        f"| [`{method} {path}`](#{call['operationId']}) | `{_scope(call)}` | {call['summary']} |\n"
        for method, path, call in calls
    ]
    parts += [_call(method, path, call) for method, path, call in calls]
    parts.append(_problems())
    parts.append("\n## Shapes\n")
    parts += [_shape(name, schema) for name, schema in api["components"]["schemas"].items()]
    return "".join(parts)


def _scope(call: dict[str, Any]) -> str:
    return "`, `".join(call["security"][0]["token"])


def _call(method: str, path: str, call: dict[str, Any]) -> str:
    lines = [
        f"\n### {call['operationId']}\n",
        f"`{method} {path}` needs `{_scope(call)}`. {call['summary']}.",
    ]
    if "description" in call:
        lines.append("\n" + call["description"])
    if "parameters" in call:
        lines.append("\n| parameter | in | type | what |\n|---|---|---|---|")
        lines += [
            f"| `{p['name']}` | {p['in']} | {_type(p['schema'])} | {_cell(p['description'])} |"
            for p in call["parameters"]
        ]
    if "requestBody" in call:
        lines.append(
            f"\nBody: {_type(call['requestBody']['content']['application/json']['schema'])}"
            f"{_encodings(call['requestBody']['content'])}."
        )
    lines.append("\n| status | body | when |\n|---|---|---|")
    for status, response in call["responses"].items():
        content = response.get("content", {})
        bodies = [_type(media["schema"]) for name, media in content.items() if "json" in name]
        lines.append(
            f"| {status} | {', '.join(bodies) or 'none'} | {_cell(response['description'])} |"
        )
    return "\n".join(lines) + "\n"


def _encodings(content: dict[str, Any]) -> str:
    others = [f"`{name}`" for name in content if "json" not in name]
    return (
        f", as JSON or as {' or '.join(others)}; the answer comes as the body did" if others else ""
    )


def _problems() -> str:
    lines = [
        "\n## Problems\n",
        "Every error but those of the OTLP endpoint and of Tempo's API is a [Problem](#problem); its `type` is one of "
        "these.\n",
        "| status | type | title |\n|---|---|---|",
    ]
    rules = sorted((*RULES, UNKNOWN), key=lambda rule: (rule.status, rule.slug))
    lines += [f"| {rule.status} | `{TYPE_PREFIX}{rule.slug}` | {rule.title} |" for rule in rules]
    return "\n".join(lines) + "\n"


def _shape(name: str, schema: dict[str, Any]) -> str:
    lines = [
        f"\n### {name}\n",
        schema.get("description", ""),
        "\n| field | type | what |\n|---|---|---|",
    ]
    required = set(schema.get("required", ()))
    for field, definition in schema["properties"].items():
        label = f"`{field}`" if field in required else f"`{field}`?"
        lines.append(
            f"| {label} | {_type(definition)} | {_cell(definition.get('description', ''))} |"
        )
    return "\n".join(lines) + "\n"


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    match schema:
        case {"$ref": str(reference)}:
            name = reference.rsplit("/", 1)[-1]
            text = f"[{name}](#{name.lower()})"
        case {"anyOf": list(options)}:
            text = " or ".join(_type(option) for option in options)
        case {"enum": list(values)}:
            text = ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            text = f"`{value}`"
        case {"prefixItems": [first, *_]}:
            text = "pair of " + _type(first)
        case {"items": dict(item)}:
            text = "list of " + _type(item)
        case {"additionalProperties": dict(value)}:
            text = "map of " + _type(value)
        case _:
            text = str(schema.get("type", "any"))
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
