"""Names of icons: the built-in set, any Lucide icon, and an app's own."""

from typing import Annotated, Literal

from pydantic import Field

VendorIconName = Annotated[str, Field(pattern="^vendor:")]
"""An icon that the embedding app brings: `vendor:<name>`."""

LucideIconName = Annotated[str, Field(pattern="^lucide:")]
"""Any icon of the Lucide set, by its kebab-case name: `lucide:<name>`."""

BuiltInIconName = Literal[
    "agent",
    "analytics",
    "atom",
    "batch",
    "bolt",
    "book-open",
    "book-closed",
    "book-clock",
    "bug",
    "calendar",
    "chart",
    "check",
    "check-circle",
    "check-circle-filled",
    "chevron-left",
    "chevron-right",
    "circle-question",
    "clock",
    "compass",
    "confetti",
    "cube",
    "desktop",
    "document",
    "dot",
    "dots-horizontal",
    "dots-vertical",
    "empty-circle",
    "external-link",
    "globe",
    "keys",
    "lab",
    "images",
    "info",
    "lifesaver",
    "lightbulb",
    "mail",
    "map-pin",
    "maps",
    "mobile",
    "name",
    "notebook",
    "notebook-pencil",
    "page-blank",
    "phone",
    "play",
    "plus",
    "profile",
    "profile-card",
    "reload",
    "star",
    "star-filled",
    "search",
    "sparkle",
    "sparkle-double",
    "square-code",
    "square-image",
    "square-text",
    "suitcase",
    "settings-slider",
    "user",
    "wreath",
    "write",
    "write-alt",
    "write-alt2",
]
"""The icons every client draws (element.md §9)."""

IconName = BuiltInIconName | VendorIconName | LucideIconName
