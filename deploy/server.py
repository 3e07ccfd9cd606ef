"""A chat for several workers, as deploy/compose.yaml runs it. Put your own sign-in and your own agent in.

From the environment: DATABASE_URL, REDIS_URL and CHATKIT_SECRET, the same for every worker; OPENAI_BASE_URL,
OPENAI_MODEL and OPENAI_API_KEY for the model; CHATKIT_LEASE, the seconds after which the turns of a worker that says
nothing any more are ended by the others.
"""

import gc
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from uuid import uuid4

from agents import Agent, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from openai import AsyncOpenAI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route

from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.relay.redis import RedisRelay
from chatkit.server import ChatKitServer
from chatkit.store.sql import SQLStore
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from chatkit.web.app import create_app

HERE = Path(__file__).resolve().parent

set_tracing_disabled(True)  # the SDK sends traces to its vendor unless you say this

model = OpenAIChatCompletionsModel(
    model=os.environ.get("OPENAI_MODEL", "llama3.2"),
    openai_client=AsyncOpenAI(
        base_url=os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1"),
        api_key=os.environ.get("OPENAI_API_KEY", "none"),
    ),
)


class Assistant(ChatKitServer[str]):
    agent = Agent(name="Assistant", instructions="Answer briefly and plainly.", model=model)

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        newest = await self.store.load_thread_items(thread.id, None, 20, "desc", context)
        history = await simple_to_agent_input(newest.data[::-1])
        agent_context = AgentContext(thread=thread, store=self.store, request_context=context)
        run = Runner.run_streamed(self.agent, history, context=agent_context)
        async with aclosing(stream_agent_response(agent_context, run)) as events:
            async for event in events:
                yield event


def person(request: Request) -> str:
    """Who is asking: whoever has the page's cookie. Put your own sign-in here."""
    known: str | None = request.session.get("person")
    if known is None:
        raise HTTPException(
            401, "Open the page first: it gives your browser the cookie that says who you are."
        )
    return known


store = SQLStore[str](os.environ["DATABASE_URL"], owner=lambda person: person)
lease = float(os.environ.get("CHATKIT_LEASE", "10"))
relay = RedisRelay(os.environ["REDIS_URL"], lease=lease, renew=lease * 0.3)
chat = create_app(Assistant(store, relay=relay), context=person)


async def page(request: Request) -> Response:
    request.session.setdefault("person", uuid4().hex)
    return FileResponse(HERE / "index.html")


async def script(request: Request) -> Response:
    return FileResponse(HERE / "main.js")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None]:
    async with store, chat.router.lifespan_context(chat):
        yield


app = Starlette(
    routes=[Route("/", page), Route("/main.js", script), Mount("/", chat)],
    middleware=[Middleware(SessionMiddleware, secret_key=os.environ["CHATKIT_SECRET"], same_site="lax")],
    lifespan=lifespan,
)

# No stream waits until Python has looked through all that is loaded (docs/deploy.md).
gc.freeze()
gc.set_threshold(50_000, 20, 100)
