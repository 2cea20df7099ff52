"""A form in Slack whose content the cloud refuses: it comes again as it was filled, and by a button later."""

import secrets
from typing import Any

from tests.polling import eventually
from tests.slack.standin import Human, Shown
from tests.trips.chat_desk import Desk

WHY = "Say what to boot, by image or bootVolume."


def held(view: dict[str, Any]) -> dict[str, Any]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def told(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]


async def refused(desk: Desk, jiwoo: Human, name: str) -> tuple[dict[str, Any], Shown]:
    """The form that comes after the first one was refused, and the message."""
    await jiwoo.type(f"/cloud server create {name}")
    first = await jiwoo.sees_form()
    assert (await jiwoo.fill({"flavor": "m1.small", "userData": "#!hunter2"})).ok

    async def another() -> dict[str, Any] | None:
        return jiwoo.form if jiwoo.form is not None and jiwoo.form["id"] != first["id"] else None

    again = await eventually(another, "the form comes again")
    shown = await jiwoo.sees(lambda shown: WHY in shown.text and "Fill in again" in [b.label for b in shown.buttons])
    return again, shown


async def test_a_refused_form_opens_again_with_what_was_filled_in(desk: Desk, jiwoo: Human) -> None:
    name = f"again-{secrets.token_hex(3)}"
    view, shown = await refused(desk, jiwoo, name)
    fields = held(view)
    assert told(view) == [f"⚠ {WHY}"]
    assert fields["flavor"]["initial_option"]["value"] == "m1.small"
    assert fields["name"]["initial_value"] == name
    assert "hunter2" not in repr(view) + shown.text
    async with desk.once("server.create"):
        assert (await jiwoo.fill({"image": "ubuntu-24.04"})).ok
    done = await jiwoo.sees(f"server create {name} is done")
    assert done.posted.ts == shown.posted.ts, "the refusal became the answer"


async def test_a_form_that_was_closed_is_opened_by_the_button(desk: Desk, jiwoo: Human) -> None:
    view, shown = await refused(desk, jiwoo, "again-closed")
    jiwoo._slack.world.viewers.clear()
    assert (await jiwoo.press("Fill in again", message=shown)).ok
    same = await jiwoo.sees_form()
    assert (held(same), told(same)) == (held(view), told(view))
    jiwoo._slack.world.viewers.clear()
