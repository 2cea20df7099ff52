"""Commands that change something: run at once where policy asks nothing, else shown as a plan that waits to be confirmed. Called by `run`.

What the person may not do is sent to the graph all the same: it denies, and writes the audit row.
"""

from collections.abc import Mapping
from typing import Any

from bot import confirm, gql
from bot.catalogue import COMMAND_QUERY, CommandSpec
from bot.invocation import Invocation
from bot.operations import started
from bot.ports import Answer
from bot.turn import Answered, Turn


async def change(turn: Turn, invocation: Invocation, key: str | None = None) -> None:
    """`key` is the idempotency key where it is not the message's own. Raises Answered."""
    spec, values = invocation.spec, invocation.values
    await turn.adopt_pressed()
    async with turn.patience():
        facts = await facts_of(turn, invocation)
        asks = facts["allowed"] and (facts["confirmation"] != "NONE" or facts["approval"] is not None)
        if invocation.flags.plan or asks:
            plan = await planned(turn, spec, values, invocation)
            draft = await confirm.draft(turn, spec.name, values)
            await confirm.propose(turn, draft, plan, only_plan=invocation.flags.plan)
            return
        variables = invocation.variables(key or turn.idempotency_key)
        answer = await turn.ask(gql.change(spec), variables)
        project = (await turn.acting()).project
        await started(turn, answer, turn.source(spec.document, variables), project, invocation)


async def planned(
    turn: Turn, spec: CommandSpec, values: Mapping[str, Any], invocation: Invocation | None = None
) -> Mapping[str, Any]:
    """The plan of a command. Raises Answered, after a row of the attempt: the graph takes a plan for a mere question."""
    answer = await turn.ask(gql.plan(spec), {"input": dict(values)})
    plan = gql.found(answer, "plan", "it")
    if plan is None:
        await unplanned(turn, spec.name, answer)
        raise Answered(answer.errors, invocation)
    found: Mapping[str, Any] = plan
    return found


async def unplanned(turn: Turn, command: str, answer: Answer) -> None:
    for error in answer.errors[:1]:
        # What was refused at the door gets its row where it is answered, and a denial has the graph's.
        if not error.at_door and error.code != "DENIED":
            await turn.refused(error.code, error.message, command)


async def facts_of(turn: Turn, invocation: Invocation) -> Mapping[str, Any]:
    """Whether the person may run it here, and what policy asks before. Raises Answered."""
    answer = await turn.ask(COMMAND_QUERY, {"name": invocation.spec.name})
    facts = gql.found(answer, "command")
    if facts is None:
        raise Answered(answer.errors, invocation)
    found: Mapping[str, Any] = facts
    return found
