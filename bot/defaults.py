"""What goes without saying in a place and for a person: the project, other words for commands, the language. Used by `turn` and commands.

gurum:bot:defaults   hash: `project:{place}` and `language:{person}`
"""

from collections.abc import Mapping

from bot import texts
from bot.platforms.base import Person, Place
from bot.ports import RedisClient
from bot.settings import BotSettings

DEFAULTS = "gurum:bot:defaults"


class Defaults:
    def __init__(self, redis: RedisClient, settings: BotSettings) -> None:
        self._redis = redis
        self._settings = settings

    async def project(self, place: Place) -> str | None:
        """The room's own, else what `use project` chose here, else what the settings say of the channel."""
        if place.project is not None:
            return place.project
        chosen = await self._chosen(place)
        return chosen[0] or self._settings.channel(place.key).project

    async def project_name(self, place: Place) -> str | None:
        """As `project`, in the words of whoever chose it."""
        if place.project is not None:
            return place.name
        chosen = await self._chosen(place)
        return chosen[1] or self._settings.channel(place.key).project

    async def use(self, place: Place, project: str | None, name: str = "") -> None:
        """`project` is a global id, `name` what people call it. None: forget what was chosen."""
        if project is None:
            await self._redis.hdel(DEFAULTS, f"project:{place.key}")
        else:
            await self._redis.hset(DEFAULTS, f"project:{place.key}", f"{project} {name}")

    async def _chosen(self, place: Place) -> tuple[str, str]:
        chosen = await self._redis.hget(DEFAULTS, f"project:{place.key}")
        project, _, name = chosen.decode().partition(" ") if chosen else ("", "", "")
        return project, name or project

    async def language(self, person: Person, place: Place | None = None) -> str:
        """What the person chose, else the locale that the platform knows, else that of the place, if any, else the installation's."""
        chosen = await self._redis.hget(DEFAULTS, f"language:{person.key}")
        if chosen:
            return str(chosen.decode())
        known = person.locale if texts.speaks(person.locale) else None
        of_place = self._settings.channel(place.key).language if place is not None else None
        return known or of_place or self._settings.language

    async def speak(self, person: Person, language: str | None) -> None:
        """None: forget what was chosen."""
        if language is None:
            await self._redis.hdel(DEFAULTS, f"language:{person.key}")
        else:
            await self._redis.hset(DEFAULTS, f"language:{person.key}", language)

    def aliases(self, place: Place) -> Mapping[str, str]:
        return {**self._settings.aliases, **self._settings.channel(place.key).aliases}
