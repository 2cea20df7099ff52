"""`whoami`: as whom 9rum acts for this account, on which projects, and until when. Shown to the person alone."""

from datetime import UTC, datetime

from bot import gql
from bot.commands.own import Own
from bot.linking import offer
from bot.messages import Fields, Message, Span, Table, Text, clean
from bot.people import Delegation, Link
from bot.turn import Answered, Turn

ME = "{ me { id name domainName projects { project { id name } roles } } }"


async def run(turn: Turn) -> None:
    if turn.capabilities.signed_in:
        await turn.aside(await _signed_in(turn))
        return
    link = await turn.services.people.link_of(turn.person)
    if link is None:
        await offer(turn, "link.needed")
        return
    await turn.aside(_linked(turn, link))


async def _signed_in(turn: Turn) -> Message:
    answer = await turn.ask(ME, {})
    me = gql.found(answer, "me")
    if me is None:
        raise Answered(answer.errors)
    rows = tuple((clean(held["project"]["name"]), clean(", ".join(held["roles"]))) for held in me["projects"])
    return _card(turn, me["name"], me["domainName"], rows, 2)


def _linked(turn: Turn, link: Link) -> Message:
    rows = tuple((clean(each.name), clean(", ".join(each.roles)), _until(turn, each)) for each in link.delegations)
    return _card(turn, link.user_name, link.domain, rows, 3)


def _until(turn: Turn, delegation: Delegation) -> str:
    if delegation.ended is not None or delegation.expires_at <= turn.services.clock.now().timestamp():
        return turn.texts.line("whoami.ended")
    return datetime.fromtimestamp(delegation.expires_at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _card(turn: Turn, user: str, domain: str, rows: tuple[tuple[str, ...], ...], columns: int) -> Message:
    texts = turn.texts
    titles = tuple(texts.line(f"whoami.{name}") for name in ("project", "roles", "until")[:columns])
    pairs: list[tuple[str, Text]] = [
        (texts.line("whoami.account"), (Span(clean(turn.person.key)),)),
        (texts.line("whoami.user"), (Span(clean(f"{user} ({domain})")),)),
    ]
    summary = texts.line("whoami.summary", user=user)
    return Message(summary=summary, blocks=(Fields(tuple(pairs)), Table(columns=titles, rows=rows, total=len(rows))))


WHOAMI = Own("whoami", "whoami", "own.whoami", run)
