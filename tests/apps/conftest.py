"""The bookshop, served by a real uvicorn, and the scripted model that its agent talks to."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from agents import OpenAIResponsesModel, set_tracing_disabled
from openai import AsyncOpenAI

from tests.apps.shop import create_shop
from tests.modelserver import ModelServer
from tests.served import Site, served

set_tracing_disabled(True)  # traces would leave the machine


@dataclass
class Shop:
    site: Site
    model: ModelServer


@pytest.fixture(scope="module")
def running_model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
async def shop(running_model: ModelServer) -> AsyncIterator[Shop]:
    """An empty shop; a script must be used up by the test that wrote it."""
    running_model.seen.clear()
    async with AsyncOpenAI(base_url=running_model.base_url, api_key="none", max_retries=0) as client:
        app = create_shop(OpenAIResponsesModel(model="scripted", openai_client=client))
        async with served(app) as site:
            yield Shop(site, running_model)
    left = running_model.unused
    running_model.forget()
    assert left == 0, f"{left} replies of the script were never asked for"
