"""TypeScript declarations for the wire schema, one per definition, in the order of their use."""

import json
import re
import textwrap
from typing import Any, cast

from wire_schema import REF, Schema

WIDTH = 118

HEADER = """\
/**
 * The wire, as TypeScript sees it. Written by scripts/generate.py from the Python models in chatkit/types and
 * chatkit/widgets: change those, then run `make generate`.
 */
"""

# What each operation answers when it does not stream (protocol.md §2.2).
REPLIES = {
    "threads.get_by_id": "Thread",
    "threads.list": "Page<Thread>",
    "threads.update": "Thread",
    "threads.delete": "Record<string, never>",
    "threads.cancel": "Record<string, never>",
    "threads.sync_custom_action": "SyncCustomActionResponse",
    "items.list": "Page<ThreadItem>",
    "items.feedback": "Record<string, never>",
    "attachments.create": "Attachment",
    "attachments.delete": "Record<string, never>",
    "input.transcribe": "TranscriptionResult",
}


def typescript(document: Schema) -> str:
    """The module `protocol/generated.ts`."""
    definitions: dict[str, Schema] = document["$defs"]
    # What is sent also fits where the same name is accepted, so one type is enough for a client.
    kept = [name for name in definitions if not name.startswith(("Accepted", "PageOf"))]
    missing = {name for name in _operations(definitions) if name not in REPLIES}
    if missing:
        raise ValueError(f"REPLIES lacks the operations {sorted(missing)}")
    parts = [HEADER, _page(definitions["PageOfThread"])]
    parts += [_declaration(name, definitions[name]) for name in _by_use(kept, definitions)]
    replies = [f"  {json_literal(name)}: {reply};" for name, reply in REPLIES.items()]
    parts.append(
        "/** What each operation answers, for those that answer with one JSON object. */\n"
        "export interface ReplyByOperation {\n" + "\n".join(replies) + "\n}\n"
    )
    return "\n".join(parts)


def _operations(definitions: dict[str, Schema]) -> list[str]:
    requests = [_name(part) for part in definitions["NonStreamingReq"]["anyOf"]]
    return [definitions[name]["properties"]["type"]["const"] for name in requests]


def _by_use(names: list[str], definitions: dict[str, Schema]) -> list[str]:
    """Definitions in reading order: requests, then events, each followed by what it is made of."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name not in names:
            return
        ordered.append(name)
        for used in re.findall(re.escape(REF) + r"(\w+)", json.dumps(definitions[name])):
            visit(used.removeprefix("Accepted"))

    for name in ["ChatKitReq", "ThreadStreamEvent", *names]:
        visit(name)
    return ordered


def _page(schema: Schema) -> str:
    return _declaration("Page<T>", schema).replace("data: Thread[]", "data: T[]")


def _declaration(name: str, schema: Schema) -> str:
    comment = _comment(schema, "")
    if "properties" not in schema:
        return f"{comment}export type {name} ={_alias(schema)};\n"
    required = schema.get("required", [])
    lines = [f"{comment}export interface {name} {{"]
    for field, value in sorted(schema["properties"].items(), key=lambda entry: entry[0] != "type"):
        lines.append(_comment(value, "  ") + _property(field, value, field in required))
    if schema.get("additionalProperties") is True:
        lines.append("  [prop: string]: unknown;")
    return "\n".join([*lines, "}\n"])


def _property(field: str, schema: Schema, required: bool) -> str:
    head = f"  {field}{'' if required else '?'}:"
    line = f"{head} {_type(schema)};"
    if len(line) <= WIDTH:
        return line
    return head + "".join(f"\n    | {member}" for member in _members(schema)) + ";"


def _alias(schema: Schema) -> str:
    members = _members(schema)
    line = " | ".join(members)
    return f" {line}" if len(line) < WIDTH - 40 else "".join(f"\n  | {member}" for member in members)


def _comment(schema: Schema, indent: str) -> str:
    text = schema.get("description", "")
    if schema.get("deprecated"):
        text = f"{text} @deprecated".strip()
    if not text:
        return ""
    if len(indent) + len(text) + 7 <= WIDTH:
        return f"{indent}/** {text} */\n"
    lines = textwrap.wrap(text, WIDTH - len(indent) - 3)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


def _type(schema: Schema) -> str:
    return " | ".join(_members(schema))


def _members(schema: Schema) -> list[str]:
    """The alternatives of a type, each once."""
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        return list(dict.fromkeys(member for part in alternatives for member in _members(part)))
    if "$ref" in schema:
        return [_reference(schema)]
    if "const" in schema:
        return [json_literal(schema["const"])]
    if "enum" in schema:
        return [json_literal(value) for value in schema["enum"]]
    return [_plain(schema)]


def _plain(schema: Schema) -> str:
    match schema.get("type"):
        case "string":
            prefix = re.fullmatch(r"\^(\w+:)", schema.get("pattern", ""))
            return f"`{prefix[1]}${{string}}`" if prefix else "string"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
        case "array":
            members = _members(schema["items"])
            return f"{members[0]}[]" if len(members) == 1 else f"({' | '.join(members)})[]"
        case "object":
            values: Schema | bool = schema.get("additionalProperties", True)
            return f"Record<string, {'unknown' if isinstance(values, bool) else _type(values)}>"
        case None:
            return "unknown"
        case other:
            raise ValueError(f"No TypeScript is known for the schema type {other!r} in {schema!r}")


def _name(schema: Schema) -> str:
    return cast("str", schema["$ref"]).removeprefix(REF)


def _reference(schema: Schema) -> str:
    name = _name(schema).removeprefix("Accepted")
    return f"Page<{name.removeprefix('PageOf')}>" if name.startswith("PageOf") else name


def json_literal(value: Any) -> str:
    """A literal in the quotes the TypeScript sources use."""
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)
