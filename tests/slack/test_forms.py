"""Forms as modals, and what people fill in."""

import msgspec
import pytest

from bot.messages import Choice, FieldKind, Form, FormField
from bot.platforms.base import Entry, Incoming, Person, Place, PlatformError
from tests.slack.conftest import Connected

pytestmark = pytest.mark.anyio
FLAVORS = (Choice("flavor:krane/1", "m1.small"), Choice("flavor:krane/2", "m1.large"))
FIELDS = (
    FormField(name="name", label="Name", required=True, hint="Letters & digits"),
    FormField(name="flavor", label="Flavor", kind=FieldKind.CHOICE, required=True, choices=FLAVORS),
    FormField(name="networks", label="Networks", kind=FieldKind.CHOICES, choices=FLAVORS, initial=("flavor:krane/2",)),
    FormField(name="count", label="Count", kind=FieldKind.NUMBER, initial=("1",)),
    FormField(name="userData", label="User data", kind=FieldKind.LONG_TEXT),
    FormField(name="start", label="Start it", kind=FieldKind.SWITCH, required=True, initial=("true",)),
)
FORM = Form(
    id="f-1", title="Make a server, please do", command="server create --name web-1", fields=FIELDS, submit="Make"
)


async def asked(it: Connected, form: Form = FORM) -> None:
    await it.ann.mention("server create", "ops")
    await it.ann.type("/cloud server create", "ops")
    await it.platform.ask(it.inbox.received[-1], form)


async def test_a_form_is_filled_and_comes_back(both: Connected) -> None:
    await asked(both)
    form = both.ann.form
    assert form is not None and form["title"]["text"] == "Make a server, please do"
    ack = await both.ann.fill({"name": "web & <1>", "flavor": "m1.small", "userData": "#!/bin/sh\nls", "start": False})

    assert ack.ok and both.ann.form is None
    incoming = both.inbox.received[-1]
    assert (incoming.entry, incoming.form, incoming.text) == (Entry.FORM, "f-1", "server create --name web-1")
    assert incoming.values == {
        "name": ["web & <1>"],
        "flavor": ["flavor:krane/1"],
        "networks": ["flavor:krane/2"],
        "count": ["1"],
        "userData": ["#!/bin/sh\nls"],
        "start": ["false"],
    }
    assert incoming.place == both.inbox.received[-2].place
    assert incoming.person == both.inbox.received[-2].person
    assert incoming.trigger is not None


async def test_a_form_that_comes_again_says_why_and_holds_what_was_filled(http: Connected) -> None:
    fields = (
        msgspec.structs.replace(FIELDS[0], initial=("web 1",), problem="`web 1` can not be a name."),
        msgspec.structs.replace(FIELDS[4], initial=("one", "two")),
    )
    await asked(http, msgspec.structs.replace(FORM, fields=fields, problem="The quota is full."))
    form = http.ann.form
    assert form is not None
    shown = [block["text"]["text"] if block["type"] == "section" else block.get("block_id") for block in form["blocks"]]
    assert shown[1:] == ["⚠ The quota is full.", "⚠ web 1 can not be a name.", "name", "userData"]
    await http.ann.fill({})
    assert http.inbox.received[-1].values == {"name": ["web 1"], "userData": ["one\ntwo"]}


async def test_what_is_left_empty_is_empty(http: Connected) -> None:
    await asked(http)
    await http.ann.fill({"name": "a", "flavor": "flavor:krane/2", "networks": [], "count": "", "start": True})

    values = http.inbox.received[-1].values
    assert values is not None
    assert (values["networks"], values["count"], values["userData"], values["start"]) == ([], [], [], ["true"])


async def test_a_form_keeps_thread_and_message(http: Connected) -> None:
    await http.ann.type("/cloud x")
    incoming = Incoming(
        id="i",
        person=Person(platform="slack", id="T1/U1"),
        place=Place(platform="slack", channel="C1", name="ops", thread="1.1"),
        text="x",
        message="1.2",
        link="https://standin.slack.com/archives/C1/p12",
        trigger=http.inbox.received[0].trigger,
    )
    await http.platform.ask(incoming, FORM)
    await http.ann.fill({"name": "a", "flavor": "m1.small"})

    back = http.inbox.received[-1]
    assert (back.place, back.message, back.link) == (incoming.place, "1.2", incoming.link)


async def test_a_form_comes_too_late(both: Connected) -> None:
    await both.ann.type("/cloud server create")
    both.slack.expire_triggers()
    with pytest.raises(PlatformError) as late:
        await both.platform.ask(both.inbox.received[0], FORM)

    assert late.value.code == "no_trigger" and both.ann.form is None


async def test_a_trigger_opens_one_form(http: Connected) -> None:
    await asked(http)
    with pytest.raises(PlatformError) as again:
        await http.platform.ask(http.inbox.received[-1], FORM)

    assert again.value.code == "no_trigger"


async def test_a_mention_has_no_trigger(http: Connected) -> None:
    await http.ann.mention("server create")
    with pytest.raises(PlatformError) as none:
        await http.platform.ask(http.inbox.received[0], FORM)

    assert none.value.code == "no_trigger"


async def test_a_form_that_can_not_be_stored_stays_open(both: Connected) -> None:
    await both.knows_ann()
    await asked(both)
    both.inbox.broken = True
    ack = await both.ann.fill({"name": "a", "flavor": "m1.small"})

    assert "아무것도 실행하지 않았습니다" in ack.text and both.ann.form is not None
    assert len(both.inbox.received) == 2
    both.inbox.broken = False
    assert (await both.ann.fill({"name": "a", "flavor": "m1.small"})).ok
    assert both.inbox.received[-1].form == "f-1"


async def test_more_choices_than_slack_shows(http: Connected) -> None:
    many = tuple(Choice(f"image:krane/{number}", f"image {number}" + "x" * 80) for number in range(250))
    field = FormField(name="image", label="Image", kind=FieldKind.CHOICE, choices=many, required=True)
    await asked(http, Form(id="f", title="T" * 40, command="x" * 5_000, fields=(field,), submit="S" * 40))
    await http.ann.fill({"image": "image:krane/99"})

    assert http.inbox.received[-1].values == {"image": ["image:krane/99"]}
    assert http.inbox.received[-1].text == ""  # too long to travel; the form is known by its id


async def test_a_choice_of_nothing_is_typed(http: Connected) -> None:
    field = FormField(name="image", label="", kind=FieldKind.CHOICE, required=True)
    await asked(http, Form(id="f", title="", command="", fields=(field,), submit=""))
    await http.ann.fill({"image": "ubuntu"})

    assert http.inbox.received[-1].values == {"image": ["ubuntu"]}


@pytest.mark.parametrize(
    "fields",
    [
        tuple(FormField(name=f"f{number}", label="x") for number in range(100)),
        (FormField(name="x" * 256, label="x"),),
        (FormField(name="x", label="x", kind=FieldKind.CHOICE, choices=(Choice("v" * 151, "v"),)),),
    ],
)
async def test_a_form_that_slack_can_not_show(http: Connected, fields: tuple[FormField, ...]) -> None:
    with pytest.raises(PlatformError) as refused:
        await asked(http, Form(id="f", title="t", command="c", fields=fields, submit="s"))

    assert refused.value.code == "form_size" and http.ann.form is None


async def test_a_modal_of_somebody_else_is_left_alone(http: Connected) -> None:
    await asked(http)
    form = http.ann.form
    assert form is not None
    for changed in ({"callback_id": "other"}, {"private_metadata": "{"}, {"private_metadata": "{}"}):
        assert (await http.ann.fill({"name": "a", "flavor": "m1.small"}, form | changed)).ok

    assert len(http.inbox.received) == 2
