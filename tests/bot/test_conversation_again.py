"""A form that was refused comes once more as it was filled, with why; a button brings it back, and the next answer replaces the refusal."""

import asyncio
from collections.abc import Mapping, Sequence

from bot import texts
from bot.forms import Choices, Refilled, asked_for, form_for
from bot.messages import Choice, Form, Message, Tone
from tests.bot.chatting import Chatting, button, buttons
from tests.bot.talking import fill, forms_of, only, operations, rows, waits
from tests.bot.test_forms import begun

SECONDS = 30.0
AGAIN = "Fill in again"


def held(form: Form) -> dict[str, tuple[str, ...]]:
    return {field.name: field.initial for field in form.fields}


def problems(form: Form) -> dict[str, str]:
    return {field.name: field.problem for field in form.fields if field.problem}


async def refused(chat: Chatting, text: str, values: Mapping[str, Sequence[str]]) -> tuple[str, Message, Form]:
    """What was said, the answer to its filled form, and the form that came then."""
    async with forms_of(chat, "jiwoo") as offered:
        said = await chat.said("jiwoo", text)
        form = await asyncio.wait_for(offered.get(), SECONDS)
        await fill(chat, "jiwoo", "filled-1", form.id, {name: list(given) for name, given in values.items()})
        again = await asyncio.wait_for(offered.get(), SECONDS)
        answer = await chat.reply("jiwoo", said, wanted=lambda message: AGAIN in [b.label for b in buttons(message)])
    assert again.id != form.id
    return said, answer, again


async def test_what_the_graph_refuses_comes_again_as_it_was_filled(chat: Chatting) -> None:
    values = {"flavor": ["m1.small"], "networks": ["shop-net"], "userData": ["hunter2"]}
    said, answer, again = await refused(chat, "server create web-9 --project shop", values)
    assert (answer.tone, "Say what to boot" in answer.summary) == (Tone.BAD, True)
    assert "hunter2" not in repr((answer, again))
    fields = held(again)
    assert (fields["flavor"], fields["networks"], fields["userData"]) == (("m1.small",), ("shop-net",), ())
    assert fields["name"] == ("web-9",), "what was typed may be the mistake as well"
    assert next(iter(fields)) == "image"
    assert problems(again) == {"image": "Say what to boot, by `image` or `bootVolume`."}
    secret = next(field for field in again.fields if field.name == "userData")
    assert "fill it in again" in secret.hint
    assert await operations(chat.graph) == []
    values = {"name": ["web-10"], "flavor": ["m1.small"], "image": ["ubuntu-24.04"], "networks": ["shop-net"]}
    await fill(chat, "jiwoo", "filled-2", again.id, values)
    await waits(chat, "jiwoo", said, "server create web-10 is done")
    await only(chat, "jiwoo", said)  # one message for the command: the refusal became the answer


async def test_a_value_of_the_wrong_type_is_told_at_its_field_and_kept(chat: Chatting) -> None:
    values = {"flavor": ["m1.small"], "bootVolumeSize": ["huge"], "image": ["ubuntu-24.04"]}
    _, answer, again = await refused(chat, "server create web-9 --project shop", values)
    assert held(again)["bootVolumeSize"] == ("huge",)
    assert list(problems(again)) == ["bootVolumeSize"] and again.problem == ""
    assert {each.label for each in buttons(answer)} == {AGAIN, "Help: server create"}
    assert [row["error"] for row in await rows(chat.graph)] == ["INVALID"]


def test_a_refusal_of_the_whole_stands_above_the_fields() -> None:
    refilled = Refilled({"flavor": ["m1"]}, "No room.")
    again = form_for(texts.of("en"), begun("server create web"), {}, "f1", 100, refilled)
    assert (again.problem, problems(again)) == ("No room.", {})


async def test_the_button_opens_the_form_for_who_filled_it_until_it_was_sent(chat: Chatting) -> None:
    said, answer, again = await refused(chat, "server create web-9 --project shop", {"flavor": ["m1.small"]})
    async with forms_of(chat, "jiwoo") as offered:
        await chat.press("jiwoo", answer, AGAIN)
        same = await asyncio.wait_for(offered.get(), SECONDS)
    assert (same.id, held(same), problems(same)) == (again.id, held(again), problems(again))
    typed = button(answer, AGAIN).command
    assert "somebody else" in (await chat("operator", typed)).summary
    await fill(chat, "jiwoo", "filled-2", again.id, {"flavor": ["m1.small"], "image": ["ubuntu-24.04"]})
    await waits(chat, "jiwoo", said, "is done")
    assert "sent already" in (await chat("jiwoo", typed)).summary
    assert "too old" in (await chat("jiwoo", "form 0badf00d")).summary
    assert "Say which form" in (await chat("jiwoo", "form")).summary
    assert [each["action"] for each in await operations(chat.graph)] == ["server.create"]


async def test_a_form_may_be_refused_again_and_again(chat: Chatting) -> None:
    said, _, again = await refused(chat, "server create web-9 --project shop", {"flavor": ["m1.small"]})
    async with forms_of(chat, "jiwoo") as offered:
        values = {"name": ["web-11"], "flavor": ["m1.small"], "image": ["no-such-image"]}
        await fill(chat, "jiwoo", "filled-2", again.id, values)
        third = await asyncio.wait_for(offered.get(), SECONDS)
    assert (held(third)["name"], held(third)["image"]) == (("web-11",), ("no-such-image",))
    assert "no-such-image" in problems(third)["image"]
    await waits(chat, "jiwoo", said, "no-such-image")
    await only(chat, "jiwoo", said)


def test_what_was_given_in_the_text_can_be_corrected_and_secrets_are_left() -> None:
    begun_ = begun("server create web --count 2 --user-data hunter2 --metadata a=1 --project shop")
    again = Refilled({"flavor": ["m1"], "tags": ["a", "b"]}, "No.", "count")
    names = [parameter.name for parameter in asked_for(begun_, again)]
    assert names[0] == "count" and {"name", "flavor", "tags"} <= set(names)
    assert not {"userData", "metadata", "project"} & set(names)
    choices = {"flavor": Choices([Choice("m1", "m1"), Choice("m2", "m2")], 2)}
    form = form_for(texts.of("en"), begun_, choices, "f1", 100, again)
    assert (held(form)["count"], held(form)["tags"], held(form)["flavor"]) == (("2",), ("a", "b"), ("m1",))
    assert "hunter2" not in repr(form)
