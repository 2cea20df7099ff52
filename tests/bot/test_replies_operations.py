"""An operation as its one message shows it while it moves."""

from typing import Any

import pytest

from bot import texts
from bot.messages import Button, Message, Progress, Steps, Tone
from bot.replies.operations import MAX_STEPS, of_operation
from bot.replies.wording import span
from tests.bot.reading import buttons, lines

OPERATION: dict[str, Any] = {
    "id": "op1", "action": "server.create", "state": "RUNNING", "progress": 0.5, "resourceId": "server:k/abcdef",
    "resourceIds": ["server:k/abcdef"], "correlationId": "c1", "error": None, "undo": None,
    "steps": [
        {"title": "Ask for 1 server", "state": "DONE", "detail": None},
        {"title": "Wait for it", "state": "RUNNING", "detail": "BUILD"},
    ],
    "resource": {"id": "server:k/abcdef", "name": "web-1"},
}  # fmt: skip


def shown(elapsed: float = 65, **more: Any) -> Message:
    return of_operation(texts.of("en"), {**OPERATION, **more}, None, elapsed)


def test_under_way() -> None:
    message = shown()
    assert message.tone is Tone.WAIT
    assert message.summary == "server create web-1 is under way · 1 min 5 s"
    assert lines(message) == [
        "server create web-1 is under way · 1 min 5 s", "50%", "DONE Ask for 1 server", "RUNNING Wait for it BUILD",
        "Operation op1 · correlation id c1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "tone", "said"),
    [
        ("PENDING", Tone.WAIT, "server create web-1 is waiting to begin."),
        ("SUCCEEDED", Tone.GOOD, "server create web-1 is done in 1 min 5 s."),
        ("FAILED", Tone.BAD, "server create web-1 failed after 1 min 5 s."),
    ],
)
def test_other_states(state: str, tone: Tone, said: str) -> None:
    message = shown(state=state)
    assert (message.tone, message.summary) == (tone, said)
    bar = [block for block in message.blocks if isinstance(block, Progress)]
    assert bool(bar) == (state == "PENDING")


def test_a_failure_says_why_and_what_next() -> None:
    error = {"code": "CONFLICT", "message": "No host fits.", "retryable": False, "backend": "k", "field": None}
    assert "No host fits." in lines(shown(state="FAILED", error=error))
    assert "Look at what it says, put it right, and send the command again." in lines(
        shown(state="FAILED", error=error)
    )
    steps = [
        {"title": "Ask for 1 server", "state": "DONE", "detail": "on k"},
        {"title": "Wait for it", "state": "FAILED", "detail": error["message"]},
    ]
    told = lines(shown(state="FAILED", error=error, steps=steps))
    assert [line for line in told if "No host fits." in line] == ["No host fits."]
    assert "DONE Ask for 1 server on k" in told
    away = {**error, "retryable": True}
    assert "Send the command again in a moment." in lines(shown(state="FAILED", error=away))


def test_what_it_is_about() -> None:
    assert "abcdef" in shown(resource=None).summary
    assert shown(resource=None, resourceId=None, resourceIds=[]).summary.startswith("server create is under way")
    assert "web-1 and 2 more is under way" in shown(resourceIds=["a", "b", "c"]).summary
    gone = shown(state="SUCCEEDED", action="server.delete", resource=None, resourceNames=["web-1"])
    assert gone.summary.startswith("server delete web-1 is done")
    assert "web-2 is under way" in shown(resource={"id": "a", "name": "web-2"}, resourceNames=["web-1"]).summary
    planned = shown(resource=None, resourceId=None, resourceIds=[], resourceNames=["web-1", "web-2"])
    assert planned.summary.startswith("server create web-1 and 1 more is under way")
    assert "abcdef" in shown(resource=None, resourceNames=[]).summary, "an older one has no names"


def test_bounds() -> None:
    steps = [{"title": f"s{i}", "state": "DONE", "detail": "x" * 5_000} for i in range(99)]
    message = shown(steps=steps, progress=7)
    (shown_steps,) = [block for block in message.blocks if isinstance(block, Steps)]
    assert len(shown_steps.steps) == MAX_STEPS and shown_steps.steps[-1][1] == "s98"
    assert "100%" in lines(message)
    assert max(len(line) for line in lines(message)) < 300


def test_the_undo_button_is_passed_through() -> None:
    undo = Button(label="Undo", command="undo op1")
    assert buttons(of_operation(texts.of("ko"), OPERATION, None, 1, (undo,))) == [undo]


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (-1, "0 s", "0초"), (0.4, "0 s", "0초"), (59.6, "1 min", "1분"), (65, "1 min 5 s", "1분 5초"), (3_600, "1 h", "1시간"),
        (7_380, "2 h 3 min", "2시간 3분"), (349_200, "4 d 1 h", "4일 1시간"),
    ],
)  # fmt: skip
def test_spans_of_time(seconds: float, english: str, korean: str) -> None:
    assert span(texts.of("en"), seconds) == english
    assert span(texts.of("ko"), seconds) == korean
