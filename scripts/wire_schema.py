"""The wire as JSON Schema, read off the Python models.

Replies, events and widgets are described as they are *sent*: nulls left out, defaults filled in
(protocol.md W-2, W-5). Requests are described as they are *accepted*.
"""

import ast
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

import chatkit
from chatkit import types as wire
from chatkit import widgets
from chatkit.icons import BuiltInIconName
from chatkit.widgets import tokens

Schema: TypeAlias = dict[str, Any]
Mode = Literal["validation", "serialization"]

# Unions and literals that carry a name in the schema instead of being spelled out at each use.
SENT_ALIASES: dict[str, Any] = {
    "BuiltInIconName": BuiltInIconName,
    "IconName": wire.IconName,
    "RadiusValue": tokens.RadiusValue,
    "TitleSize": tokens.TitleSize,
    "IconSize": tokens.IconSize,
    "ControlSize": tokens.ControlSize,
    "ControlVariant": tokens.ControlVariant,
    "Alignment": tokens.Alignment,
    "Justification": tokens.Justification,
    "CurveType": tokens.CurveType,
    "BorderStyle": tokens.BorderStyle,
    "WidgetStatus": tokens.WidgetStatus,
    "Series": widgets.Series,
    "StrictWidgetComponent": widgets.StrictWidgetComponent,
    "WidgetComponent": wire.WidgetComponent,
    "StrictWidgetRoot": widgets.StrictWidgetRoot,
    "WidgetRoot": wire.WidgetRoot,
    "Source": wire.Source,
    "UserMessageContent": wire.UserMessageContent,
    "Attachment": wire.Attachment,
    "Task": wire.Task,
    "WorkflowSummary": wire.WorkflowSummary,
    "StructuredInput": wire.StructuredInput,
    "ThreadStatus": wire.ThreadStatus,
    "ThreadItem": wire.ThreadItem,
    "ThreadItemUpdate": wire.ThreadItemUpdate,
    "ThreadStreamEvent": wire.ThreadStreamEvent,
    "WatchEvent": wire.WatchEvent,
}
SENT_MODELS: list[Any] = [
    wire.Thread,
    wire.Page[wire.Thread],
    wire.Page[wire.ThreadItem],
    wire.SyncCustomActionResponse,
    wire.TranscriptionResult,
]
ACCEPTED_ALIASES: dict[str, Any] = {
    "FeedbackKind": wire.FeedbackKind,
    "UserMessageContent": wire.UserMessageContent,
    "StartingReq": wire.StartingReq,
    "StreamingReq": wire.StreamingReq,
    "NonStreamingReq": wire.NonStreamingReq,
    "ChatKitReq": wire.ChatKitReq,
}

# Fields of models that no reply carries (protocol.md W-7).
NEVER_SENT = {"FileAttachment": ["metadata"], "ImageAttachment": ["metadata"]}

REF = "#/$defs/"


class WireSchema(GenerateJsonSchema):
    """Pydantic's generator, told what our encoder does: it leaves nulls out and keeps defaults."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def field_is_required(self, field: Any, total: bool) -> bool:
        if self.mode == "serialization" and field["type"] == "model-field":
            return not _may_be_null(field["schema"])
        return super().field_is_required(field, total)


def wire_schema() -> Schema:
    """The whole protocol as one JSON Schema 2020-12 document of `$defs`."""
    sent = _definitions("serialization", SENT_ALIASES, SENT_MODELS)
    accepted = _definitions("validation", ACCEPTED_ALIASES, [])
    renamed = {name: f"Accepted{name}" for name in _in_two_shapes(sent, accepted)}
    definitions = sent | {
        renamed.get(name, name): _rename(schema, renamed)
        for name, schema in accepted.items()
        if name in renamed or name not in sent
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by scripts/generate.py from chatkit/types and chatkit/widgets. Do not edit.",
        "title": "ChatKit wire protocol",
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def _in_two_shapes(sent: dict[str, Schema], accepted: dict[str, Schema]) -> set[str]:
    """Names of what is sent in one shape and accepted in another, and of what is built from such."""
    names = {name for name, schema in accepted.items() if name in sent and schema != sent[name]}
    while True:
        users = {
            name
            for name, schema in accepted.items()
            if name in sent and any(json.dumps(REF + used) in json.dumps(schema) for used in names)
        }
        if users <= names:
            return names
        names |= users


def _definitions(mode: Mode, aliases: dict[str, Any], models: list[Any]) -> dict[str, Schema]:
    sources = aliases | {str(model): model for model in models}
    inputs = [(name, mode, TypeAdapter[Any](source).core_schema) for name, source in sources.items()]
    found, models_found = WireSchema().generate_definitions(cast("Any", inputs))
    plain = {str(name): _plain_name(name) for name in models_found}
    named = {name: _rename(found[cast("Any", (name, mode))], plain) for name in aliases}
    definitions = {plain[name]: _rename(schema, plain) for name, schema in models_found.items()}

    name_of = {json.dumps(schema, sort_keys=True): name for name, schema in named.items()}
    if len(name_of) < len(named):
        raise ValueError("Two aliases have the same schema: a use of one looks like a use of the other")
    documentation = _documentation()

    def use_names(part: Schema) -> Schema:
        name = name_of.get(json.dumps({k: v for k, v in part.items() if k != "default"}, sort_keys=True))
        return {"$ref": REF + name} if name else part

    def finished(name: str, schema: Schema) -> Schema:
        # Only the parts: the alias itself must not become a reference to itself.
        parts = {key: _walk(value, use_names) for key, value in schema.items()}
        result = cast("Schema", _walk(parts, _tidy))
        owner = "Page" if name.startswith("PageOf") else name
        properties: dict[str, Schema] = result.get("properties", {})
        if "const" in properties.get("type", {}):
            # It has a default in Python, and tells unions apart on the wire.
            result["required"] = sorted({*result.get("required", []), "type"})
        for field in NEVER_SENT.get(name, []):
            del properties[field]
        for field, schema_of_field in properties.items():
            if text := documentation.get(f"{owner}.{field}"):
                schema_of_field["description"] = text
        if text := documentation.get(owner):
            result["description"] = text
        return result

    return {name: finished(name, schema) for name, schema in (definitions | named).items()}


def _may_be_null(schema: Any) -> bool:
    """Whether a field's core schema lets None through, in which case the encoder may leave the field out."""
    if schema["type"] == "default":
        return schema.get("default", ...) is None or _may_be_null(schema["schema"])
    return schema["type"] == "nullable"


def _plain_name(name: str) -> str:
    """`Page[Thread]` becomes PageOfThread, `Action[str, Any]` just Action."""
    if name.startswith("Page_"):
        return "PageOfThread" if name == "Page_Thread_" else "PageOfThreadItem"
    return "Action" if name.startswith("Action_") else name


def _walk(node: Any, change: Callable[[Schema], Schema]) -> Any:
    """A copy of a JSON value with each object changed, outer ones before inner ones."""
    if isinstance(node, dict):
        return {key: _walk(value, change) for key, value in change(cast("Schema", node)).items()}
    if isinstance(node, list):
        return [_walk(value, change) for value in cast("list[Any]", node)]
    return node


def _rename(schema: Schema, names: dict[str, str]) -> Schema:
    def rename(part: Schema) -> Schema:
        name = str(part.get("$ref", "")).removeprefix(REF)
        return part | {"$ref": REF + names[name]} if name in names else part

    return _walk(schema, rename)


def _tidy(part: Schema) -> Schema:
    """Without what says nothing: titles, null defaults, and OpenAPI's map beside each tagged union."""
    return {
        key: value
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
        and not (key == "discriminator" and isinstance(value, dict))
    }


def _documentation() -> dict[str, str]:
    """Docstrings by name: of classes, of aliases and, as `Class.field`, of fields."""
    found: dict[str, str] = {}
    package = Path(chatkit.__path__[0])
    for file in [*package.glob("*.py"), *package.glob("types/*.py"), *package.glob("widgets/*.py")]:
        module = ast.parse(file.read_text(encoding="utf-8"))
        found |= _documented_names(module.body, "")
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                found |= _documented_names(node.body, f"{node.name}.")
                if text := ast.get_docstring(node):
                    found[node.name] = _first_paragraph(text)
    return found


def _documented_names(body: list[ast.stmt], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for node, after in itertools.pairwise(body):
        match node, after:
            case (
                ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[prefix + name] = _first_paragraph(text)
            case _:
                pass
    return found


def _first_paragraph(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())
