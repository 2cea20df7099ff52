"""Read: one question that a person asks by a command (`server list`), declared as data: a document, its parameters, what to show of it.

`<kind>.list` and `<kind>.show` are generated from the columns that a domain declares beside its kinds (`graph/reads.py`); what has
another shape is declared whole in `Domain.reads`. A Read changes nothing, and asks nothing that its document could not ask as text.
"""

from dataclasses import dataclass

from resolvers.actor import OPERATOR, READER, Actor


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is dotted below one row: `image.name`. Where it leads through a list it means the value of each member."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Param:
    """One variable of the document. `type` is its GraphQL type without marks; `position` its place among the words in chat."""

    name: str
    help: str
    type: str = "String"
    required: bool = False
    many: bool = False
    position: int | None = None
    choices: tuple[str, ...] = ()
    choices_from: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """`rows`, `total`, `next` and `text` are dotted paths in the answer's data; see `Command` in `graph/commands.py`.

    `role` is what shows it in help: `reader` to everybody, because everybody reads what they see; another to who has it somewhere.
    """

    name: str
    summary: str
    document: str
    parameters: tuple[Param, ...] = ()
    rows: str | None = None
    columns: tuple[Column, ...] = ()
    total: str | None = None
    next: str | None = None
    text: str | None = None
    role: str = READER

    def offered_to(self, actor: Actor) -> bool:
        return self.role == READER or actor.operator or (self.role != OPERATOR and actor.holds(self.role))
