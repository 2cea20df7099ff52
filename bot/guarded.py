"""What may be shown of a command text that could not be bound yet, and may have a secret among its mere words. Called by `turn`."""

from collections.abc import Mapping

from bot import redact
from bot.catalogue import LONGEST, Catalogue
from bot.parser import Words, kebab


def guarded(text: str, words: Words | None, catalogue: Catalogue | None, aliases: Mapping[str, str]) -> str | None:
    """The command alone; None when there is nothing to hide."""
    typed = words.words if words is not None else tuple(text.split())
    if redact.hidden(text) != text:  # what stands behind it may be more of it
        return " ".join((*(words.leading[:LONGEST] if words is not None else typed[:2]), "…"))
    if catalogue is None:  # nobody asked anything yet: any word may be one
        return " ".join((*typed[:2], "…")) if len(typed) > 2 else None
    found, noun = catalogue.find(typed, aliases), catalogue.noun(typed[:1], aliases)
    specs = [found[0]] if found is not None else catalogue.of_noun(noun) if noun is not None else []
    if not specs:
        return " ".join((*typed[:LONGEST], "…")) if len(typed) > LONGEST else None
    needed = [each.name for spec in specs for each in spec.parameters if each.required]
    if not any(map(redact.secret, needed)):  # else people give it as a mere word at times
        return None
    return f"{specs[0].typed if found is not None else kebab(specs[0].noun)} …"
