"""`use project NAME`: what commands in this place are about unless they say another. `use project` tells, `use project -` forgets.

It holds for everybody in the place, so only who sees a project chooses it. A room of a project is about that project, always.
"""

from bot.commands.own import Own
from bot.messages import Tone
from bot.people import NoSuchProject
from bot.ports import first_code
from bot.turn import Answered, Refused, Turn

SEEN = "{ me { id } }"  # asked for the project: refused to whoever does not see it


async def run(turn: Turn) -> None:
    if not turn.rest or turn.rest[0].casefold() not in ("project", "프로젝트") or len(turn.rest) > 2:
        raise Refused("use.usage")
    defaults = turn.services.defaults
    await turn.adopt_pressed()
    if len(turn.rest) == 1:
        project = await defaults.project_name(turn.place)
        await turn.say("use.none" if project is None else "use.is", project=project or "")
    elif turn.place.project is not None:
        raise Refused("use.room", project=turn.place.name)
    elif turn.rest[1] == "-":
        await turn.acting()
        await defaults.use(turn.place, None)
        await turn.done("use", project=None)
        await turn.say("use.forgotten", tone=Tone.GOOD)
    else:
        name = turn.rest[1]
        turn.use_project(name)
        acting = await turn.acting()
        answer = await turn.ask(SEEN, {})
        if first_code(answer.errors) == "NOT_FOUND":
            raise NoSuchProject(name, ())
        if answer.errors:
            raise Answered(answer.errors)
        await defaults.use(turn.place, acting.project or name, name)
        await turn.done("use", project=name)
        await turn.say("use.done", tone=Tone.GOOD, project=name)


USE = Own("use", "use project NAME", "own.use", run)
