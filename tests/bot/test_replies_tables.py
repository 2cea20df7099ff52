"""Answers of reading commands: tables and their next page, cards, long texts, raw answers, and how old they are."""

import json
from typing import Any

import pytest

from bot import texts
from bot.catalogue import CommandSpec, ParameterSpec
from bot.invocation import Invocation, bind
from bot.messages import Message
from bot.parser import split
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


def test_one_thing_is_a_card() -> None:
    message = of_read(EN, SERVER_SHOW, {"server": row(1, locked=True)}, None, begun("server show web-1"))
    assert lines(message) == [
        "server show web-1", "Name: web-1", "Status: ACTIVE", "Locked: yes", "Image: ubuntu", "Created: 2026-11-27 14:11",
    ]  # fmt: skip
    korean = of_read(KO, SERVER_SHOW, {"server": row(1, locked=False)}, None, begun("server show web-1"))
    assert "Locked: 아니요" in lines(korean)


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


def test_a_huge_text_keeps_its_end() -> None:
    message = log("x" * MAX_FILE + "end\x07\u202e")
    assert message.file is not None and len(message.file.text) == MAX_FILE
    assert message.file.text.endswith("xend\ufffd\ufffd")


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
