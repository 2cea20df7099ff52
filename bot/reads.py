"""Commands that read: their document runs as the person, their data becomes a table, a card or a file. Called by `run`."""

from bot.invocation import Invocation
from bot.replies.tables import of_json, of_read
from bot.turn import Answered, Turn


async def read(turn: Turn, invocation: Invocation) -> None:
    """Raises Answered. What could not be read is named beside what could."""
    spec = invocation.spec
    await turn.adopt_pressed()
    async with turn.patience():
        answer = await turn.ask(spec.document, invocation.variables(), command=spec.name)
    root = (spec.rows or spec.text or "").split(".")[0]
    if answer.data is None or (answer.errors and answer.data.get(root) is None):
        raise Answered(answer.errors, invocation)
    turn.services.counters.executed += 1
    source = turn.source(spec.document, invocation.variables())
    if invocation.flags.json:
        await turn.reply(of_json(turn.texts, spec, answer.data, source, answer.errors))
    else:
        extensions, errors = answer.extensions, answer.errors
        await turn.reply(of_read(turn.texts, spec, answer.data, source, invocation, extensions, errors))
