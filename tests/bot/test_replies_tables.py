"""Answers of reading commands: tables and their next page, cards, long texts, raw answers, and how old they are."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot import texts
from bot.catalogue import CommandSpec, ParameterSpec
from bot.invocation import Invocation, bind
from bot.messages import Message, Tone, clean
from bot.parser import split
from bot.ports import GraphError
from bot.replies.tables import MAX_FILE, MAX_ROWS, of_json, of_read
from tests.bot.reading import buttons, lines, tables
from tests.bot.specs import SERVER_LIST, SERVER_LOG, SERVER_SHOW, catalogue

EN, KO = texts.of("en"), texts.of("ko")


def begun(text: str) -> Invocation:
    words = split(text)
    found = catalogue().find(words.words, {})
    assert found is not None
    return bind(found[0], words, found[1])


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"server:krane/{number}", "name": f"web-{number}", "status": "ACTIVE", "image": {"name": "ubuntu"},
        "tags": ["a", "b"], "createdAt": "2026-11-27T23:11:59.123456+09:00", **more,
    }  # fmt: skip


def page(rows: list[dict[str, Any]], total: int | None = None, cursor: str | None = None) -> dict[str, Any]:
    info = {"endCursor": cursor, "hasNextPage": cursor is not None}
    return {"servers": {"nodes": rows, "totalCount": len(rows) if total is None else total, "pageInfo": info}}


def listed(data: dict[str, Any], text: str = "server list", freshness: dict[str, Any] | None = None) -> Message:
    extensions = {"freshness": freshness} if freshness else {}
    return of_read(EN, SERVER_LIST, data, None, begun(text), extensions)


def test_a_table_of_the_declared_columns() -> None:
    (table,) = tables(listed(page([row(1)])))
    assert table.columns == ("Name", "Status", "Image", "Tags", "Created")
    assert table.rows == (("web-1", "ACTIVE", "ubuntu", "a, b", "2026-11-27 14:11"),)
    assert (table.caption, table.total) == ("server list: 1", 1)


def test_cells_of_what_is_not_there() -> None:
    (table,) = tables(listed(page([row(1, image=None, tags=[], createdAt=None)])))
    assert table.rows == (("web-1", "ACTIVE", "–", "–", "–"),)


def test_values_as_people_read_them() -> None:
    made = row(
        1, name={"service": "talk", "n": 1}, status=1.5, image={"name": 4096}, tags=[True, None, 2.0], createdAt=""
    )
    (table,) = tables(listed(page([made])))
    assert table.rows == (("service=talk, n=1", "1.5", "4096", "yes, –, 2", "–"),)


def test_a_path_through_a_list_shows_each_member() -> None:
    (table,) = tables(listed(page([row(1, image=[{"name": "x"}, {"name": "y"}])])))
    assert table.rows[0][2] == "x, y"


def test_a_moment_is_one_by_its_name_only() -> None:
    (table,) = tables(listed(page([row(1, name="2026-11-27T20:11:00Z", createdAt="soon")])))
    assert table.rows[0][0] == "2026-11-27T20:11:00Z"
    assert table.rows[0][4] == "soon"


def test_the_next_page_is_the_same_command_after_the_cursor() -> None:
    message = listed(page([row(1), row(2)], total=134, cursor="Y3Vyc29y"), "server list --status active --first 2")
    assert message.summary == "server list: 2 of 134"
    (more,) = buttons(message)
    assert more.command == "server list --status=ACTIVE --first=2 --after=Y3Vyc29y"
    again = listed(page([row(3)], total=134, cursor="bmV4dA"), more.command)
    assert buttons(again)[0].command == "server list --status=ACTIVE --first=2 --after=bmV4dA"
    assert begun(more.command).values == {"status": "ACTIVE", "first": 2, "after": "Y3Vyc29y"}


def test_the_last_page_has_no_next_one() -> None:
    assert buttons(listed(page([row(1)]))) == []


def test_rows_without_cursors_go_on_before_the_last_row() -> None:
    spec = CommandSpec(
        "audit.list", change=False, rows="rows", columns=(("ID", "id"),),
        parameters=(ParameterSpec("first", "Int"), ParameterSpec("before", "ID"), ParameterSpec("actor")),
    )  # fmt: skip
    invocation = Invocation(spec, {"actor": "jiwoo", "first": 2, "before": "9"})
    full = of_read(EN, spec, {"rows": [{"id": "8"}, {"id": "7"}]}, None, invocation)
    assert [button.command for button in buttons(full)] == ["audit list --first=2 --before=7 --actor=jiwoo"]
    assert buttons(of_read(EN, spec, {"rows": [{"id": "8"}]}, None, invocation)) == []
    assert Invocation(spec, {}).variables() == {"first": 20}


def test_many_rows_go_into_a_file() -> None:
    message = listed(page([row(i) for i in range(MAX_ROWS + 1)]))
    (table,) = tables(message)
    assert len(table.rows) == 20 and table.total == MAX_ROWS + 1
    assert message.file is not None and message.file.name == "server-list.txt"
    assert len(message.file.text.splitlines()) == MAX_ROWS + 2
    assert "All 101 rows are in the file." in lines(message)


def test_no_rows() -> None:
    assert lines(listed(page([]))) == ["There is nothing here yet."]
    assert lines(listed(page([]), "server list --status error"))[0].startswith("Nothing matches.")
    assert lines(listed(page([]), "server list --project shop")) == ["There is nothing here yet."]


def test_no_rows_of_a_cloud_that_is_away_are_not_told_as_none() -> None:
    away = {"name": "krane", "kind": "server", "status": "DOWN", "lagSeconds": None, "error": "no route"}
    message = listed(page([]), freshness={"source": "STALE", "backends": [away]})
    assert message.tone is Tone.WARN
    assert lines(message) == [
        "Nothing was found, and not everything could be read.",
        "The cloud krane does not answer (server): no route",
    ]
    known = listed(page([row(1)]), freshness={"source": "STALE", "backends": [{**away, "lagSeconds": 60.0}]})
    assert "not everything could be read" not in known.summary


def test_one_thing_is_a_card() -> None:
    message = of_read(EN, SERVER_SHOW, {"server": row(1, locked=True)}, None, begun("server show web-1"))
    assert lines(message) == [
        "server show web-1", "Name: web-1", "Status: ACTIVE", "Locked: yes", "Image: ubuntu", "Created: 2026-11-27 14:11",
    ]  # fmt: skip
    korean = of_read(KO, SERVER_SHOW, {"server": row(1, locked=False)}, None, begun("server show web-1"))
    assert "잠금: 아니요" in lines(korean)


@pytest.mark.parametrize("data", [{"server": None}, {}, None])
def test_nothing_to_show(data: Any) -> None:
    assert lines(of_read(EN, SERVER_SHOW, data, None, begun("server show x"))) == [
        "There is no such thing that you may see."
    ]


def log(text: str | None) -> Message:
    return of_read(EN, SERVER_LOG, {"server": {"consoleLog": text}}, None, begun("server log web-1"))


def test_a_short_text_is_shown() -> None:
    message = log("one\r\n\ttwo\n")
    assert lines(message) == ["one", "\ttwo"]
    assert message.file is None


def test_a_long_text_is_a_file_with_its_end_shown() -> None:
    message = log("".join(f"\x1b[3{i % 8}mline {i}\x1b[0m\n" for i in range(100)))
    assert message.file is not None and message.file.name == "server-log.txt"
    assert message.file.text.startswith("line 0\nline 1\n") and message.file.text.endswith("line 99\n")
    assert lines(message)[0] == "server log: the last 15 of 100 lines; all of them are in the file."
    assert lines(message)[1:] == [f"line {i}" for i in range(85, 100)]


def test_a_huge_text_keeps_its_end_and_says_that_it_was_cut() -> None:
    message = log("one\ntwo\n" + "x" * MAX_FILE + "end\x07\u202e")
    assert message.file is not None and len(message.file.text) == MAX_FILE
    assert message.file.text.endswith("xend\ufffd\ufffd")
    assert "longer than a file here may be; the file has its last 1 lines" in message.summary
    colours = log("\x1b[31m" * MAX_FILE + "end")
    assert "longer than a file here may be" in colours.summary


def test_a_huge_table_says_how_many_of_its_rows_are_in_the_file() -> None:
    message = listed(page([row(i, name="웹" * 200, image={"name": "x" * 200}) for i in range(2_000)]))
    assert message.file is not None and len(message.file.text) <= MAX_FILE
    held = len(message.file.text.splitlines()) - 1
    assert 0 < held < 2_000
    told = f"The first {held} of 2000 rows are in the file, which may not be longer. --first asks for fewer."
    assert told in lines(message)
    assert message.file.text.endswith("\n")


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_no_text(text: str | None) -> None:
    assert lines(log(text)) == ["The text is empty."]


def test_the_raw_answer_is_a_file_of_json_that_nobody_can_hide_in() -> None:
    data = {"servers": {"nodes": [{"name": "웹 \u202e\x07\x85 \U000e0041"}]}}
    message = of_json(EN, SERVER_LIST, data)
    assert message.file is not None and message.file.name == "server-list.json"
    assert json.loads(message.file.text) == data
    assert "웹" in message.file.text
    assert not {"\u202e", "\x07", "\x85", "\U000e0041"} & set(message.file.text)


def test_a_raw_answer_that_is_too_long_has_fewer_rows_and_says_so() -> None:
    rows = [row(i, name="웹\u202e" * 100) for i in range(2_000)]
    message = of_json(EN, SERVER_LIST, page(rows, total=5_000))
    assert message.file is not None and len(message.file.text) <= MAX_FILE
    held = json.loads(message.file.text)["servers"]
    assert held["nodes"] == rows[: len(held["nodes"])]
    assert (held["totalCount"], message.tone) == (5_000, Tone.WARN)
    assert f"the file has {len(held['nodes'])} of its 2000 rows" in message.summary
    assert len(held["nodes"]) > 200


@pytest.mark.parametrize("rows", [[row(1, name="x" * MAX_FILE)], []])
def test_a_raw_answer_of_which_no_row_would_fit_is_refused(rows: list[dict[str, Any]]) -> None:
    message = of_json(EN, SERVER_LIST, {**page(rows), "more": "x" * (0 if rows else MAX_FILE)})
    assert (message.file, message.tone) == (None, Tone.WARN)
    assert "longer than a file here may be" in message.summary
    assert of_json(EN, SERVER_SHOW, {"server": row(1, name="x" * MAX_FILE)}).file is None


def test_long_texts_are_not_made_fit_one_character_after_another() -> None:
    """The event loop waits for it."""
    text = "웹서버 \u202e 로그\n" * (MAX_FILE // 10)
    one_by_one = took(lambda: "".join(clean(c, lines=True) for c in text))
    assert took(lambda: log(text)) * 3 < one_by_one
    assert took(lambda: of_json(EN, SERVER_SHOW, {"server": row(1, name=text[: MAX_FILE // 3])})) * 3 < one_by_one


def took(work: Callable[[], object]) -> float:
    """The quickest of some: the collector of garbage comes into one or the other."""

    def once() -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    return min(once() for _ in range(3))


def test_what_could_not_be_read_is_named_beside_what_could() -> None:
    errors = [
        GraphError("TIMED_OUT", "Images did not answer in 5 seconds.\u202e", correlation_id="c0ffee"),
        GraphError("TIMED_OUT", "Images did not answer in 5 seconds.\u202e"),
        GraphError("UNAVAILABLE", "Volumes are away."),
    ]
    told = [
        "⚠ Not all of it could be read: Images did not answer in 5 seconds.\ufffd",
        "⚠ Not all of it could be read: Volumes are away.",
        "Correlation id: c0ffee",
    ]
    message = of_read(EN, SERVER_LIST, page([row(1, image=None)]), None, begun("server list"), {}, errors)
    assert lines(message)[-3:] == told
    assert message.tone is Tone.WARN
    card = of_read(EN, SERVER_SHOW, {"server": row(1)}, None, begun("server show web-1"), {}, errors)
    assert lines(card)[-3:] == told
    raw = of_json(EN, SERVER_LIST, page([row(1)]), None, errors)
    assert (lines(raw)[-3:], raw.tone) == (told, Tone.WARN)


def test_services_that_the_answer_itself_names_are_told() -> None:
    spec = CommandSpec("quota.list", change=False, rows="quotas.usage", columns=(("Resource", "resource"),))
    away = [{"cloud": "krane", "service": "volume", "message": "It does not answer."}]
    data = {"quotas": {"usage": [{"resource": "cores"}], "errors": away}}
    message = of_read(EN, spec, data, None, Invocation(spec, {}))
    assert lines(message)[-1] == "⚠ volume of krane could not be read: It does not answer."
    assert message.tone is Tone.WARN
    assert listed(page([row(1)])).tone is Tone.INFO


def test_rows_at_the_root_of_the_answer_are_no_services_that_failed() -> None:
    spec = CommandSpec("audit.list", change=False, rows="auditEntries", columns=(("Action", "action"),))
    told = [{"action": "server.rename", "errors": None}, {"action": "server.stop"}]
    message = of_read(EN, spec, {"auditEntries": told}, None, Invocation(spec, {}))
    assert (message.tone, len(lines(message))) == (Tone.INFO, 4)
    assert of_json(EN, spec, {"auditEntries": told}).tone is Tone.INFO


def backend(status: str, lag: float | None, error: str | None = None) -> dict[str, Any]:
    return {"name": "krane", "kind": "server", "status": status, "lagSeconds": lag, "error": error}


def test_the_age_of_the_rows() -> None:
    fresh = {"source": "CACHE", "backends": [backend("OK", 3.2), backend("OK", 12.4)]}
    assert lines(listed(page([row(1)]), freshness=fresh))[-1] == "Read 12 s ago."
    live = {"source": "LIVE", "backends": [backend("OK", 0.1)]}
    assert lines(listed(page([row(1)]), freshness=live))[-1] == "Read just now."


def test_old_rows_name_the_backend_that_does_not_answer() -> None:
    stale = {"source": "STALE", "backends": [backend("DOWN", 312.0, "refused\u202e")]}
    assert lines(listed(page([row(1)]), freshness=stale))[-2:] == [
        "Stale: read 5 min 12 s ago, because a backend does not answer.",
        "The cloud krane does not answer (server): refused\ufffd",
    ]
    never = {"source": "STALE", "backends": [backend("DOWN", None), backend("DEGRADED", None)]}
    assert lines(listed(page([]), freshness=never))[-2:] == [
        "The cloud krane does not answer (server).",
        "The cloud krane answers late (server).",
    ]
