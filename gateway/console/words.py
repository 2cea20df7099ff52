"""`/chat/words`: how the help of commands reads in the reader's language, for what the page suggests while one types.

Mounted by `gateway/app.py`. The page has the commands from the graph, in English; this tells the same texts in the language of the request.
"""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import texts
from bot.platforms.console.rooms import NAME
from bot.ports import Acting, Graph
from gateway import media
from gateway.console.members import Members
from gateway.json_routes import served
from gateway.request import headers_of

PATH: Final = "/chat/words"
QUERY: Final = "{ commands { summary parameters { help } } }"


class Words:
    def __init__(self, graph: Graph, members: Members) -> None:
        self._graph = graph
        self._members = members

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, served(self._answer), methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        member = await self._members.member(request.scope, headers_of(request.scope), "http")
        said = texts.of(member.person.locale)
        english = set() if said.language == texts.DEFAULT else await self._helps(member.person.token or "")
        words = {text: told for text in sorted(english) if (told := said.sentence(text)) != text}
        return Response(msgspec.json.encode({"words": words}), media_type=media.JSON)

    async def _helps(self, token: str) -> set[str]:
        """Empty when they can not be read now: the page suggests in English then."""
        asking = Acting(token=token, project=None, platform=NAME, channel="", message=None, person="")
        commands = ((await self._graph.execute(asking, QUERY, {})).data or {}).get("commands") or ()
        return {text for each in commands for text in (each["summary"], *(one["help"] for one in each["parameters"]))}
