"""The type of the store's client, as all rooms below the gateway take it. `gateway/store.py` opens it.

redis-py annotates every answer with the union of all protocols, decoders and pipelines; our clients always answer bytes. The alias
says in one place that this library is used untyped.
"""

from typing import Any

RedisClient = Any
