"""A message as lines of plain text, so that tests of answers read like what people see."""

from bot.messages import (
    Block,
    Button,
    Buttons,
    Code,
    Fields,
    Message,
    Note,
    Paragraph,
    Progress,
    Span,
    Steps,
    Table,
    text_of,
)


def lines(message: Message) -> list[str]:
    return [line for block in message.blocks for line in _lines(block)]


def buttons(message: Message) -> list[Button]:
    return [button for block in message.blocks if isinstance(block, Buttons) for button in block.buttons]


def tables(message: Message) -> list[Table]:
    return [block for block in message.blocks if isinstance(block, Table)]


def spans(message: Message) -> list[Span]:
    """Every styled run of the message."""
    found: list[Span] = []
    for block in message.blocks:
        if isinstance(block, Paragraph | Note):
            found.extend(block.text)
        elif isinstance(block, Fields):
            found.extend(span for _, value in block.pairs for span in value)
    return found


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph() | Note():
            return [text_of(block.text)]
        case Fields():
            return [f"{label}: {text_of(value)}" for label, value in block.pairs]
        case Table():
            return [block.caption, *(" | ".join(row) for row in (block.columns, *block.rows))]
        case Progress():
            return [block.label]
        case Steps():
            return [" ".join(filter(None, step)) for step in block.steps]
        case Code():
            return block.text.splitlines()
        case Buttons():
            return [f"[{button.label}]" for button in block.buttons]
