"""The names apps import (python-sdk.md §0–§7). Taken from the specification, so a name cannot get lost unseen."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

NAMES: dict[str, str] = {
    "chatkit.errors": """
        ErrorCode DEFAULT_STATUS DEFAULT_ALLOW_RETRY BaseStreamError StreamError CustomStreamError""",
    "chatkit.icons": "VendorIconName LucideIconName IconName",
    "chatkit.actions": "Handler DEFAULT_HANDLER LoadingBehavior DEFAULT_LOADING_BEHAVIOR ActionConfig Action",
    "chatkit.logger": "logger",
    "chatkit.version": "__version__",
    "chatkit.store": "StoreItemType default_generate_id NotFoundError AttachmentStore Store",
    "chatkit.types": """
        Page BaseReq ThreadsGetByIdReq ThreadsCreateReq ThreadsListReq ThreadsAddUserMessageReq
        ThreadsAddClientToolOutputReq ThreadsAddStructuredInputReq ThreadsCustomActionReq
        ThreadsSyncCustomActionReq ThreadsRetryAfterItemReq ItemsFeedbackReq AttachmentsDeleteReq
        AttachmentsCreateReq InputTranscribeReq ItemsListReq ThreadsUpdateReq ThreadsDeleteReq
        ThreadGetByIdParams ThreadCreateParams ThreadListParams ThreadAddUserMessageParams
        ThreadAddClientToolOutputParams ThreadAddStructuredInputParams ThreadCustomActionParams
        ThreadRetryAfterItemParams ItemFeedbackParams AttachmentDeleteParams AttachmentCreateParams
        InputTranscribeParams ItemsListParams ThreadUpdateParams ThreadDeleteParams StructuredInputSubmission
        StructuredInputAnswerSubmission StreamingReq NonStreamingReq ChatKitReq is_streaming_req
        ThreadCreatedEvent ThreadUpdatedEvent ThreadItemAddedEvent ThreadItemUpdatedEvent ThreadItemDoneEvent
        ThreadItemRemovedEvent ThreadItemReplacedEvent StreamOptions StreamOptionsEvent ProgressUpdateEvent
        ClientEffectEvent ErrorEvent NoticeEvent ThreadStreamEvent ThreadItemUpdated
        AssistantMessageContentPartAdded AssistantMessageContentPartTextDelta
        AssistantMessageContentPartAnnotationAdded AssistantMessageContentPartDone WidgetStreamingTextValueDelta
        WidgetRootUpdated WidgetComponentUpdated WorkflowTaskAdded WorkflowTaskUpdated GeneratedImageUpdated
        ThreadItemUpdate SyncCustomActionResponse
        ThreadMetadata Thread ActiveStatus LockedStatus ClosedStatus ThreadStatus
        ThreadItemBase UserMessageItem AssistantMessageItem ClientToolCallItem WidgetItem GeneratedImageItem
        StructuredInputItem TaskItem WorkflowItem EndOfTurnItem HiddenContextItem SDKHiddenContextItem ThreadItem
        StructuredInputAnswer StructuredInputBase StructuredInputMultipleChoiceOption
        StructuredInputMultipleChoice StructuredInputFreeform StructuredInput
        AssistantMessageContent Annotation UserMessageInput UserMessageTextContent UserMessageTagContent
        UserMessageContent InferenceOptions ToolChoice
        AttachmentUploadDescriptor AttachmentBase FileAttachment ImageAttachment Attachment
        Workflow CustomSummary DurationSummary WorkflowSummary BaseTask CustomTask SearchTask ThoughtTask
        FileTask ImageTask Task
        SourceBase FileSource URLSource EntitySource Source
        GeneratedImage AudioInput TranscriptionResult FeedbackKind
        Action ErrorCode IconName WidgetRoot WidgetComponent""",
    "chatkit.widgets": """
        WidgetComponentBase Card ListView ListViewItem Text Title Caption Badge Markdown Box Row Col Form Divider
        Icon Image Button Spacer Select DatePicker Checkbox Input Label RadioGroup Textarea Transition Chart
        BarSeries AreaSeries LineSeries ThemeColor Spacing Border Borders MinMax EditableProps
        WidgetStatusWithFavicon WidgetStatusWithIcon CardAction SelectOption RadioOption XAxisConfig BoxBase
        DynamicWidgetComponent DynamicWidgetRoot BasicRoot StrictWidgetComponent StrictWidgetRoot WidgetComponent
        WidgetRoot RadiusValue TextAlign TextSize IconSize TitleSize CaptionSize Alignment Justification
        ControlVariant ControlSize CurveType WidgetStatus WidgetIcon Series WidgetTemplate ActionConfig IconName""",
    "chatkit.server": """
        ChatKitServer StreamingResult NonStreamingResult diff_widget stream_widget
        agents_sdk_user_agent_override DEFAULT_PAGE_SIZE DEFAULT_ERROR_MESSAGE""",
}
PARAMETERS = {
    "chatkit.actions.Action.create": "payload handler loading_behavior streaming",
    "chatkit.errors.StreamError": "code allow_retry",
    "chatkit.errors.CustomStreamError": "message allow_retry",
    "chatkit.server.ChatKitServer": "store attachment_store",
    "chatkit.server.ChatKitServer.respond": "thread input_user_message context",
    "chatkit.server.ChatKitServer.add_feedback": "thread_id item_ids feedback context",
    "chatkit.server.ChatKitServer.transcribe": "audio_input context",
    "chatkit.server.ChatKitServer.action": "thread action sender context",
    "chatkit.server.ChatKitServer.sync_action": "thread action sender context",
    "chatkit.server.ChatKitServer.get_stream_options": "thread context",
    "chatkit.server.ChatKitServer.handle_stream_cancelled": "thread pending_items context",
    "chatkit.server.ChatKitServer.process": "request context",
    "chatkit.server.StreamingResult": "stream",
    "chatkit.server.NonStreamingResult": "result",
    "chatkit.server.diff_widget": "before after",
    "chatkit.server.stream_widget": "thread widget copy_text generate_id",
    "chatkit.store.default_generate_id": "item_type",
    "chatkit.store.AttachmentStore.delete_attachment": "attachment_id context",
    "chatkit.store.AttachmentStore.create_attachment": "input context",
    "chatkit.store.AttachmentStore.generate_attachment_id": "mime_type context",
    "chatkit.store.Store.generate_thread_id": "context",
    "chatkit.store.Store.generate_item_id": "item_type thread context",
    "chatkit.store.Store.load_thread": "thread_id context",
    "chatkit.store.Store.save_thread": "thread context",
    "chatkit.store.Store.load_thread_items": "thread_id after limit order context",
    "chatkit.store.Store.save_attachment": "attachment context",
    "chatkit.store.Store.load_attachment": "attachment_id context",
    "chatkit.store.Store.delete_attachment": "attachment_id context",
    "chatkit.store.Store.load_threads": "limit after order context",
    "chatkit.store.Store.add_thread_item": "thread_id item context",
    "chatkit.store.Store.save_item": "thread_id item context",
    "chatkit.store.Store.load_item": "thread_id item_id context",
    "chatkit.store.Store.delete_thread": "thread_id context",
    "chatkit.store.Store.delete_thread_item": "thread_id item_id context",
    "chatkit.types.is_streaming_req": "request",
    "chatkit.widgets.WidgetTemplate": "definition",
    "chatkit.widgets.WidgetTemplate.from_file": "file_path",
    "chatkit.widgets.WidgetTemplate.build": "data",
    "chatkit.widgets.WidgetTemplate.build_basic": "data",
}
"""What apps may call by keyword. Ours adds parameters that have a default and are given by keyword alone."""

PUBLIC = [(module, name) for module, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_public_name_can_be_imported(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


LENT = {
    "chatkit.server": "Store AttachmentStore StoreItemType TContext default_generate_id StreamError",
    "chatkit.agents": "Store StoreItemType TContext Text Markdown WidgetRoot stream_widget",
    "chatkit.store": "TContext",
}
WORKED_WITH = "ThreadItemDoneEvent ThreadMetadata ThreadItem Attachment AttachmentCreateParams Page"


@pytest.mark.parametrize(("module", "names"), LENT.items())
def test_a_module_lends_what_it_works_with(module: str, names: str) -> None:
    """§0: apps import such names from where upstream's single files have them, too"""
    package = importlib.import_module(module)
    for name in f"{names} {WORKED_WITH}".split():
        assert getattr(package, name) is not None
    types = importlib.import_module("chatkit.types")
    assert package.ThreadItemDoneEvent is types.ThreadItemDoneEvent
    for other in ("ThreadItemFinishedEvent", "_NAMED", "items"):  # of nobody, private, a file
        with pytest.raises(AttributeError, match=other):
            getattr(package, other)


@pytest.mark.parametrize(("path", "names"), PARAMETERS.items())
def test_parameters_have_upstreams_names(path: str, names: str) -> None:
    """python-sdk.md §1, §3, §4, §6, §7: parameter names are API"""
    room, name, *method = path.removeprefix("chatkit.").split(".")
    found: Any = getattr(importlib.import_module(f"chatkit.{room}"), name)
    for part in method:
        found = getattr(found, part)
    parameters = [one for one in inspect.signature(found).parameters.values() if one.name != "self"]
    named = names.split()
    assert [one.name for one in parameters[: len(named)]] == named
    for more in parameters[len(named) :]:
        assert more.kind is inspect.Parameter.KEYWORD_ONLY
        assert more.default is not inspect.Parameter.empty


@pytest.mark.parametrize("module", ["chatkit.types", "chatkit.widgets"])
def test_what_a_package_lists_it_has_and_explains(module: str) -> None:
    package = importlib.import_module(module)
    for name in package.__all__:
        value: Any = getattr(package, name)
        if inspect.isclass(value) and value.__module__.startswith("chatkit"):
            assert value.__doc__, f"{module}.{name} says nothing about itself"


def test_every_model_of_the_wire_is_built_without_an_error() -> None:
    """Models are built on first use, so a broken annotation would otherwise show up late."""
    for module in ("chatkit.types", "chatkit.widgets"):
        package = importlib.import_module(module)
        for name in package.__all__:
            value = getattr(package, name)
            if inspect.isclass(value) and issubclass(value, BaseModel):
                value.model_rebuild(force=True)
                assert value.__pydantic_complete__, name


def test_the_package_itself_exports_nothing() -> None:
    """python-sdk.md §0"""
    code = "import chatkit; print([name for name in vars(chatkit) if not name.startswith('__')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_is_typed() -> None:
    """PEP 561"""
    package = importlib.import_module("chatkit")
    assert (Path(package.__path__[0]) / "py.typed").exists()
