"""Korean: what `9rum chat` says itself. See `ko.py` about particles."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # terminal: a button that is pressed by its number
    "terminal.button_gone": "메시지가 바뀌어 {number}번 버튼이 없어졌습니다.",
    "terminal.button_none": "{number}번 버튼이 없습니다.",
    "terminal.button_number": "그런 번호의 버튼은 없습니다.",
    # the connection
    "terminal.again": "다시 연결되었습니다.",
    "terminal.away.certificate": "{url} 주소의 인증서를 이 컴퓨터가 신뢰하지 않습니다.",
    "terminal.away.ended": "게이트웨이가 연결을 끊었습니다.",
    "terminal.away.late": "{url} 주소에서 제시간에 응답하지 않았습니다.",
    "terminal.away.lost": "{url} 주소와의 연결이 끊어졌습니다.",
    "terminal.away.unreached": "{url} 주소에 연결할 수 없습니다: {reason}. 게이트웨이가 실행 중인지 확인하세요.",
    "terminal.ended": "연결이 끊어졌습니다.",
    "terminal.lost": "{sentence} 다시 연결하고 있습니다.",
    "terminal.not_sent": "보내지 못했습니다: {what}",
    "terminal.perhaps_sent": "보내지 못했을 수도 있습니다: {what}",
    "terminal.strange.answer": "{url} 주소의 응답이 9rum의 응답이 아닙니다. 9rum 게이트웨이 주소인지 확인하세요.",
    "terminal.strange.graph": "그래프가 응답하지 않았습니다.",
    "terminal.strange.newer": "{url} 주소의 응답을 이 버전의 9rum chat이 읽지 못합니다. 새 버전으로 업데이트하세요.",
    "terminal.strange.session": "{url} 주소에서 로그인은 되었지만 세션을 받지 못했습니다. 9rum 게이트웨이 주소인지 확인하세요.",
    "terminal.strange.status": "{url} 주소에서 {status} 상태로 응답했지만 9rum의 응답이 아닙니다. 9rum 게이트웨이 주소인지 확인하세요.",
    "terminal.with_id": "{sentence} (상관관계 ID {id})",
    # files and sources of messages
    "terminal.file": "파일: {file}",
    "terminal.file_exists": "{path} 파일이 이미 있습니다. 다른 이름을 지정하세요: `:save 번호 경로`",
    "terminal.file_name": "쓸 수 없는 이름입니다",
    "terminal.file_none": "파일이 없습니다.",
    "terminal.file_none_of": "{number}번 메시지에는 파일이 없습니다.",
    "terminal.file_saved": "{path} 파일로 저장했습니다.",
    "terminal.file_unwritten": "{path} 파일을 쓸 수 없습니다: {reason}.",
    "terminal.history": "입력 기록을 {path} 파일에 남길 수 없습니다: {reason}.",
    "terminal.source_none": "출처를 알려 주는 메시지가 없습니다.",
    "terminal.source_none_of": "{number}번 메시지는 출처를 알려 주지 않습니다.",
    "terminal.source_number": "메시지 번호를 지정하세요: `:source 7`",
    # options of every command, where they are completed
    "terminal.flag.explain": "실행하지 않고 GraphQL 문서만 보기",
    "terminal.flag.help": "사용법",
    "terminal.flag.json": "원본 응답",
    "terminal.flag.plan": "무엇이 바뀌는지 보기",
    "terminal.flag.project": "이 방의 프로젝트가 아닌 다른 프로젝트",
    # forms
    "terminal.form.ambiguous": "{said}: 해당하는 항목이 {count}개입니다. 더 입력하거나 번호를 입력하세요.",
    "terminal.form.empties": "`:empty`를 입력하면 비웁니다",
    "terminal.form.empty": "Enter 키를 누르면 비워 둡니다. `:send`를 입력하면 나머지는 그대로 두고 보냅니다",
    "terminal.form.keep": "Enter 키를 누르면 그대로 둡니다. `:send`를 입력하면 나머지는 그대로 두고 보냅니다",
    "terminal.form.left": "양식을 닫았습니다. 아무것도 보내지 않았습니다.",
    "terminal.form.more": "… 외 {count}개: 일부를 입력하고 Tab 키를 누르세요",
    "terminal.form.needed": "{label} 값이 필요합니다. 양식을 닫으려면 Ctrl-C를 누르세요.",
    "terminal.form.no_choice": "{said}: 선택할 수 있는 항목이 아닙니다.",
    "terminal.form.number": "{label} 값은 숫자여야 합니다. 예: 3",
    "terminal.form.optional": "선택",
    "terminal.form.script": "{title}: 빠진 값을 명령에 넣어 다시 보내세요.",
    "terminal.form.switch": "{label} 값은 예 또는 아니요여야 합니다.",
    # what can be typed
    "terminal.help.buttons": "번호를 입력하면 그 번호의 버튼을 누릅니다. 나머지는 모두 봇에게 보냅니다. `help` 명령부터 입력해 보세요.",
    "terminal.help.help": "여기서 입력할 수 있는 것",
    "terminal.help.quit": "나가기. 실행 중인 작업은 계속됩니다",
    "terminal.help.room": "다른 방으로 가기: `/room 이름`",
    "terminal.help.rooms": "내가 들어 있는 방",
    "terminal.help.save": "메시지의 파일 저장: `:save [번호] [경로]`",
    "terminal.help.source": "메시지의 명령과 GraphQL 문서: `:source [번호]`",
    "terminal.leaves": "나가려면 Ctrl-D를 누르거나 `/quit`를 입력하세요.",
    "terminal.no_text": "입력하거나 붙여 넣은 내용이 UTF-8 텍스트가 아니어서 쓰지 않았습니다.",
    "terminal.unknown": "{name} 명령은 없습니다. 쓸 수 있는 것: {known}.",
    # rooms
    "terminal.new": "새 메시지 {count}개",
    "terminal.room_none": "{room} 방이 없거나 들어갈 수 없습니다. 들어갈 수 있는 방: {rooms}.",
    "terminal.room_unknown": "{room} 방이 없거나 들어갈 수 없습니다. 들어갈 수 있는 방은 `/rooms` 명령으로 볼 수 있습니다.",
    "terminal.room_which": "방 이름을 지정하세요: `/room 이름`. 방 목록은 `/rooms` 명령으로 볼 수 있습니다.",
    "terminal.only_you": "나에게만 보입니다",
    # signing in, and arguments
    "terminal.ask.password": "{user} 님의 비밀번호: ",
    "terminal.ask.secret": "비밀 값: ",
    "terminal.ask.token": "토큰: ",
    "terminal.ask.user": "사용자: ",
    "terminal.clear": "{url} 주소는 암호화되지 않아 {what} 값을 중간에서 다른 사람이 볼 수 있습니다.",
    "terminal.misused.credential": (
        "애플리케이션 자격 증명에는 사용자와 프로젝트가 이미 정해져 있습니다. `--user`, `--domain`, `--project` 옵션을 빼 주세요."
    ),
    "terminal.misused.empty": "{what} 값이 비어 있습니다.",
    "terminal.misused.encoding": "입력이 UTF-8 텍스트가 아닙니다.",
    "terminal.misused.nobody": "여기서는 {what} 값을 물어볼 수 없습니다. {variable} 환경 변수나 `--password-stdin` 옵션으로 지정하세요.",
    "terminal.misused.output": "출력이 터미널이 아닙니다. 실행할 명령을 `-c` 옵션이나 표준 입력으로 지정하세요.",
    "terminal.misused.script": "`--yes`, `--json`, `--no-wait` 옵션은 `-c` 옵션이나 표준 입력과 함께 씁니다.",
    "terminal.misused.token": (
        "토큰에는 사용자와 프로젝트가 이미 정해져 있습니다. "
        "`--user`, `--domain`, `--project`, `--credential` 옵션을 빼 주세요."
    ),
    "terminal.misused.token_text": "Keystone 토큰이 아닙니다. 토큰에 있을 수 없는 공백, 줄바꿈 또는 문자가 있습니다.",
    "terminal.misused.url": "`--url`: {url} 값은 https://9rum.example.org 같은 주소가 아닙니다.",
    "terminal.misused.user": "누구로 로그인할지 지정하세요: `--user 이름` 또는 `--credential ID`",
    "terminal.signed_out": "로그인한 사람이 없습니다.",
    "terminal.the_password": "비밀번호",
    "terminal.the_token": "토큰",
    # state: the line at the bottom
    "terminal.state.away": "연결 끊김, 다시 연결하는 중",
    "terminal.state.connected": "연결됨",
    "terminal.state.connecting": "연결 중",
    "terminal.state.form": "Ctrl-C로 양식 닫기",
    "terminal.state.going_on": "진행 중 {count}개",
    "terminal.state.new": "다른 방의 새 메시지 {count}개",
    "terminal.state.sending": "보내는 중",
    # waiting
    "terminal.timeout": "{seconds}초 안에 최종 응답이 오지 않았습니다. 작업은 계속될 수 있습니다.",
}
