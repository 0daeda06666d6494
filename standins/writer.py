"""The stand-in's answers: put together from the prompt's own text, the same for the same prompt.

It reads a prompt as a careful person without any knowledge would: what stands in tags is the material, the rest are
instructions. It calls a tool when one is offered and none has answered, gives JSON where a shape is shown, fills
headings where headings are listed, and otherwise writes a short text of the material's best sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from standins.prose import best_sentences, sentences_of, words_of
from standins.shapes import MONTH_NAMES, Reading, fill, shape_in

_TAGGED: Final = re.compile(r"<(\w+)([^>]*)>\n?(.*?)</\1>", re.DOTALL)
_HEADING: Final = re.compile(r"^## .+$", re.MULTILINE)
# Where a note of the editor stands in place of a text, as in `3 May 1887. [Page torn.]`, there is nothing to read.
_NOTE: Final = re.compile(r"\[[^\]]*\]")

MONTHS: Final = frozenset(words_of(MONTH_NAMES))

Blocks = list[dict[str, Any]]


def write_answer(request: Mapping[str, Any], digest: str) -> tuple[Blocks, str]:
    """The content blocks of the answer and its stop reason."""
    system = "\n".join(block["text"] for block in request.get("system", []) if "text" in block)
    user = "\n".join(_texts(request["messages"]))
    results = [
        block["toolResult"] for block in _blocks(request["messages"]) if "toolResult" in block
    ]
    tools = request.get("toolConfig", {}).get("tools", [])
    tagged = _TAGGED.findall(user)
    material = "\n\n".join(text.strip() for _, _, text in tagged) or user
    instructions = f"{system}\n{_TAGGED.sub('', user)}"
    reading = Reading(material, instructions, digest)
    if tools and not results:
        return _tool_call(tools[0]["toolSpec"], reading, digest), "tool_use"
    shape = shape_in(instructions)
    if shape is not None:
        if not _is_readable(material):
            return [
                {"text": "The text cannot be read, so there is nothing to fill in."}
            ], "end_turn"
        return [
            {"text": json.dumps(fill(shape, reading), ensure_ascii=False, indent=2)}
        ], "end_turn"
    limit = request.get("inferenceConfig", {}).get("maxTokens", 1024) * 4
    headings = _HEADING.findall(system)
    if headings:
        text = _under_headings(headings, tagged, reading)
    elif results:
        text = _letter(reading, results)
    else:
        text = " ".join(best_sentences(_without_cells(material), 4, instructions)) or material
    if len(text) > limit:
        return [{"text": text[:limit]}], "max_tokens"
    return [{"text": text}], "end_turn"


def _is_readable(material: str) -> bool:
    """Whether the material says something beside dates and an editor's notes on what is lost."""
    if not _NOTE.search(material):
        return bool(material.strip())
    said = words_of(_NOTE.sub("", material))
    return bool(set(said) - MONTHS)


def _tool_call(tool: Mapping[str, Any], reading: Reading, digest: str) -> Blocks:
    """A call whose arguments are found in the prompt by their schema's pattern or description."""
    properties = tool["inputSchema"]["json"].get("properties", {})
    everything = f"{reading.material}\n{reading.instructions}"
    arguments = {}
    for name, schema in properties.items():
        found = re.search(schema["pattern"], everything) if "pattern" in schema else None
        description = schema.get("description", name)
        arguments[name] = found[0] if found else fill(description, reading)
    said = {"text": f"I look this up with {tool['name']} before I answer."}
    use = {"toolUseId": f"tooluse_{digest}", "name": tool["name"], "input": arguments}
    return [said, {"toolUse": use}]


def _under_headings(
    headings: list[str], tagged: list[tuple[str, str, str]], reading: Reading
) -> str:
    """Each heading with sentences of the sources that share its words, each with its source's number."""
    sources = [text for _, _, text in tagged]
    sections = []
    used: set[str] = set()
    for heading in headings:
        lines = []
        for number, text in enumerate(sources, 1):
            about = f"{heading} {reading.instructions}" if heading == headings[0] else heading
            fresh = [s for s in best_sentences(text, 8, about) if s not in used]
            if heading == headings[0]:
                fresh = fresh[:1] if number <= 3 else []
            elif "limit" in heading.lower():
                fresh = [s for s in fresh if re.search(r"\blimit|\bbut\b|\bhowever\b|\bcost", s)][
                    :1
                ]
            elif heading == headings[-1]:
                fresh = []
            else:
                fresh = fresh[:2]
            used.update(fresh)
            lines += [f"{sentence.rstrip('.')} [{number}]." for sentence in fresh]
        said = " ".join(lines) or "The sources leave this open."
        sections.append(f"{heading}\n\n{said}")
    return "\n\n".join(sections)


def _without_cells(material: str) -> str:
    """Of lines that are rows of a table (`a; b; c; what it says`), what the last cell says."""
    lines = material.splitlines()
    return "\n".join(line.rsplit("; ", 1)[-1] if line.count("; ") >= 3 else line for line in lines)


def _letter(reading: Reading, results: Iterable[Mapping[str, Any]]) -> str:
    """A reply: what was understood, what was looked up, what happens next."""
    sentences = sentences_of(reading.material)
    wish = [s for s in sentences if re.search(r"\bplease\b", s, re.IGNORECASE)]
    facts = []
    for result in results:
        for block in result["content"]:
            value = block.get("json", block.get("text"))
            facts += _facts(value) if isinstance(value, dict) else [str(value)]
    understood = wish[-1] if wish else (sentences[0] if sentences else "your message")
    return "\n\n".join(
        (
            f"You wrote: “{understood.strip()}” We have understood that this cannot wait.",
            f"This is what we know now: {'; '.join(facts)}.",
            "We are sending a replacement by express today and will confirm it within two hours. "
            "If the first parcel arrives after all, please keep it until our carrier collects it.",
            "The support desk of Lanthorn & Hythe",
        )
    )


def _facts(value: Mapping[str, Any], prefix: str = "") -> list[str]:
    found = []
    for key, item in value.items():
        name = f"{prefix}{key.replace('_', ' ')}"
        if isinstance(item, dict):
            found += _facts(item, f"{name}, ")
        elif item is not None:
            found.append(f"{name} {item}")
    return found


def _blocks(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [block for message in messages for block in message["content"]]


def _texts(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        block["text"]
        for message in messages
        if message["role"] == "user"
        for block in message["content"]
        if "text" in block
    ]
