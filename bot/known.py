"""The catalogue of commands as the graph tells it, read again when it is old or a word is unknown. Used by `turn`.

It is the same for everybody (who may run what is asked separately), so one copy in the process is enough; it is a cache and nothing more.
"""

from bot.catalogue import CATALOGUE_QUERY, Catalogue, catalogue_of
from bot.ports import Acting, Answer, Clock, Graph

FRESH_SECONDS = 60.0
UNKNOWN_SECONDS = 5.0  # an unknown word asks again, but not more often than this


class Known:
    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock
        self._catalogue: Catalogue | None = None
        self._read_at = 0.0
        self._asking = 0

    @property
    def catalogue(self) -> Catalogue | None:
        """What was read last, for those who may not ask."""
        return self._catalogue

    def document(self, command: str) -> str | None:
        """What the command runs, for a button of it; None while that is not known."""
        spec = self._catalogue.get(command) if self._catalogue is not None else None
        return (spec.document or None) if spec is not None else None

    async def get(self, acting: Acting, max_age: float = FRESH_SECONDS) -> Catalogue | Answer:
        """The catalogue, or the answer that refused it. An older one is better than none while the graph can not be asked.

        Nobody waits for somebody else's question, which may have to wait for its turn under the limits.
        """
        fresh = self._clock.monotonic() - self._read_at < max_age
        if self._catalogue is not None and (fresh or self._asking):
            return self._catalogue
        self._asking += 1
        try:
            answer = await self._graph.execute(acting, CATALOGUE_QUERY, {})
        finally:
            self._asking -= 1
        if answer.data is not None and answer.data.get("commands") is not None:
            self._catalogue = catalogue_of(answer.data)
            self._read_at = self._clock.monotonic()
        return answer if self._catalogue is None else self._catalogue
