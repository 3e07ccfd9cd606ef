"""A bookshop's assistant, written the way apps for upstream are: nothing but upstream's names is used here.

It has its own stores, its endpoint by hand, an agent with tools, a widget with actions, a client tool and uploads.
"""

import base64
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from agents import Agent, Model, RunContextWrapper, Runner, StopAtTools, function_tool
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import UploadFile

from chatkit.actions import Action
from chatkit.agents import AgentContext, ClientToolCall, ThreadItemConverter, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    ClientEffectEvent,
    HiddenContextItem,
    ImageAttachment,
    ProgressUpdateEvent,
    StreamOptions,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdated,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    UserMessageTagContent,
    WidgetItem,
    WidgetRootUpdated,
)
from chatkit.widgets import WidgetTemplate
from tests.apps.shop_store import Context, ShopAttachmentStore, ShopStore

SHELF = WidgetTemplate.from_file("shelf.widget")


class Book(BaseModel):
    id: str
    title: str


BOOKS = [Book(id="b1", title='The "Blue" Boat'), Book(id="b2", title="Tides & Ties")]


class Pick(BaseModel):
    id: str


PickAction = Action[Literal["book.pick"], Pick]


class ShopContext(AgentContext[Context]):
    """What the tools see; re-declares two fields, so that they stay out of dumps."""

    store: Annotated[Store[Context], Field(exclude=True)]
    request_context: Annotated[Context, Field(exclude=True)]
    shelf: Annotated[list[Book], Field(exclude=True)] = BOOKS


def shelf(picked: str | None) -> Any:
    return SHELF.build({"books": BOOKS, "picked": picked})


def reply(id: str, thread: ThreadMetadata, text: str) -> ThreadItemDoneEvent:
    content = [AssistantMessageContent(text=text)]
    return ThreadItemDoneEvent(
        item=AssistantMessageItem(id=id, thread_id=thread.id, created_at=datetime.now(), content=content)
    )


@function_tool(description_override="Show the books on a topic.")
async def show_shelf(ctx: RunContextWrapper[ShopContext], topic: str) -> str:
    context = ctx.context
    await context.stream(ProgressUpdateEvent(text=f"Looking for {topic}"))
    context.thread.title = f"Books about {topic}"
    titles = ", ".join(book.title for book in context.shelf)
    await context.stream_widget(shelf(None), copy_text=titles)
    await context.stream(reply(context.generate_id("message"), context.thread, "Pick one."))
    return f"Shown: {titles}"


@function_tool(description_override="Ask the page where the person is.")
async def find_place(ctx: RunContextWrapper[ShopContext]) -> str:
    await ctx.context.stream(ProgressUpdateEvent(text="Looking where you are"))
    ctx.context.client_tool_call = ClientToolCall(name="get_place", arguments={"precise": False})
    return "waiting for the page"


class ShopConverter(ThreadItemConverter):
    def __init__(self, files: ShopAttachmentStore) -> None:
        self.files = files

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> Any:
        return {"type": "input_text", "text": f"{tag.text}: {tag.data['blurb']}"}

    async def attachment_to_message_content(self, attachment: Attachment) -> Any:
        data = self.files.files.get(attachment.id)
        url = str(attachment.preview_url) if isinstance(attachment, ImageAttachment) else ""
        if data is not None:
            url = f"data:{attachment.mime_type};base64,{base64.b64encode(data).decode()}"
        return {"type": "input_image", "detail": "auto", "image_url": url}

    async def hidden_context_to_input(self, item: HiddenContextItem) -> Any:
        content = [{"type": "input_text", "text": str(item.content)}]
        return {"type": "message", "role": "user", "content": content}


class ShopServer(ChatKitServer[Context]):
    def __init__(self, store: ShopStore, attachment_store: ShopAttachmentStore, model: Model) -> None:
        super().__init__(store, attachment_store=attachment_store)
        self.converter = ShopConverter(attachment_store)
        self.agent = Agent[ShopContext](
            name="Bookseller",
            instructions="You sell books.",
            model=model,
            tools=[show_shelf, find_place],
            tool_use_behavior=StopAtTools(stop_at_tool_names=[show_shelf.name, find_place.name]),
        )

    # Apps rename parameters: the SDK calls by position.
    async def respond(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, thread: ThreadMetadata, item: UserMessageItem | None, ctx: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        page = await self.store.load_thread_items(thread.id, None, 20, "desc", ctx)
        items = await self.converter.to_agent_input(list(reversed(page.data)))
        context = ShopContext(thread=thread, store=self.store, request_context=ctx)
        result = Runner.run_streamed(self.agent, items, context=context)
        async for event in stream_agent_response(context, result):
            yield event

    async def action(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, thread: ThreadMetadata, act: Action[str, Any], widget: WidgetItem | None, ctx: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        if widget is None:
            return
        if act.type == "shelf.reset":
            yield ThreadItemUpdated(item_id=widget.id, update=WidgetRootUpdated(widget=shelf(None)))
            return
        try:
            pick = PickAction.model_validate(act.model_dump()).payload
        except ValidationError:
            return
        yield ThreadItemReplacedEvent(item=widget.model_copy(update={"widget": shelf(pick.id)}))
        note = HiddenContextItem(
            id=self.store.generate_item_id("message", thread, ctx),
            thread_id=thread.id,
            created_at=datetime.now(),
            content=f"<PICKED>{pick.id}</PICKED>",
        )
        await self.store.add_thread_item(thread.id, note, ctx)
        yield reply(self.store.generate_item_id("message", thread, ctx), thread, "A fine choice.")
        yield ClientEffectEvent(name="basket/update", data={"book": pick.id, "flash": None})

    def get_stream_options(self, thread: ThreadMetadata, context: Context) -> StreamOptions:
        return StreamOptions(allow_cancel=False)


def create_shop(model: Model) -> FastAPI:
    app = FastAPI()
    store = ShopStore()
    files = ShopAttachmentStore(store)
    server = ShopServer(store, files, model)

    async def chat(request: Request) -> Response:
        result = await server.process(await request.body(), {"request": request})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(content=result.json, media_type="application/json")

    async def upload(request: Request, attachment_id: str) -> Response:
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with request.form() as form:
                file = form["file"]
                data = await file.read() if isinstance(file, UploadFile) else b""
        else:
            data = await request.body()
        await files.take(attachment_id, data, {"request": request})
        return JSONResponse({"id": attachment_id})

    app.add_api_route("/shop/chatkit", chat, methods=["POST"])
    app.add_api_route("/shop/files/{attachment_id}", upload, methods=["POST", "PUT"], name="upload")
    return app
