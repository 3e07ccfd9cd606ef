"""What a plain chat costs its visitor (DESIGN, Budgets): nothing is fetched for it but what `make check` weighs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, Response, expect

from chatkit.server import ChatKitServer
from chatkit.store import MemoryStore
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from e2e.screen import Chat
from e2e.scripted import ELEMENT, MAY_STOP, Stage, added, delta, done, first_answer, question, said
from e2e.serving import answer, serving


def fetched_by(page: Page) -> list[str]:
    """The names of the element's own files that a page fetches, as it fetches them; not what advises its developers."""
    fetched: list[str] = []

    def note(response: Response) -> None:
        name = urlsplit(response.url).path.rpartition("/")[2].partition("-")[0]
        if response.url.endswith(".js") and name not in ("page.js", "advice"):
            fetched.append(name)

    page.on("response", note)
    return fetched


def test_each_part_has_the_hash_of_all_in_its_name_whatever_tells_names_apart() -> None:
    """Browsers keep parts for ever, and some disks take `Tag` for `tag`."""
    names = [file.name for file in (ELEMENT / "chunks").glob("*.js")]
    assert len({name[-11:] for name in names}) == 1
    assert all(re.fullmatch(r"[\w.-]+-[A-Za-z0-9]{8}\.js", name) for name in names)
    assert len({name.lower() for name in names}) == len(names) > 100


def test_a_plain_chat_fetches_the_script_and_one_chunk(stage: Stage) -> None:
    """From the first sight to a second answer with its lists and code: opened, written in, answered, stopped."""
    fetched = fetched_by(stage.page)
    stage.start()
    stage.script.answer("threads.create", first_answer("Hello **you**."))
    field = stage.page.get_by_role("textbox")
    log = stage.page.get_by_role("log")
    field.press_sequentially("Hi there")
    field.press("Enter")
    expect(log.get_by_text("Hello you.")).to_be_visible()

    goes_on = stage.script.hold()
    answer = "# Title\n\n- one\n- [two](https://example.com)\n\n> quoted\n\nAnd `code`."
    begun = [done(question("msg_3", "More")), MAY_STOP, added(said("msg_4", "")), delta("# Ti", "msg_4")]
    stage.script.answer("threads.add_user_message", [*begun, goes_on, done(said("msg_4", answer))])
    field.fill("More")
    field.press("Enter")
    expect(log.get_by_role("heading", name="Ti")).to_be_visible()
    goes_on.set()
    expect(log.get_by_text("And code.")).to_be_visible()
    stage.script.answer("threads.add_user_message", [*begun, stage.script.hold()])
    field.fill("Even more")
    field.press("Enter")
    stage.page.get_by_role("button", name="Stop").click()
    expect(log.get_by_text("Stopped")).to_be_visible()
    assert fetched == ["chatkit.js", "ui"]


# No thread is known to be answered, or to be unread.
KNOWN = """() => localStorage.getItem('chatkit /chatkit') === '{"running":[],"unread":[]}'"""


class Naming(ChatKitServer[str]):
    """Answers, and gives each thread a title, which all who watch are told."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        thread.title = "Named again" if thread.title else "Named 0"
        yield answer(self, thread, f"This is **{thread.title}**.", context)


def test_a_server_that_keeps_answers_running_and_tells_of_threads_costs_nothing_more(page: Page) -> None:
    """What resumes an answer is at hand; what happens elsewhere is fetched when anything does (extensions.md §2.7)."""
    fetched = fetched_by(page)
    watched: list[Request] = []
    page.on("request", lambda one: watched.append(one) if "threads.watch" in (one.post_data or "") else None)
    script = """addEventListener('DOMContentLoaded', async () => {
      await customElements.whenDefined('openai-chatkit');
      document.querySelector('openai-chatkit').setOptions({ api: { url: '/chatkit' } });
    });"""
    with serving(Naming(MemoryStore(owner=str)), script) as url:
        chat = Chat(page).open(url)
        title = chat.element.locator(".title")
        for question, name in (("Hi", "Named 0"), ("And now?", "Named again"), ("And now?", "Named again")):
            chat.say(question)
            expect(chat.answer).to_have_text(f"This is {name}.")
            expect(title).to_have_text(name)
            chat.wait_for_end()
        assert len(watched) == 1
        # A reload is a plain chat, too, once the end of the turn is known.
        page.wait_for_function(KNOWN)
        page.reload()
        chat = Chat(page)
        chat.say("Hi")
        expect(chat.answer).to_have_text("This is Named 0.")
        for _ in range(200):
            if len(watched) == 2:
                break
            page.wait_for_timeout(50)
        assert len(watched) == 2
        assert fetched == ["chatkit.js", "ui", "chatkit.js", "ui"]
        # Another tab is not.
        other = page.context.new_page()
        Chat(other).open(url).say("Hi")
        expect(Chat(other).answer).to_have_text("This is Named 0.")
        for _ in range(200):
            if "elsewhere" in fetched:
                break
            page.wait_for_timeout(50)
        assert fetched[4:5] == ["elsewhere"]
