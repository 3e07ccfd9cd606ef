"""Scripted answers: what the chat can draw, a long one, and a failure. They say what they are."""

import asyncio
import re
from collections.abc import AsyncIterator

from chatkit.errors import CustomStreamError

RENDER_PROMPT = "Show me what you can render"
LONG_PROMPT = "Tell me something long"
FAIL_PROMPT = "Fail half-way"
WORK_PROMPT = "Show me how you work"
ASK_PROMPT = "Ask me something"

PACE = 0.02
"""Seconds between words: a quick reader's speed."""

RENDER = """\
## What this chat can draw

This answer is **scripted**. It shows *emphasis*, ~~second thoughts~~, `inline code` and [a safe link](https://example.com).

1. Lists with numbers
   - and lists inside them
   - that keep their shape while they grow
2. Tasks
   - [x] written
   - [ ] not yet done

> A quotation, for words that somebody else said.[^said]

```python
from chatkit.server import ChatKitServer


class Assistant(ChatKitServer[str]):
    async def respond(self, thread, message, context):
        yield greeting(thread)
```

| Part | Language | Where it runs |
| :--- | :--- | :--- |
| Server | Python | on your machines, beside your data |
| Element | TypeScript | in any page, without a frame |
| Protocol | JSON | between the two, one endpoint |

```mermaid
flowchart LR
  You --> Element
  Element --> Server
  Server --> Model
```

Formulas are drawn by the browser: $e^{i\\pi} + 1 = 0$, though a lamp for $5 or $10 stays a price.

$$
\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}
$$

Raw HTML stays text: <b>not bold</b>. Pictures from elsewhere wait for a click.

[^said]: Footnotes stand at the end, in the order of the text.
"""

PARAGRAPHS = (
    "A lighthouse keeper counts in lamps and hours. At dusk the first lamp, at dawn the last, and between them "
    "the long turning of the glass.",
    "The sea says the same thing every night, and every night it says it differently. One learns to listen for "
    "the pauses.",
    "Ships pass as lights that move against lights that do not. Most never know who kept theirs burning.",
    "In winter the stairs grow colder than the wind. The keeper climbs them by memory, a hand on the wall, the "
    "other around the oil.",
    "Letters come with the supply boat, and answers go back with it, six weeks later, as if spoken very slowly.",
)

LONG = "# The keeper\n\n" + "\n\n".join(PARAGRAPHS * 6)

DEFAULT = """\
You said: “{said}”.

This is the **scripted showcase**: no model is answering. It always says the same, which is good for a first look and \
for tests. Try “{render}”, “{work}”, “{ask}”, “{long}” or “{fail}”; or start the demo with a model of yours: \
`OPENAI_BASE_URL`, or `OPENAI_API_KEY`.
"""


def shows_work(said: str) -> bool:
    """Whether these words ask for the turn that is not only words."""
    return _asked(said) == WORK_PROMPT


def asks_back(said: str) -> bool:
    """Whether these words ask for questions."""
    return _asked(said) == ASK_PROMPT


def _asked(said: str) -> str:
    return said.strip().rstrip(".!?")


def is_scripted(said: str) -> bool:
    """Whether these words have a scripted answer, whatever model is at hand."""
    return _asked(said) in (RENDER_PROMPT, LONG_PROMPT, FAIL_PROMPT, WORK_PROMPT, ASK_PROMPT)


async def scripted_words(said: str, files: str = "") -> AsyncIterator[str]:
    """The answer in pieces, at the pace of a quick reader.

    Args:
        said: What was asked.
        files: The names of what was attached, if anything was.

    Raises:
        CustomStreamError: Half-way, when a failure was asked for.
    """
    asked = _asked(said)
    if asked == FAIL_PROMPT:
        async for piece in pieces(
            "This answer breaks off in the middle, as asked, so that you can see how a "
        ):
            yield piece
        raise CustomStreamError(
            "The scripted failure you asked for. Trying again will fail again.", allow_retry=True
        )
    answers = {RENDER_PROMPT: RENDER, LONG_PROMPT: LONG}
    shown = said if len(said) <= 200 else f"{said[:200]}…"
    text = answers.get(asked) or DEFAULT.format(
        said=shown,
        render=RENDER_PROMPT,
        work=WORK_PROMPT,
        ask=ASK_PROMPT,
        long=LONG_PROMPT,
        fail=FAIL_PROMPT,
    )
    received = f"Your files have arrived: {files}.\n\n" if files else ""
    async for piece in pieces(received + text):
        yield piece


async def pieces(text: str) -> AsyncIterator[str]:
    """Words one by one, at the pace of a quick reader."""
    for piece in re.findall(r"\S+\s*|\s+", text):
        await asyncio.sleep(PACE)
        yield piece
