"""The console page in tests: signed in, with what the tests of the folder do again and again."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from bot.messages import Message
from bot.platforms.base import Place
from bot.platforms.console import ConsolePlatform
from gateway.console.build import build
from tests.browser.axe import COLOURS, violations
from tests.browser.chromium import Visit, visit
from tests.served import Served

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


class Console:
    def __init__(self, shown: Visit, gateway: Served) -> None:
        self.visit = shown
        self.page: Page = shown.page
        self.gateway = gateway

    @property
    def platform(self) -> ConsolePlatform:
        return self.gateway.inside.app.chat.console

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self.gateway.url}{path}")

    def sign_in(self, name: str) -> None:
        """By the keyboard."""
        self.page.get_by_label("User", exact=True).focus()
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Enter")

    def enter(self, name: str = "jiwoo", room: str | None = None) -> None:
        self.open()
        self.sign_in(name)
        expect(self.input).to_be_focused()
        if room is not None:
            self.room(room)

    def room(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Rooms").get_by_role("button", name=name).click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()

    @property
    def input(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message to")

    def say(self, text: str) -> Locator:
        """Types it, sends it; the thread that begins with it."""
        self.input.fill(text)
        self.input.press("Enter")
        return self.threads.filter(has=self.page.locator("p.typed", has_text=text)).last

    def types_on(self, text: str = "whoami") -> None:
        """What one types goes where it is sent from, without a click there."""
        self.page.keyboard.type(text)
        expect(self.input).to_have_value(text)
        self.input.fill("")

    @property
    def threads(self) -> Locator:
        return self.page.locator(".threads > li")

    @property
    def suggestions(self) -> Locator:
        return self.page.get_by_role("listbox", name="Suggestions").get_by_role("option")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def line_is_back(self) -> None:
        """The events may pass again, and the page tries at once; its button is gone when it has tried by itself meanwhile."""
        self.page.unroute("**/chat/events*")
        self.page.get_by_role("button", name="Try now").evaluate_all("found => found.forEach((one) => one.click())")

    def place(self, thread: str | None = None) -> Place:
        """The room that is shown, as the bot names it."""
        return Place(
            platform="console", channel=self.page.evaluate("decodeURIComponent(location.hash.slice(1))"), thread=thread
        )

    def post(self, message: Message, thread: str | None = None) -> str:
        """Something that the bot says in the room that is shown."""
        return self.gateway.run(self.platform.post(self.place(thread), message))

    def edit(self, message_id: str, message: Message) -> None:
        self.gateway.run(self.platform.edit(self.place(), message_id, message))

    def sound(self) -> None:
        """axe finds nothing, also of the colours in dark; nothing came from elsewhere, and the content policy refused nothing."""
        assert violations(self.page) == []
        self.page.emulate_media(color_scheme="dark")
        assert violations(self.page, COLOURS) == [], "dark"
        self.page.emulate_media(color_scheme="light")
        assert self.visit.strangers == []
        assert self.visit.complaints == []

    def fits(self) -> None:
        """Nothing makes the page itself scroll sideways."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@contextmanager
def console(running: Browser, gateway: Served, locale: str = "en-US") -> Iterator[Console]:
    build()  # instant when the page of these sources is in the cache
    with visit(running, gateway.url, locale) as shown:
        yield Console(shown, gateway)
