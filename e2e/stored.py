"""What a test writes into the database of a running demo, as if it had been said before."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

from chatkit.store.sql import SQLStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    InferenceOptions,
    UserMessageItem,
    UserMessageTextContent,
)
from e2e.conftest import Demo


def write_as_owner(
    demo: Demo, thread_id: str, write: Callable[[SQLStore[str], str], Awaitable[None]]
) -> None:
    """Lets a test write into the running demo's database, as the person whose thread this is."""
    database = demo.data / "chatkit.db"
    with closing(sqlite3.connect(database)) as connection:
        query = "select owner from chatkit_threads where id = ?"
        [owner] = connection.execute(query, (thread_id,)).fetchone()

    async def work() -> None:
        async with SQLStore[str](f"sqlite:///{database}", owner=lambda person: person) as store:
            await write(store, owner)

    with ThreadPoolExecutor(1) as pool:  # the browser's driver has a loop of its own in this thread
        pool.submit(asyncio.run, work()).result()


def fill(demo: Demo, thread_id: str, questions: list[str], answers: list[str] | None = None) -> None:
    """Puts questions and answers into a thread that are older than what it holds."""
    long_ago = datetime.now() - timedelta(days=1)

    async def write(store: SQLStore[str], owner: str) -> None:
        for number, text in enumerate(questions):
            said = answers[number] if answers else f"An old answer to question {number}."
            created = long_ago + timedelta(seconds=number)
            question = UserMessageItem(
                id=f"msg_old_question_{number}",
                content=[UserMessageTextContent(text=text)],
                inference_options=InferenceOptions(),
                thread_id=thread_id,
                created_at=created,
            )
            answer = AssistantMessageItem(
                id=f"msg_old_answer_{number}",
                content=[AssistantMessageContent(text=said)],
                thread_id=thread_id,
                created_at=created,
            )
            for item in (question, answer):
                await store.add_thread_item(thread_id, item, owner)

    write_as_owner(demo, thread_id, write)
