"""What may be shown and kept of a command text that has a secret among its mere words, or may have. Called by `turn`, and by the gateway
for what the console keeps in its rooms. Pure.

A secret is given by name. Where a command takes one, and more mere words come than have a place, people gave it without its name; which
of the words it is can not be told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import redact
from bot.catalogue import LONGEST, Catalogue, CommandSpec
from bot.parser import VALUED, Token, Unreadable, Words, fold, kebab, split


def guarded(text: str, words: Words | None, catalogue: Catalogue | None, aliases: Mapping[str, str]) -> str | None:
    """What may be shown of a text that could not be bound: the command alone; None when there is nothing to hide."""
    typed = words.words if words is not None else tuple(text.split())
    if redact.hidden(text) != text:  # what stands behind it may be more of it
        return " ".join((*(words.leading[:LONGEST] if words is not None else typed[:2]), "…"))
    if catalogue is None:  # nobody asked anything yet: any word may be one
        return " ".join((*typed[:2], "…")) if len(typed) > 2 else None
    found, noun = catalogue.find(typed, aliases), catalogue.noun(typed[:1], aliases)
    specs = [found[0]] if found is not None else catalogue.of_noun(noun) if noun is not None else []
    if not specs:
        return " ".join((*typed[:LONGEST], "…")) if len(typed) > LONGEST else None
    crowded = found is not None and words is not None and _crowd(found[0], words.tokens, len(typed) - len(found[1]))
    if not crowded and not _needs_secret(specs):
        return None
    return f"{specs[0].typed if found is not None else kebab(specs[0].noun)} …"


def hidden(typed: str, catalogue: Catalogue, aliases: Mapping[str, str], prefix: str) -> str:
    """The text as it was typed, without secrets: those that were given by name, and mere words that may be one."""
    kept, place = "", 0
    for token in _may_be_secret(typed, catalogue, aliases, prefix):
        kept, place = f"{kept}{typed[place : token.start]}{redact.MASK}", token.end
    return redact.hidden(f"{kept}{typed[place:]}")


def _may_be_secret(typed: str, catalogue: Catalogue, aliases: Mapping[str, str], prefix: str) -> Sequence[Token]:
    tokens, whole = _tokens(typed)
    words = [token for token in tokens if token.option is None]
    before = 1 if words and (words[0].value or "").casefold() == prefix else 0
    said = [token.value or "" for token in words[before:]]
    found = catalogue.find(said, aliases)
    if found is None:
        return words[before + 2 :] if _needs_secret(_near(said, catalogue, aliases)) else ()
    named = before + len(said) - len(found[1])
    if whole:
        return _crowd(found[0], tokens, named)
    return words[named:] if any(redact.secret(each.name) for each in found[0].parameters) else ()


def _tokens(typed: str) -> tuple[Sequence[Token], bool]:
    """And whether they are read as they were meant: in a text that can not be read anything is a word."""
    begins = len(typed) - len(typed.lstrip())
    try:
        return [replace(each, start=begins + each.start, end=begins + each.end) for each in split(typed).tokens], True
    except Unreadable:
        found = re.finditer(r"\S+", typed)
        return [Token(None, word[0], start=word.start(), end=word.end()) for word in found], False


def _crowd(spec: CommandSpec, tokens: Sequence[Token], named: int) -> Sequence[Token]:
    """The mere words of a command that takes a secret, when there are more than have a place. The first `named` words are the command."""
    if not any(redact.secret(each.name) for each in spec.parameters):
        return ()
    given, loose, place = set[str](), list[Token](), 0
    while place < len(tokens):
        token, place = tokens[place], place + 1
        pair = token.pair if token.option is None and not named else None
        parameter = spec.parameter((pair or token).option or "")
        if parameter is not None:
            given.add(parameter.name)
        if token.option is not None:
            valued = parameter is not None and parameter.type != "Boolean" and token.value is None
            place += valued and place < len(tokens) and tokens[place].option is None
        elif named:
            named -= 1
        elif parameter is None and fold((pair.option if pair else None) or "") not in VALUED:
            loose.append(token)
    places = [each for each in spec.positional if each.name not in given]
    endless = any(each.many or each.type == "JSON" for each in places)
    return loose if len(loose) > len(places) and not endless else ()


def _near(said: Sequence[str], catalogue: Catalogue, aliases: Mapping[str, str]) -> list[CommandSpec]:
    """What may have been meant by words that name no command."""
    nouns = {catalogue.noun(said[:count], aliases) for count in range(1, LONGEST + 1)} - {None}
    if nouns:
        return [spec for noun in nouns for spec in catalogue.of_noun(noun or "")]
    found = (catalogue.find(typed.split(), {}) for typed in catalogue.nearest(said, aliases=aliases))
    return [spec for spec, _ in filter(None, found)]


def _needs_secret(specs: Sequence[CommandSpec]) -> bool:
    return any(each.required and redact.secret(each.name) for spec in specs for each in spec.parameters)
