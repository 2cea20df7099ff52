"""`unlink`: delete the trusts of the person; 9rum can act for this account no more."""

from bot.commands.own import Own
from bot.messages import Tone
from bot.turn import Turn


async def run(turn: Turn) -> None:
    if turn.capabilities.signed_in:
        await turn.say("link.signed_in", private=True)
        return
    link = await turn.services.people.link_of(turn.person)
    unlinked = await turn.services.people.unlink(turn.person)
    if not unlinked:
        await turn.say("unlink.none", private=True)
        return
    if link is not None:
        await turn.done("account.unlink", link.user, link.user_name, projects=[each.name for each in link.delegations])
    if unlinked.left:
        await turn.say("unlink.left", tone=Tone.WARN, private=True, count=unlinked.left)
    else:
        await turn.say("unlink.done", tone=Tone.GOOD, private=True)


UNLINK = Own("unlink", "unlink", "own.unlink", run)
