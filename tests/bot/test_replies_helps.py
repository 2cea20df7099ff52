"""Help: what one may run, how a command is written, and what it would send."""

import dataclasses

import graphql
import pytest

from bot import texts
from bot.catalogue import CATALOGUE_QUERY, CommandSpec, catalogue_of
from bot.invocation import bind
from bot.messages import Code
from bot.parser import split
from bot.replies.helps import example, of_command, of_explain, of_noun, overview, printed, unknown
from tests.bot.reading import buttons, lines
from tests.bot.specs import ALL, RULE_ADD, SERVER_CREATE, SERVER_DELETE, SERVER_LIST, catalogue
from tests.running import Running

EN, KO = texts.of("en"), texts.of("ko")


def test_the_overview_shows_what_is_allowed_and_nothing_else() -> None:
    found = lines(
        overview(EN, catalogue(), frozenset({"server.list", "server.create"}), [("use project NAME", "Choose.")])
    )
    assert "server: create, list" in found
    assert "use project NAME: Choose." in found
    assert not [line for line in found if "security-group" in line or "delete" in line]


def test_the_overview_of_somebody_without_rights() -> None:
    found = lines(overview(EN, catalogue(), frozenset(), [("link", "Link.")]))
    assert found[0].startswith("You may run no command") and "link: Link." in found


def test_a_noun_shows_its_allowed_commands_with_their_danger() -> None:
    found = lines(of_noun(EN, catalogue(), "server", frozenset({"server.list", "server.delete"})))
    assert "server list: List servers." in found
    assert "server delete: Delete a server. Destructive: something can not be brought back." in found
    assert not [line for line in found if line.startswith("server create")]
    assert lines(of_noun(EN, catalogue(), "server", frozenset())) == ["You may run no command of server here."]


def test_a_command_tells_everything_about_itself() -> None:
    found = lines(of_command(EN, SERVER_CREATE))
    assert found[0] == "server create Make one or more servers."
    assert "Usage: server create NAME --flavor FLAVOR [--…]" in found
    assert "Example: server create my-server --flavor my-flavor" in found
    assert "Danger: Low: nothing is lost." in found
    assert "Needed role: member" in found
    assert "NAME: Its name. Also --name. Required. (String)" in found
    assert "--flavor: Its size, by name or id. Required. (String) flavor list shows the values." in found
    assert "--count: How many, 1 to 50. (Int) Default: 1." in found
    assert "--wait: Wait for it. (Boolean) Default: yes." in found
    assert "--policy: How to spread them. One of AFFINITY, ANTI_AFFINITY." in found
    assert all(any(line.startswith(f"{p.option}:") for line in found) for p in SERVER_CREATE.parameters[1:])
    assert "You may not run it here." not in found
    assert "You may not run it here." in lines(of_command(EN, SERVER_DELETE, allowed=False))


def test_marks_in_the_help_of_a_parameter_are_code() -> None:
    parameter = dataclasses.replace(SERVER_CREATE.parameters[0], help="Like `count`, and ` alone is a mark.")
    told = of_command(EN, dataclasses.replace(SERVER_CREATE, parameters=(parameter,)))
    assert "NAME: Like count, and ` alone is a mark. Also --name. Required. (String)" in lines(told)
    parameter = dataclasses.replace(parameter, help="With `count` above 1.")
    told = of_command(EN, dataclasses.replace(SERVER_CREATE, parameters=(parameter,)))
    assert "NAME: With count above 1. Also --name. Required. (String)" in lines(told)


def test_a_reading_command_has_no_danger() -> None:
    assert not [line for line in lines(of_command(EN, SERVER_LIST)) if line.startswith("Danger")]


@pytest.mark.parametrize("said", [EN, KO])
def test_every_command_has_help_in_every_language(said: texts.Texts) -> None:
    for spec in ALL:
        assert lines(of_command(said, spec))


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)
def test_examples_can_be_typed(spec: CommandSpec) -> None:
    words = split(example(spec))
    found = catalogue().find(words.words, {})
    assert found is not None and found[0] is spec
    assert bind(spec, words, found[1]).missing == ()


def test_an_unknown_command_offers_the_help_of_the_nearest() -> None:
    message = unknown(EN, ["sever", "list"], ["server list", "server log"])
    assert lines(message)[0] == "I know no command sever list. Did you mean server list, server log?"
    assert [(button.label, button.command) for button in buttons(message)] == [
        ("server list", "help server list"), ("server log", "help server log"),
    ]  # fmt: skip
    assert lines(unknown(EN, ["x\u202e`y`"], []))[0] == "I know no command x\ufffd`y`. help shows what there is."
    meant = unknown(EN, ["sever", "list"], ["server list"], {"server list": "server list --status ACTIVE"})
    assert [(button.label, button.command) for button in buttons(meant)] == [("server list --status ACTIVE",) * 2]


def test_explain_shows_document_variables_and_role_without_secrets() -> None:
    message = of_explain(EN, SERVER_CREATE, {"input": {"name": "web", "userData": "hunter2"}, "idempotencyKey": "k"})
    document, variables = (block.text for block in message.blocks if isinstance(block, Code))
    assert "serverCreate(input: $input" in document
    assert '"name": "web"' in variables and "hunter2" not in variables
    assert lines(message)[-1] == "It needs the role member."


def test_a_document_is_printed_as_lines_and_means_the_same() -> None:
    document = (
        "query($a: In = {b: [1]}, $c: String) { servers(filter: {name: {eq: $c}}, first: 3) { nodes { id image { name } } "
        'pageInfo { endCursor } } other(x: "{") { y } }'
    ).replace('"{"', '"z"')
    assert graphql.print_ast(graphql.parse(printed(document))) == graphql.print_ast(graphql.parse(document))
    assert printed(document).splitlines()[1] == "  servers(filter: {name: {eq: $c}}, first: 3) {"
    assert printed(printed(document)) == printed(document)
    assert printed(RULE_ADD.document) == ""


async def test_every_command_of_the_graph_has_an_example_that_can_be_typed(graph: Running) -> None:
    it = catalogue_of((await graph("jiwoo", CATALOGUE_QUERY))["data"])
    for spec in it:
        words = split(example(spec))
        found = it.find(words.words, {})
        assert found is not None and found[0] == spec, spec.name
        assert bind(spec, words, found[1]).missing == (), spec.name
        assert lines(of_command(KO, spec))
        assert graphql.parse(printed(spec.document))
