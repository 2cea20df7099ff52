"""Lesson 5: what has been declared can be typed. The bot has no list of commands: it asks the graph, as the person (`Query.commands`).

`positional` says which words need no name, `choices` what a form offers, `danger` what must be confirmed, `Resource.columns` what a list
shows. The bot sends GraphQL text like any other client, so nothing here goes round what the lessons before have shown.
"""

from tests.bot.chatting import Chatting, button, shown
from tests.fundamentals.notes import Board


async def test_the_command_is_the_action(chat: Chatting, board: Board) -> None:
    done = await chat("jiwoo", 'note write "buy flour" --colour white', "shop")
    assert "done" in done.summary, shown(done)
    listed = shown(await chat("jiwoo", "note list", "shop"))
    assert "buy flour | white" in listed
    assert "note write" in shown(await chat("jiwoo", "help note", "shop"))


async def test_what_destroys_is_confirmed_after_its_plan_was_read(chat: Chatting, board: Board) -> None:
    await chat("jiwoo", 'note write "buy flour"', "shop")
    said = await chat.said("jiwoo", 'note delete "buy flour"', "shop")
    plan = await chat.reply("jiwoo", said, "shop", wanted=lambda message: "Plan" in message.summary)
    assert len(board.rows) == 1, "nothing is torn off before"
    await chat.said("jiwoo", button(plan, "Confirm").command, "shop")
    await chat.reply("jiwoo", said, "shop", wanted=lambda message: "done" in message.summary)
    assert not board.rows


async def test_the_same_words_show_the_graphql_that_they_are(chat: Chatting, board: Board) -> None:
    told = shown(await chat("jiwoo", 'note write "buy flour" --explain', "shop"))
    assert "mutation" in told and "noteWrite" in told
    assert not board.rows
