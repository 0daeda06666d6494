"""How a function of MiniStack is replaced in its process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

CLOUDFORMATION = "ministack.services.cloudformation"
SAVED_QUERY = "AWS::Logs::QueryDefinition"


@dataclass(frozen=True, slots=True)
class Workaround:
    """A fault by its name, what it is, and what cures it in the process of the engine."""

    name: str
    reason: str
    apply: Callable[[], None]


def load() -> None:
    """Imports what is cured, since a name that another module has imported is replaced there, too."""
    for module in ("changesets", "engine", "handlers", "helpers", "provisioners", "stacks"):
        importlib.import_module(f"{CLOUDFORMATION}.{module}")
    importlib.import_module("ministack.services.stepfunctions")


def replace_everywhere(old: object, new: object) -> None:
    """Puts a function into the place of another one in all modules of MiniStack that have imported it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack") and isinstance(module, ModuleType):
            for attribute, value in list(vars(module).items()):
                if value is old:
                    setattr(module, attribute, new)


def handlers_of(resource_type: str) -> dict[str, Any]:
    """Returns what creates, updates and deletes resources of a type."""
    provisioners = importlib.import_module(f"{CLOUDFORMATION}.provisioners")
    handlers: dict[str, Any] = provisioners._RESOURCE_HANDLERS[resource_type]
    return handlers


def change_properties(
    resource_type: str, changed: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Lets resources of a type be made of other properties than those of the template."""
    handlers = handlers_of(resource_type)
    create, update = handlers["create"], handlers["update"]

    def created(logical_id: str, properties: dict[str, Any], *rest: Any) -> Any:
        return create(logical_id, changed(properties), *rest)

    def updated(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **named: Any
    ) -> Any:
        return update(physical_id, changed(old), changed(new), *rest, **named)

    handlers["create"], handlers["update"] = created, updated
