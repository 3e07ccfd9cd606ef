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
PUBLIC = [(module, name) for module, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_public_name_can_be_imported(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


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
