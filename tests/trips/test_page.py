"""The conversation of a day on the web page, in a browser without a network, by clicks and keys alone: as jiwoo has it, and on her phone.

Pictures of each step lie in the test's folder, in light and in dark.
"""

import secrets
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import chromium
from tests.browser.console import DESKTOP, PHONE, Console, console
from tests.served import Served

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]

SECONDS = 60_000.0  # milliseconds, as Playwright counts
NAMED = """query($name: String!) {
  me { id } servers(filter: {name: {eq: $name}}, maxAge: 0) { nodes { status userId project { name } } }
  operations { action state actorName origin resourceNames }
}"""
# What the answers looked like on the way: [id of the message, its tone, how far its bar was]
WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    for (const article of document.querySelectorAll('article.answer')) {
      window.seen.push([article.id, article.className, article.querySelector('progress')?.value ?? null]);
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


class Person:
    """At the page: types, looks for words, presses what has a name; and takes pictures."""

    def __init__(self, page: Console, pictures: Path) -> None:
        self.console = page
        self.page = page.page
        self.pictures = pictures
        self._count = 0

    def types(self, text: str) -> Locator:
        """A command, and Enter; the thread that begins with it."""
        self.console.input.focus()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        said = self.page.locator("p.typed", has_text=text)
        return self.console.threads.filter(has=said).last

    def answered(self, thread: Locator, words: str) -> Locator:
        """The one answer of a thread that has the words, once it is there."""
        answer = thread.locator("article.answer", has_text=words)
        expect(answer).to_have_count(1, timeout=SECONDS)
        return answer

    def looks(self, what: str, new: bool = False) -> None:
        """A picture in both colours; the page fits the screen, and is sound where it shows something `new`."""
        self._count += 1
        if new:
            self.console.sound()
        self.console.fits()
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
            self.page.screenshot(path=self.pictures / f"{self._count:02}-{what}-{scheme}.png")
        self.page.emulate_media(color_scheme="light")

    def details(self, answer: Locator) -> Locator:
        """What an answer came from: beside the conversation, or inside the answer on a narrow screen."""
        answer.get_by_role("button", name="Details of:").click()
        beside = self.page.get_by_role("complementary", name="Details")
        return beside if beside.count() else answer


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_server_is_made_listed_stopped_taken_back_and_deleted(
    chromium: Browser, gateway: Served, size: dict[str, int], tmp_path: Path
) -> None:
    with console(chromium, gateway) as page:
        page.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        jiwoo = Person(page, tmp_path)
        name = f"page-{secrets.token_hex(3)}"
        page.open()
        expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
        jiwoo.looks("sign-in", new=True)
        page.sign_in("jiwoo")
        expect(page.input).to_be_focused()
        if size is PHONE:
            page.page.get_by_role("button", name="Rooms").click()
            jiwoo.looks("rooms", new=True)
        page.room("shop")
        page.page.evaluate(WATCH)

        thread = jiwoo.types(f"server create {name} --image ubuntu-24.04")
        expect(page.dialog).to_be_visible()
        flavor = page.dialog.get_by_label("Flavor")
        jiwoo.looks("form", new=True)
        flavor.select_option("m1.small")  # by keys a browser forgets what was typed a second ago
        page.dialog.get_by_role("button", name="Run").click()
        made = jiwoo.answered(thread, f"server create {name} is done")
        jiwoo.looks("made", new=True)
        of_it = made.get_attribute("id")
        seen = [(tones.split(), share) for entry, tones, share in page.page.evaluate("seen") if entry == of_it]
        # A page that is slow to draw may show the end alone; what it showed before was under way, and had its bar.
        under_way = [share for tones, share in seen if "good" not in tones]
        assert "good" in seen[-1][0]
        assert all("wait" in tones for tones, _ in seen[: len(under_way)])
        assert not under_way or any(share is not None for share in under_way)
        expect(thread.locator("article.answer")).to_have_count(1)  # one message, edited
        details = jiwoo.details(made)
        expect(details).to_contain_text(f"server create {name} --flavor=m1.small")
        expect(details).to_contain_text("serverCreate(")
        jiwoo.looks("details", new=True)
        found = graph(gateway, name)
        (server,) = found["servers"]["nodes"]
        assert server == {"status": "ACTIVE", "userId": found["me"]["id"], "project": {"name": "shop"}}

        thread = jiwoo.types(f"server list --name {name}")
        rows = thread.get_by_role("table").get_by_role("row")
        expect(rows).to_have_count(2, timeout=SECONDS)
        expect(rows.nth(1)).to_contain_text("ACTIVE")
        expect(rows.nth(1).get_by_role("cell").first).to_have_text(name)
        jiwoo.looks("list", new=True)

        thread = jiwoo.types(f"server stop {name}")
        plan = jiwoo.answered(thread, "nothing has happened yet")
        jiwoo.looks("stop-plan")
        plan.get_by_role("button", name="Confirm").click()
        stopped = jiwoo.answered(thread, f"server stop {name} is done")
        jiwoo.looks("stopped")
        stopped.get_by_role("button", name="Undo").click()
        jiwoo.answered(thread, f"server start {name} is done")
        expect(stopped.get_by_role("button", name="Undo")).to_have_count(0)
        jiwoo.looks("undone")
        assert [each["status"] for each in graph(gateway, name)["servers"]["nodes"]] == ["ACTIVE"]

        thread = jiwoo.types(f"server delete {name}")
        plan = jiwoo.answered(thread, "server delete is destructive")
        expect(plan).to_contain_text(f"server {name}")
        expect(plan).to_contain_text("It can not be undone.")
        button = plan.get_by_role("button", name="Confirm")
        button.focus()
        expect(plan.get_by_role("tooltip").first).to_contain_text("apply(planId: $planId")
        jiwoo.looks("delete-plan", new=True)
        assert len(graph(gateway, name)["servers"]["nodes"]) == 1, "nothing happened without a confirmation"
        button.press("Enter")
        jiwoo.answered(thread, f"server delete {name} is done")
        thread = jiwoo.types(f"server list --name {name}")
        jiwoo.answered(thread, "Nothing matches.")
        jiwoo.looks("gone")

        told = graph(gateway, name)
        assert told["servers"]["nodes"] == []
        mine = [each for each in told["operations"] if each["resourceNames"] == [name]]
        assert [each["action"] for each in reversed(mine)] == [
            "server.create", "server.stop", "server.start", "server.delete",
        ]  # fmt: skip
        assert {(each["state"], each["actorName"], each["origin"]) for each in mine} == {
            ("SUCCEEDED", "jiwoo", "console")
        }


def graph(gateway: Served, name: str) -> Any:
    return gateway.run(gateway.inside.data("jiwoo", NAMED, {"name": name}))
