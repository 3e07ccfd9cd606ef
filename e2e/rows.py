"""What the element has to have, one name a row: options, methods and events (docs/frontend/client.md).

A browser test says which rows it covers by `@covers(...)`; `test_rows.py` fails for a row that nothing covers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def _names(text: str) -> list[str]:
    return text.split()


OPTIONS = _names("""
api api.url api.domainKey api.fetch api.uploadStrategy api.getClientSecret
locale theme frameTitle initialThread onClientTool
header.enabled header.title.enabled header.title.text header.leftAction header.rightAction
history.enabled history.showDelete history.showRename
startScreen.greeting startScreen.prompts
thread.autoScroll
threadItemActions.feedback threadItemActions.retry
composer.placeholder
composer.attachments.enabled composer.attachments.maxSize composer.attachments.maxCount
composer.attachments.accept
composer.tools.id composer.tools.label composer.tools.icon composer.tools.shortLabel
composer.tools.placeholderOverride composer.tools.pinned composer.tools.persistent
composer.models.id composer.models.label composer.models.description composer.models.disabled
composer.models.default
composer.dictation.enabled
commands.enabled commands.onSearch commands.onSelect
disclaimer.text disclaimer.highContrast
entities.onTagSearch entities.showComposerMenu entities.onClick entities.onRequestPreview
widgets.onAction
layout strings headingLevel mermaid
theme.colorScheme theme.radius theme.density
theme.typography.baseSize theme.typography.fontFamily theme.typography.fontFamilyMono
theme.typography.fontSources
theme.color.accent theme.color.grayscale theme.color.surface
""")

METHODS = _names("""
setOptions() focusComposer() setThreadId() sendUserMessage() setComposerValue() sendCustomAction()
fetchUpdates() showHistory() hideHistory() open() close() toggle() stop() getItems()
addEventListener() removeEventListener()
""")

EVENTS = _names("""
chatkit.ready chatkit.error chatkit.log chatkit.effect chatkit.deeplink
chatkit.response.start chatkit.response.end
chatkit.thread.change chatkit.thread.load.start chatkit.thread.load.end
chatkit.tool.change chatkit.history.open chatkit.history.close
chatkit.open chatkit.close chatkit.message.sent chatkit.item.done
""")

# Not covered yet. Whoever covers a row takes it from here; test_rows.py insists.
NOT_YET = [
    # Previews are drawn with widgets; until then a card says what the tag itself knows.
    "entities.onRequestPreview",
    # Nothing on screen asks for an action before widgets are drawn; state/acting.test.ts tests what it leads to.
    "widgets.onAction",
]

ROWS = [*OPTIONS, *METHODS, *EVENTS]


def covers(*rows: str) -> Callable[[Test], Test]:
    """Marks a browser test as the one that shows these rows to work."""
    unknown = set(rows) - set(ROWS)
    if unknown:
        raise ValueError(f"not in e2e/rows.py: {sorted(unknown)}")

    def mark(test: Test) -> Test:
        return test

    return mark
