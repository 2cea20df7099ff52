"""Korean. A value never carries a particle: a noun stands after it, because its last sound is not known."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # bind: options and words that can not be right
    "bind.boolean": "`{option}` 옵션은 yes 또는 no여야 합니다. 입력한 값: `{value}`",
    "bind.choice": "`{option}` 옵션에 `{value}` 값은 쓸 수 없습니다. 쓸 수 있는 값: {choices}",
    "bind.choice_near": "`{option}` 옵션에 `{value}` 값은 쓸 수 없습니다. 혹시 찾으시는 값: {nearest} (전체: {choices})",
    "bind.dash": "옵션은 대시 두 개로 시작합니다: `{option}`. 값으로 쓰시려면 `{word}` 부분을 따옴표로 묶어 주십시오.",
    "bind.float": "`{option}` 옵션은 숫자여야 합니다. 입력한 값: `{value}`",
    "bind.int": "`{option}` 옵션은 정수여야 합니다. 입력한 값: `{value}`",
    "bind.int_range": "`{option}` 옵션은 {least}에서 {most} 사이의 정수여야 합니다. 입력한 값: `{value}`",
    "bind.json": "`{option}` 옵션은 JSON이나 `key=value,key=value` 형식이어야 합니다. 입력한 값: `{value}`",
    "bind.no_words": "`{command}` 명령은 옵션만 받습니다. `{word}` 값을 넣을 자리가 없습니다.",
    "bind.twice": "`{option}` 옵션을 두 번 지정했습니다. 한 번만 지정해 주십시오.",
    "bind.unknown": "`{command}` 명령에는 `{option}` 옵션이 없습니다.",
    "bind.unknown_near": "`{command}` 명령에는 `{option}` 옵션이 없습니다. 혹시 찾으시는 옵션: {nearest}",
    "bind.value": "`{option}` 옵션에는 값이 필요합니다: `{expected}`",
    "bind.words": "`{word}` 값을 넣을 자리가 없습니다. 사용법: `{usage}`. 공백이 있는 값은 따옴표로 묶어 주십시오.",
    # parser: text that can not be read
    "parser.control": "입력한 글에 제어 문자({code})가 들어 있습니다. 명령을 다시 입력해 주십시오.",
    "parser.direction": "입력한 글에 읽는 방향을 바꾸는 보이지 않는 문자({code})가 들어 있습니다. 명령을 다시 입력해 주십시오.",
    "parser.empty": "메시지에 명령이 없습니다. `help` 명령으로 할 수 있는 일을 볼 수 있습니다.",
    "parser.escape": "글이 `\\` 문자로 끝나고 그 뒤에 아무것도 없습니다.",
    "parser.invisible": "입력한 글에 보이지 않는 문자({code})가 들어 있습니다. 명령을 다시 입력해 주십시오.",
    "parser.long": "입력한 글이 {length}자입니다. 명령은 {limit}자까지 쓸 수 있습니다.",
    "parser.quote": "따옴표가 닫히지 않았습니다: `{rest}`. 따옴표를 닫거나 그 앞에 `\\` 문자를 넣어 주십시오.",
}
