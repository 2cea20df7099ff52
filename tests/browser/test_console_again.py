"""The console page with a form that was refused, and with as long a conversation as it keeps."""

import secrets
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, expect

from bot.messages import Button, Buttons, Message, Table, Tone
from gateway.console.build import build
from tests.browser.console import DESKTOP, PHONE, Console, console
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]

SECONDS = 60_000.0  # milliseconds, as Playwright counts
KEPT = 2_000  # entries that the page keeps of a room
# What a letter costs of layout, as a share of what laying out the whole conversation costs in the same page. The least of many: what else
# the machine does meanwhile only adds to it.
LETTER = """() => {
  const area = document.querySelector('.composer textarea');
  const all = document.querySelector('.talk');
  area.focus();
  const least = (work) => Math.min(...Array.from({length: 30}, (_, turn) => {
    const start = performance.now();
    work(turn);
    document.body.offsetHeight;
    return performance.now() - start;
  }));
  const letter = least(() => document.execCommand('insertText', false, 'x'));
  const whole = least((turn) => { all.style.fontSize = turn % 2 ? '15px' : '16px'; });
  all.style.fontSize = '';
  return letter / whole;
}"""

ROWS = tuple((f"web-{row}", "ACTIVE", "m1.small") for row in range(12))
LISTED = Message(
    summary="server list: 12 of 60",
    tone=Tone.GOOD,
    blocks=(
        Table(columns=("Name", "Status", "Flavor"), rows=ROWS, caption="12 of 60"),
        Buttons((Button(label="More", command="server list --after 12"),)),
    ),
)
# To the beginning of the view, and drawn so.
SCROLLED = """async (element) => {
  element.scrollIntoView({ block: 'start' });
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""


def conversation(talk: Console) -> list[dict[str, Any]]:
    """Requests and their answers: as many entries as the page keeps."""
    shared = {"room": talk.place().channel, "version": 1}
    author, table = {"id": "user:krane/x", "name": "minho"}, msgspec.to_builtins(LISTED)
    return [
        entry
        for at in range(KEPT // 2)
        for entry in (
            {**shared, "id": f"said-{at}", "at": 2.0 * at, "author": author, "text": f"server list --first {at}"},
            {**shared, "id": f"answer-{at}", "at": 2.0 * at + 1, "thread": f"said-{at}", "message": table},
        )
    ]


@pytest.fixture
def talk(chromium: Browser, gateway: Served) -> Iterator[Console]:
    build()
    with console(chromium, gateway) as it:
        yield it


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_form_that_was_refused_opens_again_as_it_was_filled(talk: Console, size: dict[str, int]) -> None:
    name = f"again-{secrets.token_hex(3)}"
    talk.enter(room="shop")
    talk.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    thread = talk.say(f"server create {name}")
    talk.dialog.get_by_label("Flavor").select_option("m1.small")
    talk.dialog.get_by_label("User data").fill("#!hunter2")
    talk.dialog.get_by_role("button", name="Run").click()
    why = "Say what to boot, by image or bootVolume."
    image = talk.dialog.get_by_label("Image")
    expect(talk.dialog.get_by_text(why)).to_be_visible(timeout=SECONDS)
    expect(image).to_be_focused()
    expect(image).to_have_attribute("aria-invalid", "true")
    expect(talk.dialog.get_by_label("Flavor")).to_have_value("m1.small")
    expect(talk.dialog.locator("[name=name]")).to_have_value(name)
    expect(talk.dialog.get_by_label("User data")).to_have_value("")
    talk.sound()
    talk.fits()
    image.select_option("ubuntu-24.04")
    talk.page.keyboard.press("Escape")
    expect(thread.get_by_role("button", name="Open it again")).to_have_count(0)
    thread.get_by_role("button", name="Fill in again").click()
    expect(image).to_be_focused()
    expect(image).to_have_value("ubuntu-24.04")  # as it was left
    talk.dialog.get_by_role("button", name="Run").click()
    expect(thread.locator("article.answer")).to_contain_text(f"server create {name} is done", timeout=SECONDS)
    expect(thread.locator("article.answer")).to_have_count(1)


def test_a_form_that_was_closed_opens_again_as_it_was_left(talk: Console) -> None:
    talk.enter(room="shop")
    thread = talk.say("server create left-open")
    talk.dialog.get_by_label("Flavor").select_option("m1.small")
    talk.dialog.get_by_label("User data").fill("#!hunter2")
    talk.page.keyboard.press("Escape")
    expect(thread).to_contain_text("The form was closed; nothing was sent.")
    talk.sound()
    thread.get_by_role("button", name="Open it again").click()
    expect(talk.dialog.get_by_label("Flavor")).to_have_value("m1.small")
    expect(talk.dialog.get_by_label("User data")).to_have_value("")
    expect(thread).not_to_contain_text("The form was closed")


def test_who_has_just_come_begins_by_a_button(talk: Console) -> None:
    # Whatever other tests have said there.
    talk.page.route("**/messages?limit=*", lambda route: route.fulfill(json={"messages": []}))
    talk.enter("sora", room="search")
    talk.sound()
    talk.page.get_by_role("button", name="help", exact=True).click()
    expect(talk.threads.last.locator("article.answer")).to_contain_text("You may run these here.")


def test_a_letter_costs_no_layout_of_a_long_conversation(talk: Console) -> None:
    talk.enter()
    talk.page.route("**/messages?limit=*", lambda route: route.fulfill(json={"messages": conversation(talk)}))
    talk.room("talk")
    expect(talk.page.locator("article")).to_have_count(KEPT)
    assert talk.page.evaluate(LETTER) < 0.01
    expect(talk.page.locator(f"#entry-answer-{KEPT // 2 - 1}")).to_be_in_viewport()
    read = talk.page.locator("#entry-said-500")
    read.evaluate(SCROLLED)
    talk.page.set_viewport_size({"width": 420, "height": 640})
    expect(read).to_be_in_viewport()  # what one reads stays where it is
