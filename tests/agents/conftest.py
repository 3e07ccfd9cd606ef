"""The model that the agents of these tests talk to, by both of its APIs."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from agents import (
    Agent,
    Model,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    set_tracing_disabled,
)
from openai import AsyncOpenAI

from tests.modelserver import ModelServer

set_tracing_disabled(True)  # traces would leave the machine

MakeAgent = Callable[..., Agent[Any]]


@pytest.fixture(scope="session")
def running_model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def model(running_model: ModelServer) -> Iterator[ModelServer]:
    """The model server; a script must be used up by the test that wrote it."""
    running_model.seen.clear()
    yield running_model
    left = running_model.unused
    running_model.forget()
    assert left == 0, f"{left} replies of the script were never asked for"


@pytest.fixture
async def client(model: ModelServer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=model.base_url, api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(params=["responses", "chat"])
def api(request: pytest.FixtureRequest) -> str:
    """Each test that uses this runs with both APIs."""
    return request.param


def speaks(api: str, client: AsyncOpenAI) -> Model:
    if api == "responses":
        return OpenAIResponsesModel(model="scripted", openai_client=client)
    return OpenAIChatCompletionsModel(model="scripted", openai_client=client)


@pytest.fixture
def agent(client: AsyncOpenAI) -> MakeAgent:
    """Makes agents whose model is the scripted one, spoken to by Responses."""

    def make(**options: Any) -> Agent[Any]:
        given: dict[str, Any] = {"name": "Assistant", "model": speaks("responses", client), **options}
        return Agent[Any](**given)

    return make


@pytest.fixture
def agent_by_api(client: AsyncOpenAI, api: str) -> MakeAgent:
    """Makes agents whose model is the scripted one, spoken to by one API, then by the other."""

    def make(**options: Any) -> Agent[Any]:
        given: dict[str, Any] = {"name": "Assistant", "model": speaks(api, client), **options}
        return Agent[Any](**given)

    return make
