"""English."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # bind: options and words that can not be right
    "bind.boolean": "`{option}` is yes or no; `{value}` is neither.",
    "bind.choice": "`{option}` can not be `{value}`; it is one of: {choices}.",
    "bind.choice_near": "`{option}` can not be `{value}`. Did you mean {nearest}? It is one of: {choices}.",
    "bind.dash": "Options begin with two dashes: `{option}`. If `{word}` is a value, put it in quotes.",
    "bind.float": "`{option}` is a number; `{value}` is not.",
    "bind.int": "`{option}` is a whole number; `{value}` is not.",
    "bind.int_range": "`{option}` is a whole number from {least} to {most}; `{value}` is not.",
    "bind.json": "`{option}` is JSON or `key=value,key=value`; `{value}` is neither.",
    "bind.no_words": "`{command}` takes options only; `{word}` has no place in it.",
    "bind.twice": "`{option}` was given twice; give it once.",
    "bind.unknown": "`{command}` has no option `{option}`.",
    "bind.unknown_near": "`{command}` has no option `{option}`. Did you mean {nearest}?",
    "bind.value": "`{option}` needs a value: `{expected}`.",
    "bind.words": "`{word}` is one word too many. Usage: `{usage}`. Put a value with spaces in quotes.",
    # parser: text that can not be read
    "parser.control": "The text holds a control character ({code}). Please type the command again.",
    "parser.direction": "The text holds an invisible character that changes the reading direction ({code}). Please type it again.",
    "parser.empty": "There is no command in the message. `help` shows what you can do.",
    "parser.escape": "The text ends with `\\`, and nothing follows it.",
    "parser.invisible": "The text holds an invisible character ({code}). Please type the command again.",
    "parser.long": "The text has {length} characters; a command has at most {limit}.",
    "parser.quote": "A quote is opened and never closed: `{rest}`. Close it, or write `\\` before the quote sign.",
}
