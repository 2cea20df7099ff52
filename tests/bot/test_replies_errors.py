"""Errors: one sentence, what to do next, the correlation id; and buttons for what an ambiguous name could mean."""

import pytest

from bot import texts
from bot.invocation import Invocation, bind
from bot.messages import Source, Span, Style, Tone
from bot.parser import split
from bot.ports import GraphError
from bot.replies.errors import of_ambiguous, of_errors, sentence
from tests.bot.reading import buttons, lines, spans
from tests.bot.specs import catalogue

EN, KO = texts.of("en"), texts.of("ko")
CODES = (
    "UNAUTHENTICATED", "DENIED", "NOT_FOUND", "INVALID", "CONFLICT", "QUOTA_EXCEEDED", "RATE_LIMITED", "TOO_EXPENSIVE",
    "UNAVAILABLE", "TIMED_OUT", "INTERNAL",
)  # fmt: skip


def begun(text: str) -> Invocation:
    words = split(text)
    found = catalogue().find(words.words, {})
    assert found is not None
    return bind(found[0], words, found[1])


def test_sentence_advice_and_id() -> None:
    source = Source(command="server show x")
    message = of_errors(EN, [GraphError("NOT_FOUND", "There is no server named `x`.", correlation_id="c1")], source)
    assert lines(message) == [
        "Not found. There is no server named x.",
        "Check the name and the project; the list command of its kind shows what there is.",
        "Correlation id: c1",
    ]
    assert (message.summary, message.tone, message.source) == (lines(message)[0], Tone.BAD, source)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("said", [EN, KO])
def test_every_code_has_its_own_words_and_something_to_do(code: str, said: texts.Texts) -> None:
    retryable = code in ("RATE_LIMITED", "UNAVAILABLE", "TIMED_OUT")
    found = lines(of_errors(said, [GraphError(code, "Because.", retryable=retryable, correlation_id="c1")]))
    assert len(found) == 3
    assert found[0] == said.line(f"error.{code}", message="Because.")


def test_advice_by_what_the_error_knows() -> None:
    assert "Send the command again in 30 s." in lines(
        of_errors(EN, [GraphError("RATE_LIMITED", "Slow.", retry_after=30)])
    )
    wrong = GraphError("INVALID", "No.", field="bootVolumeSize")
    assert "Correct --boot-volume-size and send the command again." in lines(of_errors(EN, [wrong]))
    assert lines(of_errors(EN, [GraphError("NEW_CODE", "What?")]))[0] == "Something went wrong. What?"


def test_several_errors_are_said_once_each() -> None:
    errors = [GraphError("UNAVAILABLE", f"Cloud {i % 2} is away.", correlation_id="c1") for i in range(9)]
    found = lines(of_errors(EN, errors))
    assert [line for line in found if "is away" in line] == [
        "A backend does not answer. Cloud 0 is away.", "A backend does not answer. Cloud 1 is away.",
    ]  # fmt: skip
    assert lines(of_errors(EN, [])) != []


def test_backticks_in_the_graphs_sentence_are_code_and_other_marks_stay_signs() -> None:
    message = of_errors(EN, [GraphError("NOT_FOUND", "No `x\u202e` **y** <!channel>, ` nor [z](http://z).")])
    assert spans(message)[1:4] == [
        Span(" No "), Span("x\ufffd", Style.CODE), Span(" **y** <!channel>, ` nor [z](http://z)."),
    ]  # fmt: skip


def test_candidates_are_buttons_that_run_the_same_command_with_an_id() -> None:
    error = GraphError(
        "INVALID", "`web` is the name of 2 servers; say which one by its id.", field="server",
        candidates=(("server:k/1111", "web"), ("server:k/2222", "web")),
    )  # fmt: skip
    message = of_ambiguous(EN, error, begun("server delete web --plan"))
    assert [button.label for button in buttons(message)] == ["web (1111)", "web (2222)"]
    assert [button.command for button in buttons(message)] == [
        "server delete server:k/1111 --plan", "server delete server:k/2222 --plan",
    ]  # fmt: skip
    assert {button.document for button in buttons(message)} == {begun("server delete web").spec.document}
    assert lines(message)[0].startswith("Which one do you mean? web is the name of 2 servers")


def test_an_error_may_name_the_kind_of_the_parameter() -> None:
    error = GraphError("INVALID", "Two.", field="network", candidates=(("network:k/1", "b"),))
    (button,) = buttons(of_ambiguous(EN, error, begun("server create web --flavor m1 --networks a,b")))
    assert button.command == "server create web --flavor=m1 --networks=a --networks=network:k/1"


def test_of_two_parameters_of_a_kind_the_one_with_the_name_is_meant() -> None:
    error = GraphError("INVALID", "Two.", field="floatingIp", candidates=(("floatingIp:k/1", "1.2.3.4"),))
    (button,) = buttons(of_ambiguous(EN, error, begun("server add-floating-ip web 1.2.3.4")))
    assert button.command == "server add-floating-ip web floatingIp:k/1"


def test_a_project_is_chosen_by_its_option() -> None:
    error = GraphError("INVALID", "Say in which project.", field="project", candidates=(("project:k/1", "shop"),))
    for text in ("server delete web", "server create web --flavor m1"):
        message = of_ambiguous(EN, error, begun(text))
        assert lines(message)[0] == "In which project? Say in which project."
        assert buttons(message)[0].command.endswith("--project=project:k/1")


def test_without_a_place_for_the_id_it_is_a_plain_error() -> None:
    error = GraphError("INVALID", "Two.", field="host", candidates=(("host:k/1", "h"),))
    message = of_ambiguous(EN, error, begun("server list"))
    assert buttons(message) == [] and lines(message)[0] == "That can not be right. Two."


def test_many_candidates_are_bounded() -> None:
    error = GraphError(
        "INVALID", "Many.", field="server", candidates=tuple((f"server:k/{i}", "web") for i in range(30))
    )
    message = of_ambiguous(EN, error, begun("server delete web"))
    assert len(buttons(message)) == 10
    assert lines(message)[-1] == "and 20 more"


def test_a_sentence_of_the_bot() -> None:
    message = sentence(EN, "read.empty", tone=Tone.INFO)
    assert (message.summary, lines(message), message.tone) == (
        "There is nothing here yet.", ["There is nothing here yet."], Tone.INFO,
    )  # fmt: skip
