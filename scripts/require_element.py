"""Build hook: a wheel without the browser element cannot be built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RequireElement(BuildHookInterface[Any]):
    """Stops the build when `chatkit/static/chatkit.js` or its chunks are missing."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # a checkout is served as it is; `make build` fills static/ when it is needed
        static = Path(self.root) / "chatkit" / "static"
        if not (static / "chatkit.js").is_file() or not any(static.glob("chunks/ui-*.js")):
            raise RuntimeError(
                f"The browser element is missing from {static}: run `make build` first. "
                "A wheel without it would serve a page with no chat."
            )
