"""The playground as a new user has it: the real command in a folder of its own, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
# No sandbox: containers run as root.  The rest keeps Chromium from calling its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A folder for pictures, when they are wanted; those of the README are copied from it to docs/pictures.
PICTURES = os.environ.get("LEADBOT_PICTURES")


class Playground:
    """A running playground, and the command line beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "playground", "--port", str(self.port)],
            cwd=folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self.url in self._process.stdout.readline()

    def leadbot(self, *arguments: str) -> str:
        """What the command prints."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
        return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    running = Playground(tmp_path_factory.mktemp("playground"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "no Chromium: install Debian's package `chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Person:
    """Somebody at the page: does what a person does there, by the names of things."""

    def __init__(self, page: Page, url: str, user: str) -> None:
        self.page = page
        page.set_default_timeout(10_000)
        page.goto(f"{url}/?as={user}#C2")
        expect(page.get_by_role("button", name="You are")).to_be_visible()
        # What an earlier story left open.
        while page.get_by_role("dialog").count():
            self.closes()

    def closes(self) -> None:
        """Close the dialog on top."""
        title = self.modal.get_attribute("aria-labelledby")
        self.modal.get_by_role("button", name="Dismiss", exact=True).click()
        expect(self.page.locator(f"[aria-labelledby='{title}']")).to_have_count(0)

    def types(self, command: str) -> None:
        box = self.page.get_by_role("textbox", name="Message #")
        box.fill(command)
        box.press("Enter")

    @property
    def modal(self) -> Locator:
        """The dialog on top."""
        return self.page.get_by_role("dialog").last

    def clicks(self, name: str, nth: int = 0) -> None:
        self.modal.get_by_role("button", name=name, exact=True).nth(nth).click()

    def fills(self, label: str, text: str) -> None:
        self.modal.get_by_label(label, exact=True).fill(text)

    def sees(self, text: str) -> None:
        expect(self.modal.get_by_text(text).first).to_be_visible()

    def is_in(self, title: str) -> None:
        expect(self.modal).to_have_accessible_name(title)

    def picture(self, name: str) -> None:
        self._taken(self.page, name)

    def picture_of_dialog(self, name: str) -> None:
        """A picture of the dialog alone, once nothing is under way in it."""
        expect(self.modal).not_to_have_attribute("aria-busy", "true")
        self._taken(self.modal, name)

    def _taken(self, seen: Page | Locator, name: str) -> None:
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            seen.screenshot(path=f"{PICTURES}/{name}.png")


@pytest.fixture
def at_page(chromium: Browser, playground: Playground) -> Iterator[object]:
    """Somebody at the page, by their id: `at_page("U0ANNA")`; each has a window of their own."""
    contexts = []

    def come(user: str, width: int = 1280, height: int = 900) -> Person:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        return Person(context.new_page(), playground.url, user)

    yield come
    for context in contexts:
        context.close()
