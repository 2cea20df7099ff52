"""How often a document may ask for the same field: validation compares each two fields of one name, and what is selected of them.

Asked by `documents.py` before validation, in time that is linear in the text.
"""

from collections import Counter
from typing import Final

from graphql import DocumentNode, FieldNode, SelectionSetNode

from resolvers.errors import TooExpensive

_MOST: Final = 100_000  # comparisons: some 30 ms of CPU
_DEEP: Final = 30  # comparisons of plain fields that one of fields with a selection is worth


def check_repeats(document: DocumentNode) -> None:
    """Raises TooExpensive. Where in the document two fields stand is not looked at: fragments bring any two together."""
    counts: Counter[tuple[str, int]] = Counter()
    ahead = [found for each in document.definitions if (found := _selections(each)) is not None]
    while ahead:
        for selection in ahead.pop().selections:
            inside = _selections(selection)
            if inside is not None:
                ahead.append(inside)
            if isinstance(selection, FieldNode):
                named = selection.alias or selection.name
                counts[named.value, 1 if inside is None else _DEEP] += 1
    if sum(weight * count * (count - 1) // 2 for (_, weight), count in counts.items()) > _MOST:
        (name, _), count = max(counts.items(), key=lambda found: found[0][1] * found[1] ** 2)
        raise TooExpensive(
            f"The document asks {count} times for fields named `{name}`; ask once, with all that you want of them."
        )


def _selections(node: object) -> SelectionSetNode | None:
    found: SelectionSetNode | None = getattr(node, "selection_set", None)
    return found
