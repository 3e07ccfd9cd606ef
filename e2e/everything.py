"""A thread with every kind of item, and options with every kind of control."""

from __future__ import annotations

from typing import Any

from e2e.scripted import Json, item, question, said

SQUARE_SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'>"
    "<rect width='64' height='64' fill='teal'/></svg>"
)
SQUARE = "data:image/svg+xml," + SQUARE_SVG.replace("<", "%3C").replace(">", "%3E")

MARKDOWN = """# A heading

A paragraph with **strong**, *emphasis*, `code`, ~~struck~~ and [a link](https://example.com/a).

- one
- two with [another link](https://example.com/b)

1. first
2. second

- [x] done
- [ ] not done

> A quote.

| Name | Size |
|---|---|
| Lamp | 7 |

```python
print("hello")
```

The sum is $a + b$, and

$$
x = \\frac{1}{2}
$$

![A map](https://pictures.example.com/map.png)
"""

URL_SOURCE: Json = {
    "type": "url",
    "title": "How a lens works",
    "url": "https://example.com/lens",
    "description": "A lens bends the light.",
}
FILE_SOURCE: Json = {"type": "file", "title": "Keeper's log", "filename": "log.pdf"}
ENTITY: Json = {
    "type": "entity",
    "id": "lamp-7",
    "title": "Lamp no. 7",
    "icon": "lightbulb",
    "interactive": True,
    "data": {},
}

TASKS: list[Json] = [
    {
        "type": "custom",
        "status_indicator": "complete",
        "title": "Looked around",
        "content": "Found *nothing*.",
    },
    {
        "type": "web_search",
        "status_indicator": "complete",
        "title_query": "lens",
        "queries": ["lens"],
        "sources": [URL_SOURCE],
    },
    {"type": "thought", "status_indicator": "complete", "title": "Thought", "content": "Hm."},
    {"type": "file", "status_indicator": "complete", "sources": [FILE_SOURCE]},
    {"type": "image", "status_indicator": "loading", "title": "Drew"},
]


def workflow(id: str, expanded: bool, summary: Json | None = None) -> Json:
    work = {"type": "reasoning", "tasks": TASKS, "expanded": expanded} | (
        {"summary": summary} if summary else {}
    )
    return item("workflow", id, workflow=work)


def cited(id: str, text: str, *sources: Json) -> Json:
    notes = [{"type": "annotation", "source": one, "index": len(text)} for one in sources]
    return item(
        "assistant_message", id, content=[{"type": "output_text", "text": text, "annotations": notes}]
    )


def asked_with_everything(id: str) -> Json:
    tag: Json = {"type": "input_tag", "id": "ann", "text": "Ann Lee", "data": {}, "interactive": True}
    files: list[Json] = [
        {"type": "image", "id": "atc_1", "name": "map.png", "mime_type": "image/png", "preview_url": SQUARE},
        {"type": "file", "id": "atc_2", "name": "report.pdf", "mime_type": "application/pdf"},
    ]
    return item(
        "user_message",
        id,
        content=[{"type": "input_text", "text": "Ask "}, tag, {"type": "input_text", "text": " about it"}],
        attachments=files,
        quoted_text="What was said before.",
        inference_options={},
    )


def answered_form(id: str) -> Json:
    choice = {
        "type": "multiple_choice",
        "id": "size",
        "question": "Which size?",
        "options": [{"value": "Small"}],
        "multiple": False,
        "answer": {"values": ["Small"], "skipped": False},
    }
    return item("structured_input", id, status="answered", inputs=[choice])


def every_item() -> list[Json]:
    return [
        asked_with_everything("q1"),
        workflow("w1", True),
        workflow("w2", False, {"duration": 3}),
        item("task", "t1", task=TASKS[0]),
        said("a1", MARKDOWN),
        item("generated_image", "i1", image={"id": "img", "url": SQUARE}),
        answered_form("f1"),
        item("widget", "d1", widget={"type": "Card", "children": []}, copy_text="A card in words."),
        question("q2", "And sources?"),
        cited("a2", "Lenses bend light", URL_SOURCE, FILE_SOURCE, ENTITY),
    ]


OPTIONS = """{
  locale: 'en',
  header: {leftAction: {icon: 'menu', onClick() {}}, rightAction: {icon: 'settings-cog', onClick() {}}},
  startScreen: {prompts: [{label: 'Plan a trip', prompt: 'Trip', icon: 'compass'},
    {label: 'Sail', prompt: 'Sail', icon: 'lucide:anchor'},
    {label: 'Find a document', prompt: 'Find'}]},
  threadItemActions: {feedback: true, retry: true},
  disclaimer: {text: 'Answers may be wrong. [Read more](https://example.com/more)'},
  commands: {enabled: true, onSearch: async () => [{id: 'c', label: 'Count', description: 'Counts', icon: 'cube',
    group: 'More'}], onSelect: async () => {}},
  entities: {showComposerMenu: true, onClick() {}, onTagSearch: async () => [
    {id: 'ann', title: 'Ann Lee', icon: 'user', group: 'People', interactive: true, data: {description: 'Design'}},
    {id: 'bob', title: 'Bob', group: 'People'}, {id: 'd', title: 'Annual report', icon: 'document'}]},
  composer: {
    dictation: {enabled: true},
    attachments: {enabled: true, maxSize: 1000},
    tools: [
      {id: 'search', label: 'Search the web', shortLabel: 'Search', icon: 'lucide:telescope'},
      {id: 'think', label: 'Think longer', icon: 'lightbulb', pinned: true}],
    models: [
      {id: 'tiny', label: 'Tiny', description: 'Answers at once', disabled: true},
      {id: 'quick', label: 'Quick', description: 'Short answers', default: true}, {id: 'careful', label: 'Careful'}],
  },
}"""

API = "{url: '/chatkit', uploadStrategy: {type: 'direct', uploadUrl: '/files'}}"


def history(*titles: str) -> Json:
    rows: list[Any] = [
        {
            "id": f"thr_{number}",
            "title": title,
            "created_at": "2026-03-01T10:00:00Z",
            "status": {"type": "active"},
            "metadata": {},
            "items": {"data": [], "has_more": False},
        }
        for number, title in enumerate(titles, 1)
    ]
    return {"data": rows, "has_more": True, "after": "thr_9"}
