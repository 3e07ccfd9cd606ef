"""Files (element.md §3.9, protocol.md §14): chosen, dropped and pasted, uploaded both ways, sent, and there again."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import Demo
from e2e.files import attachment, button, chips, choose, file
from e2e.rows import covers
from e2e.screen import Chat, serious_faults, set_options
from e2e.scripted import Json, Raw, Stage, Wait, done, first_answer, item, refusal, scripted_server

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"
)
DIRECT = "{url: '/chatkit', uploadStrategy: {type: 'direct', uploadUrl: '/files'}}"
TWO_PHASE = "{url: '/chatkit', uploadStrategy: {type: 'two_phase'}}"
ON = "{composer: {attachments: {enabled: true}}}"


def drop(chat: Chat, name: str, content: str, onto: str = "[part=chat]") -> None:
    chat.page.evaluate(
        """([name, content, onto]) => {
          const data = new DataTransfer();
          data.items.add(new File([content], name, {type: 'text/plain'}));
          const place = document.querySelector('openai-chatkit').shadowRoot.querySelector(onto);
          const fire = (type) => place.dispatchEvent(
            new DragEvent(type, {bubbles: true, composed: true, cancelable: true, dataTransfer: data}));
          window.dropped = () => fire('drop');
          fire('dragenter');
          fire('dragover');
        }""",
        [name, content, onto],
    )
    expect(chat.element.get_by_text("Drop files here to attach them")).to_be_visible()
    chat.page.evaluate("() => { window.dropped(); }")
    expect(chat.element.get_by_text("Drop files here to attach them")).to_have_count(0)


def paste(chat: Chat, text: str, picture: bool = False) -> None:
    """By the clipboard itself, as another program would fill it."""
    chat.page.evaluate(
        """async ([text, picture]) => {
          const items = {};
          if (text) items['text/plain'] = new Blob([text], {type: 'text/plain'});
          if (picture) items['image/png'] = await (await fetch('data:image/png;base64,' + picture)).blob();
          await navigator.clipboard.write([new ClipboardItem(items)]);
        }""",
        [text, base64.b64encode(PIXEL).decode() if picture else ""],
    )
    chat.composer.click()
    chat.page.keyboard.press("Control+v")


@pytest.mark.parametrize("way", ["direct", "two_phase"])
@covers("api.uploadStrategy", "composer.attachments.enabled")
def test_files_reach_the_server_both_ways_and_are_there_again_after_a_reload(
    showcase: Demo, page: Any, tmp_path: Path, way: str
) -> None:
    chat = Chat(page).open(showcase.url)
    upload = {"type": way, "uploadUrl": "/chatkit/attachments"} if way == "direct" else {"type": way}
    set_options(
        chat, api={"url": "/chatkit", "uploadStrategy": upload}, composer={"attachments": {"enabled": True}}
    )
    long = "a report with a name that is so long that its end would be cut off.md"
    choose(chat, file("pixel.png", PIXEL, "image/png"), file(long, b"# Report", "text/markdown"))
    expect(chips(chat)).to_have_count(2)
    expect(chips(chat).nth(0).locator("img")).to_have_attribute("src", re.compile("^blob:"))
    expect(chips(chat).nth(1)).to_contain_text("8 bytes")
    expect(chat.send_button).to_be_enabled()  # without a word: files alone are a message
    assert serious_faults(page) == []
    chat.send_button.click()
    expect(chat.answers).to_have_count(1)
    chat.wait_for_end()
    expect(chips(chat)).to_have_count(2)  # in the message now
    expect(chat.answer).to_contain_text("Your files have arrived: pixel.png, " + long)

    page.reload()
    message = chat.questions.first
    picture = message.get_by_role("button", name="pixel.png: Show the picture in full")
    expect(picture).to_be_visible()
    expect(message.get_by_text("MD", exact=True)).to_be_visible()
    page.evaluate(
        """async () => {
          const root = document.querySelector('openai-chatkit').shadowRoot;
          await root.querySelector('.attached img').decode();  // it is a picture, by a link that needs no cookie
        }"""
    )
    assert serious_faults(page) == []
    picture.click()
    dialog = chat.element.get_by_role("dialog", name="pixel.png")
    expect(dialog.get_by_role("link", name="Download")).to_be_visible()
    page.keyboard.press("Escape")
    expect(picture).to_be_focused()


def test_an_upload_is_shown_cancelled_and_tried_again(stage: Stage) -> None:
    arrives = stage.script.hold()
    stage.script.answer("/files", Wait(arrives, {}), refusal(503), attachment("atc_2", "b.txt"))
    stage.start(ON, DIRECT)
    choose(stage, file("a.txt"))
    expect(stage.element.get_by_role("progressbar", name="Uploading a.txt…")).to_be_visible()
    stage.composer.fill("Look")
    expect(stage.send_button).to_be_disabled()  # while uploading
    stage.script.wait_for("/files")
    button(stage, "Remove a.txt").click()
    expect(chips(stage)).to_have_count(0)
    expect(stage.send_button).to_be_enabled()
    arrives.set()

    choose(stage, file("b.txt"))
    toast = stage.element.get_by_role("alert")
    words = "b.txt could not be uploaded. The server is not available right now."
    expect(toast).to_contain_text(words)
    expect(chips(stage)).to_contain_text("The server is not available right now.")
    expect(stage.send_button).to_be_disabled()
    assert [(one["name"], one["file"], one["status"]) for one in stage.errors] == [
        ("AttachmentError", "b.txt", 503)
    ]
    button(stage, "Upload b.txt again").click()
    expect(chips(stage)).to_contain_text("14 bytes")
    stage.script.answer("threads.create", first_answer())
    stage.send_button.click()
    stage.wait_for_end()
    [params] = stage.script.params("threads.create")
    assert params["input"]["attachments"] == ["atc_2"]
    # What was cancelled got as far as the server did not look: nothing is asked to be deleted.
    assert stage.script.params("attachments.delete") == []


def test_a_file_that_the_server_misses_is_named_and_can_be_attached_again(stage: Stage) -> None:
    """protocol.md §1.4, `attachment_missing`: the words say what to do, nothing that was written is lost."""
    error = {"type": "invalid_request_error", "message": "attachment 'atc_2' is not there", "param": None}
    missing = json.dumps({"error": error | {"code": "attachment_missing"}})
    ids = ("atc_1", "a.txt"), ("atc_2", "b.txt"), ("atc_3", "b.txt")
    stage.script.answer("/files", *(attachment(id, name) for id, name in ids))
    stage.script.answer("threads.create", Raw(409, missing), first_answer())
    stage.start(ON, DIRECT)
    for name in "a.txt", "b.txt":
        choose(stage, file(name))
        expect(stage.element.get_by_text("14 bytes")).to_have_count(1 + (name == "b.txt"))
    stage.say("Look at these")
    failure = stage.element.locator('[part~="failure"]')
    expect(failure).to_have_text("A file did not arrive. Attach it again.")
    expect(stage.composer).to_have_text("Look at these")
    expect(chips(stage)).to_have_count(2)
    expect(chips(stage).first).to_contain_text("14 bytes")
    expect(chips(stage).last).to_contain_text("A file did not arrive.")
    expect(stage.element.get_by_role("button", name="Try again")).to_have_count(0)
    expect(stage.send_button).to_be_disabled()
    button(stage, "Upload b.txt again").click()
    expect(stage.send_button).to_be_enabled()
    stage.send_button.click()
    expect(stage.answer).to_have_text("Hello.")
    expect(failure).to_have_count(0)
    assert stage.script.params("threads.create")[-1]["input"]["attachments"] == ["atc_1", "atc_3"]


def test_two_phases_and_what_is_removed_is_deleted(stage: Stage) -> None:
    blob = {"url": stage.script.url + "/blob", "method": "PUT", "headers": {"x-scope": "chat"}}
    stage.script.answer("attachments.create", attachment("atc_1", "a.txt", upload_descriptor=blob))
    stage.script.answer("/blob", Raw(200))
    stage.script.answer("attachments.delete", {})
    stage.start(ON, TWO_PHASE)
    choose(stage, file("a.txt"))
    expect(chips(stage)).to_contain_text("14 bytes")
    assert stage.script.params("attachments.create") == [
        {"name": "a.txt", "size": 14, "mime_type": "text/plain"}
    ]
    assert stage.script.params("/blob") == [{"sent": "PUT", "bytes": b"bring the lamp"}]
    place = stage.script.paths.index("/blob")
    sent = stage.script.headers[place]
    assert (sent["x-scope"], sent["content-type"]) == ("chat", "text/plain")

    button(stage, "Remove a.txt").click()
    assert stage.script.wait_for("attachments.delete") == [{"attachment_id": "atc_1"}]
    expect(stage.composer).to_be_focused()


def test_a_storage_gets_no_cookies_and_the_own_server_does(stage: Stage) -> None:
    """protocol.md §14.2: no credentials, where the address is not that of the very server that was asked."""
    page, script = stage.page, stage.script
    page.context.add_cookies([{"name": "session", "value": "mine", "url": script.url}])
    api = "{url: '%s', fetch: (url, init) => fetch('/chatkit', init), uploadStrategy: {type: 'two_phase'}}"

    def upload(server: str, where: str) -> dict[str, str]:
        """What is sent along with the bytes."""
        for method in ("PUT", "POST"):
            blob: Json = {"url": f"{where}/blob", "method": method, "headers": {}}
            script.answer("attachments.create", attachment("atc_1", "a.txt", upload_descriptor=blob))
            script.answer("/blob", Raw(200))
            stage.set(ON, api % server)
            choose(stage, file("a.txt"))
            expect(chips(stage)).to_contain_text("14 bytes")
            button(stage, "Remove a.txt").click()
        return storage.headers[-1] if where != script.url else script.headers[script.paths.index("/blob")]

    with scripted_server() as storage:  # another port is another origin, but has the same cookies
        storage.is_open_to_all = True
        stage.start(ON, api % "/chatkit")
        stage.forget()
        assert upload("/chatkit", script.url)["cookie"] == "session=mine"
        storage.answer("/blob", Raw(200), Raw(200))
        assert "cookie" not in upload("/chatkit", storage.url)
        stage.forget()
        assert "cookie" not in upload("https://elsewhere.test/chatkit", script.url)
        assert stage.errors == []


@covers("composer.attachments.maxSize", "composer.attachments.maxCount", "composer.attachments.accept")
def test_what_may_not_be_attached_is_named_and_the_rest_goes(stage: Stage) -> None:
    stage.script.answer("/files", attachment("atc_1", "ok.txt"), attachment("atc_2", "ok.md"))
    options = (
        "maxCount: 2, maxSize: {'text/*': 20, '*': 5}, accept: {'text/plain': [], 'text/markdown': ['.md']}"
    )
    stage.start("{composer: {attachments: {enabled: true, " + options + "}}}", DIRECT)
    picker = stage.element.locator('input[type="file"]')
    expect(picker).to_have_attribute("accept", "text/plain,text/markdown,.md")
    picker.set_input_files(  # a drop does not know of the dialog's filter either
        [
            file("picture.png", PIXEL, "image/png"),
            file("long.txt", b"x" * 2048),
            file("ok.txt"),
            file("ok.md", b"#", ""),
            file("third.txt"),
        ]
    )
    toast = stage.element.get_by_role("alert")
    expect(toast.get_by_role("paragraph")).to_have_text(
        [
            "picture.png is a kind of file that cannot be attached here.",
            "long.txt is 2 kB; the limit is 20 bytes.",
            "third.txt was left out. Files per message: 2.",
        ]
    )
    # Over a composer that leaves no room above itself, it covers that: nothing of it is cut.
    stage.composer.fill("line\n" * 30)
    toast.get_by_role("button", name="Dismiss").focus()  # it stays while somebody is at it
    stage.js("chat.setOptions({...chat.options, disclaimer: {text: 'Answers may be wrong. '.repeat(4)}})")
    stage.page.set_viewport_size({"width": 280, "height": 300})
    toast_top = "chat.shadowRoot.querySelector('[part=toast]').getBoundingClientRect().top"
    stage.until(f"chat.offsetWidth === 280 && {toast_top} > 0")
    expect(chips(stage)).to_have_count(2)
    expect(chips(stage).get_by_role("progressbar")).to_have_count(0)
    assert [(one["file"], one["code"]) for one in stage.errors] == [
        ("picture.png", "type"),
        ("long.txt", "size"),
        ("third.txt", "count"),
    ]
    assert len(stage.script.params("/files")) == 2


def test_files_come_by_drop_by_paste_and_from_the_page(stage: Stage) -> None:
    given = [attachment(f"atc_{n}", name) for n, name in enumerate(["dropped.txt", "image.png", "page.txt"])]
    for one in given:
        stage.script.answer("/files", one)
    stage.start(ON, DIRECT)
    expect(button(stage, "Attach files")).to_be_visible()
    drop(stage, "dropped.txt", "x")
    expect(chips(stage)).to_have_count(1)
    paste(stage, "", picture=True)
    expect(chips(stage)).to_have_count(2)
    paste(stage, "words", picture=True)  # a table is copied with a picture of itself
    expect(stage.composer).to_have_text("words")
    expect(chips(stage)).to_have_count(2)

    # The page replaces what is there: by what is uploaded already, and by files.
    stage.script.answer("attachments.delete", {}, {})
    ready = attachment("atc_9", "ready.txt")
    assert (
        stage.js("chat.setComposerValue({attachments: [given], files: [new File(['x'], 'page.txt')]})", ready)
        is None
    )
    expect(chips(stage)).to_have_count(2)
    expect(chips(stage).nth(0)).to_contain_text("ready.txt")
    expect(chips(stage).nth(1)).to_contain_text("1 byte")
    deleted = stage.script.wait_for("attachments.delete", 2)
    assert sorted(one["attachment_id"] for one in deleted) == ["atc_0", "atc_1"]
    expect(stage.composer).to_have_text("words")  # what was left out stays

    # It waits for its message, which a person sees at once.
    goes_on = stage.script.hold()
    message = item("user_message", "msg_1", content=[], attachments=[ready], inference_options={})
    stage.script.answer("threads.create", [goes_on, *first_answer()[:1], done(message)])
    stage.send_button.click()
    expect(stage.questions.get_by_role("listitem")).to_have_count(2)
    expect(stage.element.locator(".composer").get_by_role("listitem")).to_have_count(0)
    goes_on.set()
    expect(stage.questions.get_by_role("listitem")).to_have_count(1)
    [params] = stage.script.params("threads.create")
    assert params["input"]["attachments"] == ["atc_9", "atc_2"]


def test_a_text_of_many_pages_is_pasted_as_a_file(stage: Stage) -> None:
    stage.script.answer("/files", attachment("atc_1", "Pasted text.txt"))
    stage.start(ON, DIRECT)
    expect(button(stage, "Attach files")).to_be_visible()
    paste(stage, "a" * 10_000)
    expect(stage.composer).to_have_text("a" * 10_000)
    stage.call("setComposerValue", {"text": ""})
    paste(stage, "a" * 10_001)
    expect(chips(stage)).to_contain_text("Pasted text.txt")
    expect(stage.composer).to_have_text("")
    # Where no such file may be attached, text stays text.
    stage.set("{composer: {attachments: {enabled: true, accept: {'image/*': []}}}}", DIRECT)
    paste(stage, "b" * 10_001)
    expect(stage.composer).to_have_text("b" * 10_001)
    stage.call("setComposerValue", {"text": ""})
    # Some systems copy the name of a file along with it: the file is meant.
    stage.script.answer("/files", attachment("atc_2", "image.png"))
    paste(stage, "image.png", picture=True)
    expect(chips(stage)).to_have_count(2)
    expect(stage.composer).to_have_text("")


def test_without_a_way_to_upload_there_are_no_attachments(stage: Stage) -> None:
    """element.md §3.1: they stay disabled, and the page is told."""
    stage.start(ON)
    stage.until(
        "heard.some(([name, detail]) => name === 'error' && detail.message.includes('uploadStrategy'))"
    )
    expect(button(stage, "Attach files")).to_have_count(0)
    assert "uploadStrategy" in str(
        stage.js("chat.setComposerValue({files: [new File([], 'x')]}).catch(String)")
    )
    # Set later, it holds.
    stage.set(ON, DIRECT)
    expect(button(stage, "Attach files")).to_be_visible()
