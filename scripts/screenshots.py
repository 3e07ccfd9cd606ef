"""Takes the pictures in docs/images/ from the running demo: `make screenshots`.

The one of six scripts needs fonts for them (Debian's fonts-noto-core and fonts-noto-cjk).
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from e2e.conftest import CHROMIUM_FLAGS, Demo  # noqa: E402 (the checkout has to be on the path first)
from e2e.screen import Chat  # noqa: E402

IMAGES = ROOT / "docs" / "images"

# Latin, Cyrillic, Arabic, Devanagari, Thai, Japanese.
SCRIPTS = ["de-DE", "ru-RU", "ar", "hi-IN", "th-TH", "ja-JP"]


def picture(
    browser: Browser, demo: Demo, name: str, query: str, asked: list[str], size: tuple[int, int]
) -> None:
    """Holds a conversation and keeps what it looks like at its end."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=2)
    chat = Chat(context.new_page()).open(f"{demo.url}/?{query}")
    for question in asked:
        chat.ask(question)
    chat.page.mouse.move(0, 0)
    chat.page.wait_for_timeout(1500)  # movements and fades are over
    chat.page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def scripts(browser: Browser, demo: Demo) -> None:
    """The list of keys on a phone, in one language of each of six scripts, side by side."""
    shots: list[Image.Image] = []
    for locale in SCRIPTS:
        page = browser.new_page(viewport={"width": 360, "height": 640})
        page.goto(f"{demo.url}/?theme=light&locale={locale}")
        page.locator("openai-chatkit [part=chat]").get_by_role("button").first.press("?")
        page.locator("openai-chatkit dialog").wait_for()
        page.wait_for_timeout(1500)  # movements and fades are over
        shots.append(Image.open(io.BytesIO(page.screenshot())))
        page.close()
    width, height = shots[0].size
    beside = Image.new("RGB", (width * len(shots), height))
    for n, shot in enumerate(shots):
        beside.paste(shot, (n * width, 0))
    beside.quantize(64).save(IMAGES / "scripts.png", optimize=True)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        local = Demo(Path(folder) / "local", model="local")
        showcase = Demo(Path(folder) / "showcase")
        local.start(within=120)
        showcase.start()
        try:
            browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=CHROMIUM_FLAGS)
            talk = ["Give me three tips for a good night's sleep."]
            picture(browser, local, "conversation", "theme=light", talk, (960, 640))
            picture(browser, showcase, "dark", "theme=dark", ["Show me what you can render"], (960, 900))
            picture(browser, showcase, "narrow", "theme=light", ["Hello there"], (360, 640))
            scripts(browser, showcase)
            browser.close()
        finally:
            local.stop()
            showcase.stop()
    print(*sorted(path.relative_to(ROOT) for path in IMAGES.iterdir()), sep="\n")


if __name__ == "__main__":
    main()
