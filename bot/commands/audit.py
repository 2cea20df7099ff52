"""`audit` reads the log (the graph's `audit list`); `audit replay ID` makes a plan of what an old row did, and shows it to be confirmed."""

from bot import changes, confirm, gql, run
from bot.commands.own import Own
from bot.parser import split
from bot.turn import Answered, Refused, Turn


async def read(turn: Turn) -> None:
    words = turn.words
    assert words is not None  # noqa: S101 - typed commands have words
    if not turn.rest or (await turn.catalogue()).find(words.words, {}) is None:
        named = next(token.end for token in words.tokens if token.option is None)
        words = turn.words = split(f"{words.raw[:named]} list{words.raw[named:]}")
    turn.own = False
    await run.typed(turn, words)


async def replay(turn: Turn) -> None:
    if len(turn.rest) != 1:
        raise Refused("replay.usage")
    turn.command = "audit.replay"
    await turn.adopt_pressed()
    async with turn.patience():
        answer = await turn.ask(gql.REPLAY, {"id": turn.rest[0]})
        plan = gql.found(answer, "it")
        if plan is None:
            await changes.unplanned(turn, "audit.replay", answer)
            raise Answered(answer.errors)
        drafted = await confirm.draft(turn, plan["action"], plan["input"] or {})
        await confirm.propose(turn, drafted, plan, only_plan=True)


AUDIT = Own("audit", "audit [--action GLOB] [--actor NAME]", "own.audit", read, None)
REPLAY = Own("audit replay", "audit replay ID", "own.replay", replay, frozenset({"project"}))
