"""Backticks in the graph's own sentences (errors, warnings, helps) are shown as code, whatever the names in them hold."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.invocation import Invocation
from bot.messages import Choice, Form, FormField, Message, Steps, Style, Text, clean, coded, text_of
from bot.platforms.base import Incoming, Person, Place
from bot.platforms.slack.modal import view_of
from bot.platforms.slack.render import Level
from bot.platforms.slack.render import render as in_slack
from bot.ports import GraphError
from bot.replies import errors, helps, operations, plans, tables
from bot.terminal.asking import Asking
from bot.terminal.render import render as in_terminal
from tests.bot.chatting import Chatting, shown
from tests.bot.reading import spans
from tests.bot.specs import SERVER_LIST, SERVER_SHOW

EN = texts.of("en")
SAID = "The volume `web-1` is attached."
READ = Invocation(SERVER_SHOW, {"server": "web-1"})
ROW: Mapping[str, Any] = {"name": "web-1", "status": "`odd`"}


def code(text: Text) -> list[str]:
    return [span.text for span in text if span.style is Style.CODE]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("`a` and (`b`), `c`/`d`: `--e`=`f`.", ["a", "b", "c", "d", "--e", "f"]),
        ("`web`이 없습니다", ["web"]),
        ("The volume `we`b` is in use; see `it`.", ["we`b", "it"]),  # a name with a mark in it
        ("The volume `web`` is in use; see `it`.", ["web`", "it"]),
        ("The volume ``web` is in use; see `it`.", ["`web", "it"]),
        ("The volume `` has no name; see `it`.", ["it"]),
        ("A ` alone, don`t, and `it.", []),
        ("` `", [" "]),
        ("", []),
    ],
)
def test_what_stands_between_a_pair_is_code(sentence: str, expected: list[str]) -> None:
    assert code(coded(sentence)) == expected


def test_what_was_cut_through_stays_text() -> None:
    assert text_of(coded("No `abcdef`", 8)) == "No `abc…" and code(coded("No `abcdef`", 8)) == []


@given(st.text("ab `.\u202e\n*<", max_size=40), st.integers(1, 50))
def test_nothing_is_lost_but_the_marks(sentence: str, limit: int) -> None:
    shown_as = coded(sentence, limit)
    assert "".join(f"`{span.text}`" if span.style is Style.CODE else span.text for span in shown_as) == clean(
        sentence, limit
    )
    assert all(span.url is None and span.text for span in shown_as)


OPERATION: Mapping[str, Any] = {"id": "o1", "action": "server.stop", "state": "FAILED", "error": {"message": SAID}}
STALE = {"freshness": {"source": "STALE", "backends": [{"name": "k", "kind": "x", "status": "DOWN", "error": SAID}]}}


@pytest.mark.parametrize(
    "made",
    [
        lambda: errors.of_errors(EN, [GraphError("CONFLICT", SAID)]),
        lambda: plans.of_plan(EN, {"id": "p1", "action": "server.stop", "danger": "HIGH", "warnings": [SAID]}),
        lambda: operations.of_operation(EN, OPERATION),
        lambda: tables.of_read(EN, SERVER_SHOW, {"server": ROW}, None, READ, errors=[GraphError("UNAVAILABLE", SAID)]),
        lambda: tables.of_read(EN, SERVER_SHOW, {"server": ROW}, None, READ, STALE),
        lambda: helps.of_command(EN, SERVER_LIST.__class__("server.list", summary=SAID)),
    ],
)
def test_every_answer_shows_it_as_code(made: Callable[[], Message]) -> None:
    message = made()
    assert "web-1" in code(tuple(spans(message)))
    assert "`web-1`" not in shown(message)
    assert "`web-1`" not in str(in_slack(message, Level.TABLES).blocks)
    assert "`web-1`" not in str(in_terminal(message, 80, EN))


def test_data_keeps_its_signs() -> None:
    """A value of a row is nobody's sentence."""
    assert "`odd`" in shown(tables.of_read(EN, SERVER_SHOW, {"server": ROW}, None, READ))


def test_the_step_that_failed_has_no_marks() -> None:
    steps = [{"title": "Stop `web-1`", "state": "FAILED", "detail": SAID}]
    made = operations.of_operation(EN, {**OPERATION, "error": None, "steps": steps})
    (found,) = [block for block in made.blocks if isinstance(block, Steps)]
    assert found.steps == (("FAILED", "Stop web-1", "The volume web-1 is attached."),)


def test_the_hint_of_a_form_has_no_marks_where_nothing_can_be_code() -> None:
    field = FormField(name="flavor", label="Flavor", required=True, choices=(Choice("a", "a"),), hint="Like `m1`.")
    form = Form(id="f1", title="t", command="server create", fields=(field,), submit="Go")
    asked = Incoming(
        id="1", person=Person(platform="slack", id="T1/U1"), place=Place(platform="slack", channel="C1"), text=""
    )
    assert "Like m1." in str(Asking(form, "r", "t", EN).asked(80))
    assert view_of(form, asked)["blocks"][-1]["hint"]["text"] == "Like m1."


async def test_a_name_in_a_refusal_is_code_in_chat(chat: Chatting) -> None:
    answer = await chat("jiwoo", "server show nowhere-1", room="shop")
    assert "nowhere-1" in code(tuple(spans(answer))), shown(answer)
    assert "`" not in shown(answer)
