"""Items of a thread → model input: the texts that compatibility fixes, and what an app may override (§8.6, C-1…C-10).

The texts are written out here once more, so that a change of `agents/text.py` is seen.
"""

import json
from typing import Any

import pytest

from chatkit.agents import ThreadItemConverter
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    EndOfTurnItem,
    FileAttachment,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    ImageTask,
    SDKHiddenContextItem,
    SearchTask,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    Task,
    ThoughtTask,
    URLSource,
    UserMessageTagContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from tests.agents.told import (
    HERE,
    Resolving,
    hidden_message,
    inputs,
    said,
    tag,
    task,
    task_message,
    user,
)

TAG_HEADER = (
    "# User-provided context for @-mentions\n"
    "- When referencing resolved entities, use their canonical names **without** '@'.\n"
    "- The '@' form appears only in user text and should not be echoed."
)


# --- what a person says


async def test_the_parts_of_a_message_are_one_text() -> None:
    """C-1"""
    assert await inputs(said("Hello, ", "world")) == [user("Hello, world")]


async def test_attachments_follow_the_text() -> None:
    """C-1"""
    files = [FileAttachment(id=name, name=name, mime_type="text/plain") for name in ("a.txt", "b.txt")]
    made = await inputs(said("Read these", attachments=files), Resolving())
    attached = [
        {"type": "input_file", "filename": name, "file_data": "data:,x"} for name in ("a.txt", "b.txt")
    ]
    assert made == [user("Read these", *attached)]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["From ", tag("Ada"), " to ", tag("Bob"), "!"], "From @Ada to @Bob!"),
        ([tag("Ada"), tag("Bob")], "@Ada@Bob"),
        ([tag("Ada")], "@Ada"),
        ([tag("Ada"), " first"], "@Ada first"),
    ],
)
async def test_text_and_tags_keep_their_order(parts: list[Any], text: str) -> None:
    """C-1, P17: also in messages of tags alone"""
    spoken, meanings = await inputs(said(*parts), Resolving())
    assert spoken == user(text)
    tags = [part for part in parts if isinstance(part, UserMessageTagContent)]
    assert meanings == user(TAG_HEADER, *[f"{one.text} is {one.id}" for one in tags])


async def test_a_quotation_is_read_after_the_last_message() -> None:
    """C-2"""
    assert await inputs(said("Why?", quoted_text="the sky {is} blue")) == [
        user("Why?"),
        user("The user is referring to this in particular: \nthe sky {is} blue"),
    ]


async def test_a_quotation_of_an_earlier_message_is_left_out() -> None:
    """C-2: only the last item of the sequence may quote, whatever follows it"""
    quoting = said("Why?", quoted_text="the sky")
    assert await inputs([quoting, said("And?")]) == [user("Why?"), user("And?")]
    assert await inputs([quoting, EndOfTurnItem(**HERE)]) == [user("Why?")]
    assert len(await inputs([said("And?"), quoting])) == 3


async def test_an_empty_quotation_says_nothing() -> None:
    """C-2"""
    assert await inputs(said("Why?", quoted_text="")) == [user("Why?")]


async def test_each_tag_is_explained_once_in_the_order_of_the_text() -> None:
    """C-3: unique by text; of those that are called the same, the first one counts"""
    bob, ada, again = tag("Bob", **{"is": "a cat"}), tag("Ada"), tag("Bob", "bob_2", **{"is": "a dog"})
    spoken, meanings = await inputs(said(bob, " and ", ada, " and ", again), Resolving())
    assert spoken == user("@Bob and @Ada and @Bob")
    assert meanings == user(TAG_HEADER, "Bob is a cat", "Ada is ada")


async def test_tags_of_earlier_messages_are_explained_too() -> None:
    """C-3: unlike quotations"""
    made = await inputs([said(tag("Ada")), said("Hi")], Resolving())
    assert made == [user("@Ada"), user(TAG_HEADER, "Ada is ada"), user("Hi")]


async def test_a_quotation_comes_before_what_tags_stand_for() -> None:
    """C-2, C-3"""
    made = await inputs(said(tag("Ada"), quoted_text="q"), Resolving())
    assert [message["content"][0]["text"][:10] for message in made] == ["@Ada", "The user i", "# User-pro"]


async def test_only_an_app_knows_its_tags_and_attachments() -> None:
    """C-1, C-3: the error names the class and the method to override"""

    class Own(ThreadItemConverter):
        pass

    file = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
    with pytest.raises(NotImplementedError, match=r"Own .*tag_to_message_content"):
        await inputs(said(tag("Ada")), Own())
    with pytest.raises(NotImplementedError, match=r"Own .*attachment_to_message_content"):
        await inputs(said("Hi", attachments=[file]), Own())


# --- what the assistant said and showed


async def test_the_assistants_words_go_back_without_annotations() -> None:
    """C-4"""
    note = Annotation(source=URLSource(url="https://example.org", title="Ex"), index=1)
    parts = [AssistantMessageContent(text="One", annotations=[note]), AssistantMessageContent(text="Two")]
    assert await inputs(AssistantMessageItem(**HERE, content=parts)) == [
        {
            "type": "message",
            "role": "assistant",
            "content": [
                {"type": "output_text", "text": text, "annotations": [], "logprobs": None}
                for text in ("One", "Two")
            ],
        }
    ]


async def test_a_pending_call_of_the_page_is_nothing() -> None:
    """C-5"""
    call = ClientToolCallItem(**HERE, call_id="call_1", name="pick", arguments={})
    assert await inputs(call) == []


@pytest.mark.parametrize("output", [{"picked": ["b", None]}, "text", None, 3, [], False])
async def test_a_completed_call_of_the_page_is_a_call_and_its_output(output: Any) -> None:
    """C-5"""
    item = ClientToolCallItem(
        **HERE, status="completed", call_id="call_1", name="pick", arguments={"of": ["a", "b"]}, output=output
    )
    call, answer = await inputs(item)
    assert json.loads(call.pop("arguments")) == {"of": ["a", "b"]}
    assert call == {"type": "function_call", "call_id": "call_1", "name": "pick"}
    assert json.loads(answer.pop("output")) == output
    assert answer == {"type": "function_call_output", "call_id": "call_1"}


async def test_a_widget_is_told_as_json_without_what_is_not_set() -> None:
    """C-6: no nulls, no defaults, and nothing of the item"""
    card = {
        "type": "Card",
        "size": None,
        "children": [
            {"type": "Text", "value": "{curly} é", "color": None},
            {"type": "Transition", "children": None},
            {"type": "Button", "label": "Go", "onClickAction": {"type": "go"}},
            {"type": "Unheard", "prop": {"a": None, "b": 1}, "children": None},
        ],
    }
    item = WidgetItem.model_validate({**HERE, "id": "wi_7", "widget": card, "copy_text": "copied"})
    (made,) = await inputs(item)
    (part,) = made["content"]
    opening = "The following graphical UI widget (id: wi_7) was displayed to the user:"
    assert part["text"].startswith(opening + "{")
    assert made == user(part["text"])
    assert json.loads(part["text"].removeprefix(opening)) == {
        "type": "Card",
        "children": [
            {"type": "Text", "value": "{curly} é"},
            {"type": "Transition"},
            {"type": "Button", "label": "Go", "onClickAction": {"type": "go"}},
            {"type": "Unheard", "prop": {"b": 1}},
        ],
    }


@pytest.mark.parametrize(
    ("done", "what"),
    [
        (CustomTask(title="Looked", content="far {and} wide"), "Looked: far {and} wide"),
        (CustomTask(title="Looked"), "Looked"),
        (CustomTask(content="far and wide"), "far and wide"),
        (CustomTask(title="", content="far and wide"), "far and wide"),
    ],
)
async def test_a_task_with_words_is_told(done: CustomTask, what: str) -> None:
    """C-7"""
    assert await inputs(task(done)) == [task_message(what)]


@pytest.mark.parametrize(
    "silent",
    [
        CustomTask(icon="search"),
        CustomTask(title="", content=""),
        SearchTask(title="Searched", queries=["x"]),
        ThoughtTask(title="Thought", content="hm"),
        FileTask(title="Read"),
        ImageTask(title="Drew"),
    ],
)
async def test_other_tasks_are_nothing(silent: Task) -> None:
    """C-7: neither alone nor in a workflow"""
    assert await inputs(task(silent)) == []
    assert await inputs(WorkflowItem(**HERE, workflow=Workflow(type="custom", tasks=[silent]))) == []


async def test_a_workflow_is_one_message_for_each_task_with_words() -> None:
    """C-7"""
    tasks: list[Task] = [CustomTask(title="One"), ThoughtTask(content="hm"), CustomTask(content="Two")]
    made = await inputs(WorkflowItem(**HERE, workflow=Workflow(type="reasoning", tasks=tasks)))
    assert made == [task_message("One"), task_message("Two")]


async def test_questions_are_told_with_their_answers() -> None:
    """C-8: answered, skipped, unanswered, by either kind of question"""
    options = [StructuredInputMultipleChoiceOption(value=value) for value in ("red", "blue")]
    answered = StructuredInputAnswer(values=["red", "own {one}"])
    item = StructuredInputItem(
        **HERE,
        status="answered",
        inputs=[
            StructuredInputMultipleChoice(
                id="a", question="Colour?", options=options, multiple=True, answer=answered
            ),
            StructuredInputFreeform(id="b", question="Why?", answer=StructuredInputAnswer(skipped=True)),
            StructuredInputFreeform(id="c", question="When?"),
        ],
    )
    assert await inputs(item) == [
        user(
            "A structured input request was displayed to the user with the following status: answered\n"
            "<StructuredInput>\n"
            "- Colour?: red, own {one}\n"
            "- Why?: skipped\n"
            "- When?: unanswered\n"
            "</StructuredInput>"
        )
    ]


@pytest.mark.parametrize("status", ["pending", "answered", "skipped"])
async def test_the_status_of_questions_is_told(status: Any) -> None:
    """C-8"""
    question = StructuredInputFreeform(id="a", question="Why?")
    (made,) = await inputs(StructuredInputItem(**HERE, status=status, inputs=[question]))
    assert made["content"][0]["text"].splitlines()[0].endswith(f"following status: {status}")


async def test_a_picture_is_shown_to_the_model() -> None:
    """C-9"""
    url = "data:image/png;base64,eA=="
    made = await inputs(GeneratedImageItem(**HERE, image=GeneratedImage(id="ig_1", url=url)))
    shown = {"type": "input_image", "detail": "auto", "image_url": url}
    assert made == [user("The following image was generated by the agent.", shown)]


async def test_a_picture_that_never_came_is_nothing() -> None:
    """C-9"""
    assert await inputs(GeneratedImageItem(**HERE)) == []


@pytest.mark.parametrize("item", [HiddenContextItem, SDKHiddenContextItem])
async def test_hidden_context_is_marked_as_such(item: Any) -> None:
    """C-10"""
    assert await inputs(item(**HERE, content="{secret}\nlines")) == [hidden_message("{secret}\nlines")]


@pytest.mark.parametrize("content", [{"a": 1}, ["a"], 1, None])
async def test_hidden_context_of_another_shape_needs_the_app(content: Any) -> None:
    """C-10"""
    with pytest.raises(NotImplementedError, match="hidden_context_to_input"):
        await inputs(HiddenContextItem(**HERE, content=content))


async def test_the_end_of_a_turn_is_nothing() -> None:
    """python-sdk.md §8.6"""
    assert await inputs(EndOfTurnItem(**HERE)) == []
