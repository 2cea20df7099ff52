"""Korean for what the graph puts together from pieces: sentences whose end comes from elsewhere, and words that stand in others."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # sentences whose end comes from elsewhere
    "The cloud {} can not be set up from the entry `{}` of {}: {}": "{2} 파일의 `{1}` 항목으로 {0} 클라우드를 설정할 수 없습니다: {3}",
    "There is no {} named `{}`.{}": "{0} 목록에 `{1}` 이름이 없습니다.{2}",
    "Wait for server {} of {}": "서버 준비 대기({0}/{1})",
    "`publicKey` is not an OpenSSH public key such as `ssh-ed25519 AAAA... you@host`.{}": (
        "`publicKey` 값이 `ssh-ed25519 AAAA... you@host` 같은 OpenSSH 공개 키가 아닙니다.{0}"
    ),
    "`{}` ended in ERROR: {}": "`{0}` 서버가 ERROR 상태가 되었습니다: {1}",
    "`{}` kept its old size: {}": "`{0}` 서버의 크기가 바뀌지 않았습니다: {1}",
    "`{}` is already in the security group `{}`.": "`{0}` 서버는 이미 `{1}` 보안 그룹에 속해 있습니다.",
    "`{}` is not in the security group `{}`.": "`{0}` 서버는 `{1}` 보안 그룹에 속해 있지 않습니다.",
    "The backup `{}` failed: {}": "`{0}` 백업에 실패했습니다: {1}",
    "`{}` is already shared with that project.": "`{0}` 이미지는 이미 그 프로젝트와 공유되어 있습니다.",
    "`{}` is not shared with that project.": "`{0}` 이미지는 그 프로젝트와 공유되어 있지 않습니다.",
    "Ask to delete": "삭제 요청",
    "Set the gateway": "게이트웨이 설정",
    "Clear the gateway": "게이트웨이 해제",
    "Tags.": "태그.",
    "A rule for any protocol": "모든 프로토콜에 대한 규칙",
    "Keystone (identity) of {}": "{0} 클라우드의 Keystone (identity)",
    "Nova (compute) of {}": "{0} 클라우드의 Nova (compute)",
    "Glance (image) of {}": "{0} 클라우드의 Glance (image)",
    "Cinder (block storage) of {}": "{0} 클라우드의 Cinder (block storage)",
    "Neutron (network) of {}": "{0} 클라우드의 Neutron (network)",
    "{} does not let 9rum's own account in; check its entry in clouds.yaml.": (
        "{0} 서비스가 9rum 계정의 로그인을 받아들이지 않습니다. clouds.yaml의 항목을 확인하세요."
    ),
    "{} does not allow this to 9rum's own account; give it the role that it needs.": (
        "{0} 서비스가 9rum 계정에 이 작업을 허용하지 않습니다. 필요한 역할을 부여하세요."
    ),
    "{} shows a certificate that this machine does not trust; name its authority as `cacert` in clouds.yaml.": (
        "{0} 서비스의 인증서를 이 장비가 신뢰하지 않습니다. clouds.yaml의 `cacert` 값에 인증 기관을 지정하세요."
    ),
    "{} shows 9rum's own account {} of its own project alone, so whether this was made is not known.": (
        "{0} 서비스가 9rum 계정에 그 계정의 프로젝트에 있는 것만 보여 주므로({1}), 만들어졌는지 알 수 없습니다."
    ),
    "{} is not reached: no connection to the proxy can be made that this machine's environment names.": (
        "{0} 서비스에 연결할 수 없습니다. 이 장비의 환경 변수에 지정된 프록시에 연결되지 않습니다."
    ),
    "{} is not reached: the proxy that this machine's environment names refuses with status {}.": (
        "{0} 서비스에 연결할 수 없습니다. 이 장비의 환경 변수에 지정된 프록시가 거부했습니다(상태 코드 {1})."
    ),
    (
        "{} is not reached: this machine's environment names a proxy that is not an HTTP proxy; add the cloud to NO_PROXY."
    ): "{0} 서비스에 닿을 수 없습니다. 이 장비의 환경 변수에 있는 프록시가 HTTP 프록시가 아닙니다. NO_PROXY 값에 클라우드를 추가하세요.",
    "The name, the domain or the password is not right, or the account may not sign in.": (
        "이름, 도메인, 비밀번호가 올바르지 않거나 로그인할 수 없는 계정입니다."
    ),
    "The name, the domain or the password is not right, or the account may not sign in on that project.": (
        "이름, 도메인, 비밀번호가 올바르지 않거나 그 프로젝트에 로그인할 수 없는 계정입니다."
    ),
    "That is the id of a different kind: {}.": "다른 종류의 ID입니다: {0}.",
    "A variable": "변수",
    "The input": "입력",
    # the steps of what needs no argument, by the verb of the compute service
    "Ask for: start": "서버 시작 요청",
    "Ask for: stop": "서버 종료 요청",
    "Ask for: reboot soft": "서버 재부팅 요청",
    "Ask for: reboot hard": "서버 강제 재부팅 요청",
    "Ask for: pause": "서버 일시 정지 요청",
    "Ask for: unpause": "서버 일시 정지 해제 요청",
    "Ask for: suspend": "서버 중단 요청",
    "Ask for: resume": "서버 재개 요청",
    "Ask for: shelve": "서버 보관 요청",
    "Ask for: unshelve": "서버 보관 해제 요청",
    "Ask for: lock": "서버 잠금 요청",
    "Ask for: unlock": "서버 잠금 해제 요청",
    "Ask for: confirm resize": "크기 변경 확정 요청",
    "Ask for: revert resize": "크기 변경 취소 요청",
    # in the place of values
    "http(s) address that the cloud fetches the content from; left out for an upload.": (
        "클라우드가 내용을 가져올 http(s) 주소. 업로드하려면 생략합니다."
    ),
    "{} and {} more": "{0} 외 {1}개",
    "the backend gave no reason": "백엔드가 이유를 알려 주지 않았습니다",
    "not locked": "잠금 해제",
    "in the lists": "목록 표시",
    "unprotected": "보호 해제",
    "none": "없음",
    "the range {}": "{0} 범위",
    "the protocol `{}`": "`{0}` 프로토콜",
    "it sends the caller to another address": "다른 주소로 이동시킵니다",
    "the answer ends in the middle": "응답이 중간에 끊겼습니다",
    "the answer is not HTTP": "HTTP 응답이 아닙니다",
    "the answer is not the JSON that its API promises": "API 형식에 맞는 JSON이 아닙니다",
    "the answer is larger than {}; a smaller page_size may help": "응답의 크기가 {0} 한도를 넘습니다. page_size 값을 줄여 보세요",
    "that fits here": "여기서 쓸 수 있는",
    "an operator of the cloud": "클라우드 운영자",
    # states that one of would do
    "ACTIVE or ERROR": "ACTIVE 또는 ERROR",
    "ACTIVE or ERROR or PAUSED or SHUTOFF or SUSPENDED": "ACTIVE, ERROR, PAUSED, SHUTOFF 또는 SUSPENDED",
    "ACTIVE or PAUSED or SHUTOFF or SUSPENDED": "ACTIVE, PAUSED, SHUTOFF 또는 SUSPENDED",
    "ACTIVE or SHUTOFF": "ACTIVE 또는 SHUTOFF",
    "SHELVED or SHELVED_OFFLOADED": "SHELVED 또는 SHELVED_OFFLOADED",
    "available or in-use": "available 또는 in-use",
    "the role `{}` on some project": "프로젝트의 `{0}` 역할",
}

# How a change is named in a plan (`changed` in resolvers/planning.py), where no kind and no column has the word.
CHANGES: Mapping[str, str] = {
    "attached to": "연결 대상",
    "backup": "백업",
    "content": "내용",
    "gateway": "게이트웨이",
    "interface": "인터페이스",
    "leads to": "연결 대상",
    "offer": "양도 제안",
    "restored to": "복원 대상",
    "rule": "규칙",
    "shared with": "공유 대상",
    "snapshot": "스냅샷",
    "volume of the offer": "제안된 볼륨",
}
