"""What one process of 9rum does: the choices of `9rum serve --role`. Read by `gateway/__main__.py` and `gateway/app.py`."""

import enum


class Role(enum.StrEnum):
    """ALL: everything. API: the graph and the pages; what people say there is worked on elsewhere. BOT: the conversation, and no graph.

    Processes of different roles share a store (`store.url`).
    """

    ALL = "all"
    API = "api"
    BOT = "bot"
