"""Whatever the data says, an answer carries no control or direction-changing character, no link, and stays bounded."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import texts
from bot.catalogue import Catalogue, CommandSpec, ParameterSpec
from bot.forms import counted, form_for
from bot.invocation import Invocation
from bot.messages import Message
from bot.ports import GraphError
from bot.replies import errors, helps, operations, plans, tables
from tests.bot.reading import spans
from tests.bot.specs import SERVER_CREATE, SERVER_DELETE, SERVER_LIST, SERVER_LOG, SERVER_SHOW

NASTY = st.text(max_size=30) | st.sampled_from(
    ["\u202egnp.exe", "\x1b[31mred", "a\x00b", "<!channel>", "@here", "[x](http://evil)", "`code`", "**bold**", "\u2066x", "\ud800",
     "x" * 3_000, "line\nline", "\u2028", "\u200b", "&lt;"]
)  # fmt: skip
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY, inner, max_size=3),
    max_leaves=5,
)
TARGETS = st.lists(st.fixed_dictionaries({"kind": NASTY, "name": NASTY, "id": st.none() | NASTY}), max_size=12)
TEXTS = st.sampled_from([texts.of("en"), texts.of("ko")])
FRESHNESS = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["LIVE", "CACHE", "STALE"]),
        "backends": st.lists(
            st.fixed_dictionaries(
                {
                    "name": NASTY,
                    "kind": NASTY,
                    "status": st.sampled_from(["OK", "DEGRADED", "DOWN"]),
                    "lagSeconds": st.none() | st.floats(0, 1e6),
                    "error": st.none() | NASTY,
                }
            ),
            max_size=7,
        ),
    }
)
ROWS = st.lists(
    st.fixed_dictionaries({"name": VALUE, "status": VALUE, "image": VALUE, "tags": VALUE, "createdAt": VALUE}),
    max_size=4,
)
PLAN = st.fixed_dictionaries(
    {
        "id": NASTY, "action": NASTY, "danger": NASTY, "requires": NASTY, "targets": TARGETS, "dependants": TARGETS,
        "changes": st.lists(
            st.fixed_dictionaries({"target": NASTY, "attribute": NASTY, "before": NASTY, "after": st.none() | NASTY}), max_size=12
        ),
        "quota": st.lists(
            st.fixed_dictionaries({"service": NASTY, "resource": NASTY, "limit": NASTY, "used": NASTY, "after": NASTY}), max_size=3
        ),
        "warnings": st.lists(NASTY, max_size=12), "undo": NASTY, "projectName": NASTY, "actorName": NASTY, "expiresAt": NASTY,
        "approval": st.none() | st.fixed_dictionaries({"state": NASTY, "role": NASTY, "byName": NASTY, "byId": NASTY, "reason": NASTY}),
    }
)  # fmt: skip
OPERATION = st.fixed_dictionaries(
    {
        "id": NASTY, "action": NASTY, "state": NASTY, "progress": st.floats(allow_nan=False), "correlationId": NASTY,
        "resourceIds": st.lists(NASTY, max_size=3), "resource": st.none() | st.fixed_dictionaries({"name": NASTY}),
        "error": st.none() | st.fixed_dictionaries({"message": NASTY, "retryable": st.booleans()}),
        "steps": st.lists(st.fixed_dictionaries({"title": NASTY, "state": NASTY, "detail": NASTY}), max_size=20),
    }
)  # fmt: skip
many = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text that is shown, with the field that holds it; what a button runs is not shown."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("command", "document", "source", "value"):
                yield from strings(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


def check(shown: Any) -> None:
    longest = {"text": 600_000}
    for key, text in strings(msgspec.to_builtins(shown)):
        assert len(text) <= longest.get(key, 2_500), (key, len(text))
        for c in text:
            kind = unicodedata.category(c)
            harmless = c in "\u200c\u200d" or (c in "\n\t" and key == "text")
            assert harmless or kind not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"), (key, text)
    if isinstance(shown, Message):
        assert all(span.url is None for span in spans(shown))


@many
@given(TEXTS, ROWS, FRESHNESS, NASTY)
def test_rows(said: texts.Texts, rows: list[dict[str, Any]], freshness: dict[str, Any], text: str) -> None:
    extensions = {"freshness": freshness}
    data = {
        "servers": {"nodes": rows, "totalCount": len(rows) + 5, "pageInfo": {"endCursor": text, "hasNextPage": True}}
    }
    check(tables.of_read(said, SERVER_LIST, data, None, Invocation(SERVER_LIST, {}), extensions))
    for row in rows:
        check(tables.of_read(said, SERVER_SHOW, {"server": row}, None, Invocation(SERVER_SHOW, {}), extensions))
    check(tables.of_read(said, SERVER_LOG, {"server": {"consoleLog": text * 100}}, None, Invocation(SERVER_LOG, {})))
    check(tables.of_json(said, SERVER_LIST, data))


@many
@given(TEXTS, PLAN)
def test_plans(said: texts.Texts, plan: dict[str, Any]) -> None:
    check(plans.of_plan(said, plan))


@many
@given(TEXTS, OPERATION, st.floats(0, 1e7))
def test_operations(said: texts.Texts, operation: dict[str, Any], elapsed: float) -> None:
    check(operations.of_operation(said, operation, None, elapsed))


@many
@given(TEXTS, NASTY, NASTY, st.lists(st.tuples(NASTY, NASTY), max_size=12).map(tuple))
def test_errors(said: texts.Texts, text: str, field: str, candidates: tuple[tuple[str, str], ...]) -> None:
    error = GraphError("INVALID", text, field=field, candidates=candidates, correlation_id=text)
    check(errors.of_errors(said, [error, GraphError(text, field)]))
    project = GraphError("INVALID", text, field="project", candidates=candidates)
    for each in (error, project):
        check(errors.of_ambiguous(said, each, Invocation(SERVER_DELETE, {"server": text})))


@many
@given(TEXTS, NASTY, st.lists(NASTY, max_size=4))
def test_helps(said: texts.Texts, text: str, words: list[str]) -> None:
    parameter = ParameterSpec("it", type=text, help=text, default=text, choices_from=text)
    spec = CommandSpec("thing.do", summary=text, role=text, danger=text, parameters=(parameter,), document=text)
    check(helps.of_command(said, spec))
    check(helps.of_noun(said, Catalogue([spec]), "thing", frozenset({"thing.do"})))
    check(helps.overview(said, Catalogue([spec]), frozenset({"thing.do"}), [(text, text)]))
    check(helps.unknown(said, words, []))
    check(helps.of_explain(said, spec, {"a": text, "b": words}))


@many
@given(TEXTS, st.lists(st.fixed_dictionaries({"id": NASTY, "name": st.none() | NASTY}), max_size=4), NASTY)
def test_forms(said: texts.Texts, rows: list[dict[str, Any]], text: str) -> None:
    choices = counted({"rows": {"totalCount": len(rows), "nodes": rows}})
    check(
        form_for(
            said,
            Invocation(SERVER_CREATE, {"name": text}, SERVER_CREATE.parameters[:2]),
            {"flavor": choices},
            "f1",
            100,
        )
    )


def test_the_check_itself_sees_what_it_looks_for() -> None:
    for bad in ("\u202e", "\x07", "\ud800"):
        with pytest.raises(AssertionError):
            check(Message(summary=f"x{bad}"))
