"""Korean for what the gateway says at the doors of its pages: signing in, linking, the rooms of the conversation. Listed in `__init__`."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # gateway/sign_in.py
    "The user, the password, the domain or the project is wrong, or you have no role there.": (
        "사용자, 비밀번호, 도메인, 프로젝트 중에 잘못된 것이 있거나 그곳에 역할이 없습니다."
    ),
    "The application credential or its secret is wrong, or it has ended.": (
        "애플리케이션 자격 증명이나 비밀 값이 올바르지 않거나, 자격 증명이 만료되었습니다."
    ),
    "Nobody is signed in here.": "로그인되어 있지 않습니다.",
    # gateway/sign_in_limit.py
    "Too many failed sign-ins: try again in {} s.": "로그인 실패가 너무 많습니다. {0}초 후에 다시 시도하세요.",
    # gateway/begun.py
    "Too many sign-ins were begun: try again in {} s.": "시작한 로그인이 너무 많습니다. {0}초 후에 다시 시도하세요.",
    # gateway/federated.py
    "There is no login `{}` here; load the page again.": "`{0}` 로그인은 없습니다. 페이지를 새로 고치세요.",
    # gateway/json_routes.py and gateway/caller.py
    "Pages of another origin may not sign in or out here.": "다른 출처의 페이지에서는 로그인하거나 로그아웃할 수 없습니다.",
    "Pages of another origin may not sign in here.": "다른 출처의 페이지에서는 로그인할 수 없습니다.",
    "Pages of another origin may not ask for links here.": "다른 출처의 페이지에서는 계정을 연결할 수 없습니다.",
    "Pages of another origin may not link accounts here.": "다른 출처의 페이지에서는 계정을 연결할 수 없습니다.",
    "Pages of another origin may not use the session here; send an X-Auth-Token.": (
        "다른 출처의 페이지에서는 이 세션을 쓸 수 없습니다. 9rum 주소로 접속하거나 X-Auth-Token 헤더를 보내세요."
    ),
    # gateway/auth.py
    "The token is not valid: it has ended, was revoked, or is not of this cloud. Sign in again.": (
        "토큰이 유효하지 않습니다. 만료되었거나 폐기되었거나 이 클라우드의 토큰이 아닙니다. 다시 로그인하세요."
    ),
    "Your session has ended. Sign in again.": "세션이 끝났습니다. 다시 로그인하세요.",
    "You have no role any more on the project that you signed in for. Sign in again.": (
        "로그인한 프로젝트에 더는 역할이 없습니다. 다시 로그인하세요."
    ),
    # gateway/errors.py
    "The store of 9rum does not answer now; try again in a moment.": (
        "9rum의 저장소가 지금 응답하지 않습니다. 잠시 후 다시 시도하세요."
    ),
    "Something went wrong inside 9rum; the log has it under correlation id {}.": (
        "9rum 내부에서 문제가 발생했습니다. 로그의 상관관계 ID는 {0}입니다."
    ),
    # gateway/sessions.py
    "The store that keeps the sessions does not answer now; try again in a moment.": (
        "세션 저장소가 지금 응답하지 않습니다. 잠시 후 다시 시도하세요."
    ),
    # gateway/limits/body.py
    "The request is longer than {} bytes, the limit for a body.": "요청이 너무 깁니다. 최대 {0}바이트까지 보낼 수 있습니다.",
    "The body did not come within {} s, the limit for a body.": "요청의 내용이 제한 시간 {0}초 안에 도착하지 않았습니다.",
    # gateway/chat/link.py
    "This address was used, has ended, or never was; ask the bot for a new one by `link`.": (
        "이미 썼거나 만료되었거나 없는 주소입니다. 봇에게 `link`를 보내 새 주소를 받으세요."
    ),
    "Nobody is signed in here. Sign in to link your chat account.": (
        "로그인되어 있지 않습니다. 채팅 계정을 연결하려면 로그인하세요."
    ),
    "Roles can be delegated for {} days at most.": "역할은 최대 {0}일까지 위임할 수 있습니다.",
    "You have no role on a project `{}`.": "`{0}` 프로젝트에 역할이 없습니다.",
    "You do not have the role `{}` on `{}`.": "`{1}` 프로젝트의 `{0}` 역할이 없습니다.",
    "One of these projects is not there any more.": "선택한 프로젝트 중에 더는 없는 프로젝트가 있습니다.",
    # gateway/console/chat.py
    "The message is empty. Type a command, such as `help`.": "메시지가 비어 있습니다. `help` 같은 명령을 입력하세요.",
    "A message may have {} characters at most.": "메시지는 {0}자까지 쓸 수 있습니다.",
    # gateway/console/events.py
    "Events came faster than they were read; connect again.": (
        "읽는 속도보다 빠르게 이벤트가 들어오고 있습니다. 다시 연결하세요."
    ),
    # gateway/console/members.py
    "There is no such room, or it is not yours.": "그런 방이 없거나 들어갈 수 없는 방입니다.",
    "Sign in to see the conversation.": "대화를 보려면 로그인하세요.",
    # bot/platforms/console/platform.py
    "Nobody waits for the form.": "이 양식을 기다리는 요청이 없습니다. 명령을 다시 보내 주세요.",
    "This id was used for another message; say it with a new one.": (
        "다른 메시지에 이미 쓴 ID입니다. 새 ID로 다시 보내 주세요."
    ),
    "This button is not there any more.": "이 버튼은 더는 없습니다.",
    "The bot is starting or stopping; say it again in a moment.": (
        "봇이 시작하거나 종료하는 중입니다. 잠시 후 다시 보내 주세요."
    ),
    "The store of the conversation does not answer.": "대화 저장소가 응답하지 않습니다. 잠시 후 다시 시도하세요.",
    "The message is not there any more.": "이 메시지는 더는 없습니다.",
}
