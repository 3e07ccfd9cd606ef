"""What a plain chat costs its visitor (DESIGN, Budgets): nothing is fetched for it but what `make check` weighs."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Response, expect

from e2e.scripted import MAY_STOP, Stage, added, delta, done, first_answer, question, said


def test_a_plain_chat_fetches_the_script_and_one_chunk(stage: Stage) -> None:
    """From the first sight to a second answer with its lists and code: opened, written in, answered, stopped.

    What resumes answers comes with the first one of a server that keeps them running, which this one does not.
    """
    fetched: list[str] = []

    def note(response: Response) -> None:
        name = urlsplit(response.url).path.rpartition("/")[2]
        if name.endswith(".js") and name != "page.js":
            fetched.append(name.partition("-")[0])

    stage.page.on("response", note)
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
