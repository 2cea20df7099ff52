"""A form with a field of every kind, as the bot asks by one."""

from playwright.sync_api import expect

from bot.messages import Choice, FieldKind, Form, FormField
from bot.platforms.base import Incoming, Person
from tests.browser.console import Console

FORM = Form(
    id="form-of-every-kind",
    title="Make a thing",
    command="thing create",
    submit="Make it",
    fields=(
        FormField(name="name", label="Name", required=True, hint="Such as `we`b-1`; a ` alone is a sign."),
        FormField(name="kind", label="Kind", kind=FieldKind.CHOICE, required=True, choices=(Choice("a", "An A"),)),
        FormField(name="parts", label="Parts", kind=FieldKind.CHOICES, choices=(Choice("x", "X"), Choice("y", "Y"))),
        FormField(name="count", label="Count", kind=FieldKind.NUMBER, initial=("1",)),
        FormField(name="script", label="Script", kind=FieldKind.LONG_TEXT),
        FormField(name="secret", label="Secret", secret=True),
        FormField(name="open", label="Open to all", kind=FieldKind.SWITCH),
    ),
)


def said(page: Console, text: str = "version") -> str:
    """Says it; its id, to which a form may answer."""
    entry = page.say(text).locator("article.said").first.get_attribute("id")
    assert entry is not None
    return entry.removeprefix("entry-")


def asked(page: Console, trigger: str, form: Form = FORM) -> None:
    """The bot asks by the form for what the page said."""
    me = page.page.evaluate("fetch('/chat/rooms').then((r) => r.json()).then((r) => r.me.id)")
    person = Person(platform="console", id=me)
    incoming = Incoming(id=form.command, person=person, place=page.place(), text=form.command, trigger=trigger)
    page.gateway.run(page.platform.ask(incoming, form))


def offer(page: Console) -> None:
    """The bot asks by the form, and the page shows it."""
    asked(page, said(page))
    expect(page.dialog).to_be_visible()
