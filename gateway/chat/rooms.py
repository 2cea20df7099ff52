"""What the rooms of the console keep of a typed text, by the commands of the graph: they are known here before anybody asks for them.

Called by `wiring.py`. A room keeps a text before the bot reads it, and it must be kept alike by all processes, or who says it again after a
lost answer would be told that it was another one.
"""

from collections.abc import Callable, Sequence

from bot.catalogue import Catalogue, CommandSpec, ParameterSpec
from bot.guarded import hidden
from bot.settings import BotSettings
from resolvers.domain import Domain
from resolvers.graph.commands import Command, command_of, command_of_read
from resolvers.graph.reads import reads_of
from resolvers.graph.schema import actions_of


def hiding(domains: Sequence[Domain], settings: BotSettings) -> Callable[[str, str], str]:
    """What is kept of a text in a channel, such as `console:direct~krane~77aa`."""
    changes, reads = actions_of(domains).values(), reads_of(domains).values()
    catalogue = Catalogue(map(_spec, [*map(command_of, changes), *map(command_of_read, reads)]))

    def hide(text: str, channel: str) -> str:
        aliases = {**settings.aliases, **settings.channel(channel).aliases}
        return hidden(text, catalogue, aliases, settings.prefix)

    return hide


def _spec(command: Command) -> CommandSpec:
    """As far as it tells which words are which parameters."""
    parameters = (
        ParameterSpec(name=each.name, type=each.type, required=each.required, many=each.many, position=each.position)
        for each in command.parameters
    )
    return CommandSpec(name=command.name, parameters=tuple(parameters))
