"""Korean for the graph's sentences about what all areas share: rights, plans, operations, lists, policy, services. Listed in `__init__`."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # resolvers/action.py
    "`{}` is for operators of the cloud.": "`{0}` 명령은 클라우드 운영자만 쓸 수 있습니다.",
    "There is no such project.": "그런 프로젝트가 없습니다.",
    "`{}` needs the role `{}` on the project, which you do not have.": "`{0}` 명령을 실행하려면 이 프로젝트의 `{1}` 역할이 있어야 합니다.",
    # resolvers/clients/openstack.py
    "{} lost its place in a list, because what stood there was deleted.": (
        "{0} 서비스의 목록을 읽는 동안 읽던 자리의 항목이 삭제되었습니다."
    ),
    "{} lists in a circle.": "{0} 서비스의 목록이 같은 자리를 맴돌며 끝나지 않습니다.",
    "{} speaks its API up to {} only; 9rum needs {}.": (
        "{0} 서비스가 지원하는 API 버전은 {1}까지입니다. 9rum에는 {2} 이상이 필요합니다."
    ),
    # resolvers/clients/openstack_account.py
    "Keystone of {} does not tell the id of 9rum's own account.": (
        "{0} 클라우드의 Keystone이 9rum 계정의 ID를 알려 주지 않습니다."
    ),
    "The entry of {} in clouds.yaml has no account to log in with.": (
        "clouds.yaml의 {0} 항목에 로그인할 계정이 없습니다."
    ),
    "{} does not answer at its catalogue address.": "{0} 서비스가 카탈로그에 있는 주소에서 응답하지 않습니다.",
    # resolvers/clients/openstack_config.py
    "The cloud {} can not be set up: there is no file {}.": ("{0} 클라우드를 설정할 수 없습니다. {1} 파일이 없습니다."),
    "The cloud {} can not be set up: `{}` of the entry `{}` ({}) can not be read: {}.": (
        "{0} 클라우드를 설정할 수 없습니다. `{2}` 항목의 `{1}` 파일({3})을 읽을 수 없습니다: {4}."
    ),
    # resolvers/clients/openstack_errors.py
    "{} does not tell its API versions at its address; check `auth_url`.": (
        "{0} 서비스가 그 주소에서 API 버전을 알려 주지 않습니다. `auth_url` 값을 확인하세요."
    ),
    "{} did not answer in time.": "{0} 서비스가 제시간에 응답하지 않았습니다.",
    "The catalogue of {} has no address of {}.": "{0} 클라우드의 카탈로그에 {1} 서비스의 주소가 없습니다.",
    "The catalogue of {} has no {} address of {}.": "{0} 클라우드의 카탈로그에 {2} 서비스의 {1} 주소가 없습니다.",
    "The catalogue of {} has no {} address of {} in the region {}.": (
        "{0} 클라우드의 카탈로그에 {3} 리전에 있는 {2} 서비스의 {1} 주소가 없습니다."
    ),
    "The catalogue of {} has {} in several regions ({}); name one as `region`.": (
        "{0} 클라우드의 카탈로그에 {1} 서비스가 여러 리전({2})에 있습니다. `region` 설정에 하나를 지정하세요."
    ),
    "{} gave an answer that 9rum can not read.": "{0} 서비스의 응답을 9rum이 읽을 수 없습니다.",
    "{} does not answer: no connection to it can be made.": "{0} 서비스가 응답하지 않습니다. 연결할 수 없습니다.",
    "{} ended the connection before it answered.": "{0} 서비스가 응답하기 전에 연결을 끊었습니다.",
    "{} did not answer within {} s.": "{0} 서비스가 {1}초 안에 응답하지 않았습니다.",
    "{} failed with status {}; it may work later.": "{0} 서비스에서 오류가 발생했습니다(상태 코드 {1}). 잠시 후 다시 시도하세요.",
    "{} asks to send fewer requests; try again later.": "{0} 서비스에 요청이 너무 많습니다. 잠시 후 다시 시도하세요.",
    "{} does not accept your token; sign in again.": "{0} 서비스가 토큰을 거부했습니다. 다시 로그인하세요.",
    "{} refuses this as too large; ask its operators to raise the limit of the proxy before it.": (
        "{0} 서비스가 요청이 너무 크다며 거부했습니다. 서비스 앞 프록시의 제한을 올려 달라고 운영자에게 요청하세요."
    ),
    "{} is not found at its address: another server answers there.": (
        "{0} 서비스가 그 주소에 없습니다. 다른 서버가 응답하고 있습니다."
    ),
    "{} does not speak the version of its API that it told; try again.": (
        "{0} 서비스가 알려 준 API 버전을 지원하지 않습니다. 다시 시도하세요."
    ),
    "{} refused the request with status {}.": "{0} 서비스가 요청을 거부했습니다(상태 코드 {1}).",
    # resolvers/clients/openstack_http.py
    "{} gave an answer that 9rum can not use: {}.": "{0} 서비스의 응답을 9rum이 쓸 수 없습니다: {1}.",
    # resolvers/clients/openstack_lists.py
    "There is no resource with such an id.": "그런 ID를 가진 자원이 없습니다.",
    "{} answered without the `{}` that was asked for.": "{0} 서비스의 응답에 요청한 `{1}` 항목이 없습니다.",
    # resolvers/clients/openstack_people.py
    "The token is unknown to Keystone, has ended, or was revoked.": (
        "Keystone이 모르는 토큰이거나, 만료되었거나 폐기된 토큰입니다."
    ),
    "The person of this token lost the role that it carries.": "이 토큰에 담긴 역할이 사용자에게 더는 없습니다.",
    "This token is bound to one project and can not act on another.": (
        "한 프로젝트에서만 쓸 수 있는 토큰이라 다른 프로젝트에서는 실행할 수 없습니다."
    ),
    "You have no role on this project.": "이 프로젝트에 역할이 없습니다.",
    "This is not a Keystone token.": "Keystone 토큰이 아닙니다.",
    # resolvers/clients/openstack_trusts.py
    "What your organisation's login gives you by its groups can not be delegated; ask an operator for the role itself.": (
        "조직 로그인에서 그룹을 통해 받은 권한은 위임할 수 없습니다. 운영자에게 역할을 직접 부여해 달라고 요청하세요."
    ),
    "You do not have every one of these roles on this project.": "위임하려는 역할 중에 이 프로젝트에서 받지 않은 역할이 있습니다.",
    "An application credential may not delegate roles; sign in with your password.": (
        "애플리케이션 자격 증명으로는 역할을 위임할 수 없습니다. 비밀번호로 로그인하세요."
    ),
    "The project is disabled.": "프로젝트가 비활성화되어 있습니다.",
    "The trust was made for another account of 9rum.": "9rum의 다른 계정에 한 위임이라 쓸 수 없습니다.",
    "The person lost a role that the trust delegates, or was disabled.": (
        "위임한 사람이 그 역할을 잃었거나 비활성화되었습니다."
    ),
    "There is no trust with such an id.": "그런 ID를 가진 위임이 없습니다.",
    # resolvers/context.py
    "No cloud named `{}` offers {}.": "{1} 서비스를 제공하는 `{0}` 클라우드가 없습니다.",
    "Sign in first: send a Keystone token in the header X-Auth-Token, or open a session.": (
        "먼저 로그인하세요. X-Auth-Token 헤더에 Keystone 토큰을 넣어 보내거나 세션을 여세요."
    ),
    "The answer asks more than {} conditions of rows; ask for less at once, or with fewer conditions.": (
        "응답하려면 행에 조건을 {0}번 넘게 적용해야 합니다. 한 번에 더 적게 요청하거나 조건을 줄이세요."
    ),
    "The answer leads to more than {} rows; ask for fewer rows, less nesting, or fields that answer in pages.": (
        "조회할 행이 {0}개를 넘습니다. 행 수나 중첩을 줄이거나, 페이지로 나누어 응답하는 필드를 쓰세요."
    ),
    # resolvers/graph/audit.py
    "The audit log is for operators of the cloud, and for admins of a project about their project.": (
        "감사 로그는 클라우드 운영자가 볼 수 있습니다. 프로젝트 관리자(admin)는 자기 프로젝트의 기록만 볼 수 있습니다."
    ),
    "`first` is between 0 and {}; {} was asked for.": "`first` 값은 0에서 {0} 사이여야 합니다. 요청한 값: {1}",
    "`before` is not the id of an audit row; take it from a row's `id`.": (
        "`before` 값이 감사 기록의 ID가 아닙니다. 감사 기록의 `id` 값을 쓰세요."
    ),
    'None of the {} rows that were looked at fits; to look at older ones, ask again with `before: "{}"`.': (
        '살펴본 기록 {0}건 중에 조건에 맞는 것이 없습니다. 더 오래된 기록을 보려면 `before: "{1}"` 조건으로 다시 요청하세요.'
    ),
    # resolvers/graph/commands.py
    "There is no command named `{}`.": "`{0}` 명령은 없습니다.",
    # resolvers/graph/events.py
    "`ids` takes at most {}; {} were given.": "`ids` 값은 최대 {0}개까지 쓸 수 있습니다. 입력한 개수: {1}",
    # resolvers/graph/filters.py
    "A filter may hold `and`, `or`, `not` and edges at most {} deep.": (
        "필터의 `and`, `or`, `not` 조건과 연결(edge)은 최대 {0}단계까지 중첩할 수 있습니다."
    ),
    "Filtering by `{}` is for operators of the cloud.": "`{0}` 조건은 클라우드 운영자만 쓸 수 있습니다.",
    "A filter may hold at most {} conditions.": "필터에는 조건을 최대 {0}개까지 쓸 수 있습니다.",
    "A moment needs its distance from UTC, such as `2026-10-01T12:00:00Z` or `...+09:00`.": (
        "시각에는 UTC와의 차이를 적어야 합니다. 예: `2026-10-01T12:00:00Z`, `...+09:00`"
    ),
    "Say of the label `{}` what it shall be: `eq`, `in` or `exists`.": (
        "`{0}` 레이블에 어떤 조건을 걸지 `eq`, `in`, `exists` 중 하나로 지정하세요."
    ),
    "`{}` takes at most {} values; {} were given.": (
        "`{0}` 조건에는 값을 최대 {1}개까지 쓸 수 있습니다. 입력한 개수: {2}"
    ),
    # resolvers/graph/lists.py
    "Ordering by this is for operators of the cloud.": ("이 기준으로 정렬하는 것은 클라우드 운영자만 할 수 있습니다."),
    "A list is ordered by at most {} keys; {} were given.": (
        "정렬 기준은 최대 {0}개까지 쓸 수 있습니다. 입력한 개수: {1}"
    ),
    # resolvers/graph/reads.py
    "How many rows a page has; 50 unless said, 20 in chat.": "한 페이지의 행 수. 생략하면 50, 채팅에서는 20.",
    "The cursor at which the page before ended.": "이전 페이지가 끝난 위치의 커서.",
    "Find things by a part of their name, id, address, tag or label.": (
        "이름, ID, 주소, 태그, 레이블의 일부로 자원을 찾습니다."
    ),
    "What to look for.": "찾을 내용.",
    "The kinds to look among; all unless said.": "찾을 종류. 생략하면 전체.",
    "How many to answer; 20 unless said.": "보여 줄 개수. 생략하면 20.",
    "List the {} that you may see.": "볼 수 있는 {0} 목록을 봅니다.",
    "Show one {}.": "{0} 상세 정보를 봅니다.",
    "Name or id of the {}.": "{0} 이름 또는 ID.",
    "Only those of this {}.": "{0}: 지정한 값과 같은 것만.",
    "Only those that are {}, or that are not.": "{0}: 예(yes)인 것만, 또는 아니요(no)인 것만.",
    "Only those with this in their {}.": "{0}: 지정한 글자가 들어 있는 것만.",
    "Only those with this {}.": "{0}: 지정한 값과 같은 것만.",
    "Only those with this among their {}.": "{0}: 지정한 값이 들어 있는 것만.",
    # resolvers/graph/roots.py
    "There is nothing with this id.": "이 ID를 가진 자원이 없습니다.",
    "`nodes` takes at most {} ids; {} were given.": (
        "`nodes` 요청에는 ID를 최대 {0}개까지 쓸 수 있습니다. 입력한 개수: {1}"
    ),
    "Search for a text of 1 to 100 characters.": "검색어는 1~100자여야 합니다.",
    "There is no kind named `{}`; there are: {}.": "`{0}` 종류는 없습니다. 쓸 수 있는 종류: {1}",
    # resolvers/graph/scalars.py
    "A duration is a number of seconds or a text like `500ms`, `30s`, `5m`, `2h`, `1d`.": (
        "기간은 초 단위의 숫자나 `500ms`, `30s`, `5m`, `2h`, `1d` 같은 형식이어야 합니다."
    ),
    # resolvers/identity/columns.py
    "Show what a project may use, and uses, of each service.": "프로젝트의 서비스별 할당량과 사용량을 봅니다.",
    "Name or id of the project; where you have only one, or work in one, that one unless said.": (
        "프로젝트의 이름 또는 ID. 프로젝트가 하나뿐이거나 이미 정해져 있으면 생략할 수 있습니다."
    ),
    # resolvers/identity/openstack.py
    "The application credential's id or secret is not right, or it has ended.": (
        "애플리케이션 자격 증명의 ID나 비밀 값이 올바르지 않거나 만료되었습니다."
    ),
    # resolvers/identity/quotas.py
    "The {} service of {} did not tell its quotas in {} s.": (
        "{1} 클라우드의 {0} 서비스가 {2}초 안에 할당량을 알려 주지 않았습니다."
    ),
    # resolvers/ids.py
    "An id looks like `server:krane/5f0c...` (kind, cloud, and the id in that cloud).": (
        "ID는 `server:krane/5f0c...` 형식이어야 합니다(종류, 클라우드, 그 클라우드에서의 ID)."
    ),
    # resolvers/inventory/collector.py
    "{} did not list its {} in {} s.": "{0} 클라우드가 {2}초 안에 {1} 목록을 보내지 않았습니다.",
    "{} gave an answer for its {} that 9rum can not read.": ("{0} 클라우드가 보낸 {1} 목록을 9rum이 읽을 수 없습니다."),
    # resolvers/inventory/events.py
    "Events come faster than you read them; subscribe again with the last `resume` token.": (
        "읽는 속도보다 빠르게 이벤트가 들어오고 있습니다. 마지막 `resume` 토큰으로 다시 구독하세요."
    ),
    "`resume` is not a token of this subscription; take it from an event.": (
        "`resume` 값이 이 구독의 토큰이 아닙니다. 이벤트에 있는 값을 쓰세요."
    ),
    # resolvers/inventory/freshness.py
    "The {} of {} are {} s old, older than `maxAge` says; ask again in {} s.": (
        "`maxAge` 값보다 오래된 내용입니다(클라우드 {1}, {0}, {2}초 전). {3}초 후에 다시 요청하세요."
    ),
    # resolvers/inventory/paging.py
    "Ask for `first` or for `last` rows, not for both.": "`first` 값과 `last` 값 중 하나만 지정하세요.",
    "`{}` is between 0 and {}; {} was asked for.": "`{0}` 값은 0에서 {1} 사이여야 합니다. 요청한 값: {2}",
    "`{}` is not a cursor of this list in this order; take it from `pageInfo` or `edges`.": (
        "`{0}` 값은 이 목록과 정렬 순서의 커서가 아닙니다. `pageInfo`나 `edges`에 있는 값을 쓰세요."
    ),
    # resolvers/inventory/store.py
    "Say which {}, by its id or name.": "{0} 이름 또는 ID를 지정하세요.",
    "There is no {} with the id `{}`{}.": "{0} 목록에{2} `{1}` ID가 없습니다.",
    " That is the id of a different kind: {}.": " 다른 종류의 ID입니다: {0}.",
    "`{}` is the name of {} {}; say which one by its id.": "`{0}` 이름을 가진 {2} {1}개가 있습니다. ID로 지정하세요.",
    # resolvers/making.py
    "Wait until it is ready": "준비될 때까지 대기",
    # resolvers/nesting.py
    "{} is nested too deeply: objects and lists have {} levels at most.": (
        "{0} 값이 너무 깊게 중첩되어 있습니다. 객체와 목록은 최대 {1}단계까지 중첩할 수 있습니다."
    ),
    "{} holds too much: {} objects and {} values at most, each use counted.": (
        "{0} 값이 너무 큽니다. 객체는 최대 {1}개, 값은 최대 {2}개까지 담을 수 있습니다. 여러 번 쓰면 쓸 때마다 셉니다."
    ),
    # resolvers/operations/approvals.py
    "There is no such plan, or it is too old; ask for a new one.": (
        "그런 실행 계획이 없거나 너무 오래되었습니다. 새 실행 계획을 요청하세요."
    ),
    "There is no such audit row.": "그런 감사 기록이 없습니다.",
    "`{}` is nothing that can be planned.": "`{0}` 명령으로는 실행 계획을 만들 수 없습니다.",
    "`{}` was a secret and is not in the log; type the command again.": (
        "`{0}` 값은 비밀 값이라 로그에 남아 있지 않습니다. 명령을 다시 입력하세요."
    ),
    "What was asked for then is no whole command of today; type it again.": (
        "기록된 요청이 지금의 명령 형식에 맞지 않습니다. 명령을 다시 입력하세요."
    ),
    "The log has only the beginning of what was asked for; type the command again.": (
        "로그에는 요청한 내용의 앞부분만 남아 있습니다. 명령을 다시 입력하세요."
    ),
    "This plan needs nobody's approval.": "승인이 필요 없는 실행 계획입니다.",
    "You asked for this yourself; somebody else approves it.": "본인이 요청한 작업은 다른 사람이 승인해야 합니다.",
    "A reason is a text of at most {} printable characters.": (
        "사유는 표시할 수 있는 문자로 {0}자까지 쓸 수 있습니다."
    ),
    "The hash is not the one of this plan; look at the plan again.": "이 실행 계획의 해시와 다릅니다. 실행 계획을 다시 확인하세요.",
    "This plan was refused by {}; it can not be applied.": "{0} 님이 거부한 실행 계획이라 적용할 수 없습니다.",
    "This plan waits for the approval of somebody else with the role `{}`.": (
        "이 실행 계획은 `{0}` 역할이 있는 다른 사람의 승인을 기다리고 있습니다."
    ),
    "This plan was refused by {}; that stays.": "{0} 님이 이미 거부한 실행 계획입니다. 거부는 취소할 수 없습니다.",
    "This plan is being applied, or was; it can not be refused any more.": (
        "적용 중이거나 이미 적용된 실행 계획이라 더는 거부할 수 없습니다."
    ),
    # resolvers/operations/audit_filter.py
    "`{}` has at most {} characters.": "`{0}` 값은 {1}자까지 쓸 수 있습니다.",
    "`{}` is a moment between {} and {}.": "`{0}` 값은 {1} ~ {2} 사이의 시각이어야 합니다.",
    # resolvers/operations/engine.py
    "`{}` needs {}.": "`{0}` 명령에 필요한 권한이 없습니다: {1}.",
    "This operation can not be undone.": "되돌릴 수 없는 작업입니다.",
    "There is no such operation.": "그런 작업이 없습니다.",
    "There is no secret to read: there was none, or it was read before, or it is too old.": (
        "읽을 수 있는 비밀 값이 없습니다. 처음부터 없었거나, 이미 읽었거나, 너무 오래되었습니다."
    ),
    "Something went wrong inside 9rum; the log has it under {}.": (
        "9rum 내부에서 문제가 발생했습니다. 로그의 상관관계 ID는 {0}입니다."
    ),
    (
        "What this operation needs to go on is gone, or was kept for something else: nothing more is sent to the cloud. "
        "Look at what it has made, and ask for the rest anew."
    ): (
        "이 작업을 이어 가는 데 필요한 정보가 없거나 다른 작업에 속한 것이어서 클라우드에 더는 아무것도 보내지 않습니다. "
        "지금까지 만들어진 것을 확인하고 나머지는 다시 요청하세요."
    ),
    "`{}` does not exist any more in this version of 9rum.": "이 버전의 9rum에는 `{0}` 명령이 더는 없습니다.",
    "The state changed since this plan was made; look at a new plan and confirm that one.": (
        "이 실행 계획을 만든 뒤에 상태가 바뀌었습니다. 새 실행 계획을 보고 확인하세요."
    ),
    "This call took so long that another one with its key came before it; call again.": (
        "처리가 늦어지는 사이에 같은 키를 쓴 다른 호출이 먼저 처리되었습니다. 다시 호출하세요."
    ),
    "`{}` needs the approval of somebody else with the role `{}`: ask for its plan, let it be approved, and apply it.": (
        "`{0}` 명령에는 `{1}` 역할이 있는 다른 사람의 승인이 필요합니다. 실행 계획을 요청해 승인을 받은 뒤 적용하세요."
    ),
    "`{}` is confirmed before it runs: look at its plan, and apply that.": (
        "`{0}` 명령은 실행하기 전에 확인을 받습니다. 실행 계획을 보고 그 계획을 적용하세요."
    ),
    # resolvers/operations/keys.py
    "An idempotency key has 1 to 128 printable characters.": ("멱등성 키는 표시할 수 있는 문자로 1~128자여야 합니다."),
    "This idempotency key was used for another call or with another input; take a new key for a new call.": (
        "다른 호출이나 다른 입력에 이미 쓴 멱등성 키입니다. 새 호출에는 새 키를 쓰세요."
    ),
    "The first call with this idempotency key is still being checked; call again in a moment.": (
        "이 멱등성 키를 쓴 첫 호출을 아직 확인하고 있습니다. 잠시 후 다시 호출하세요."
    ),
    # resolvers/operations/reads.py
    "List the newest operations.": "최근 작업 목록을 봅니다.",
    "Of everybody whom you may see, not only yours.": "내 작업뿐 아니라 볼 수 있는 모든 사람의 작업.",
    "Show one operation.": "작업 상세 정보를 봅니다.",
    "Id of the operation.": "작업의 ID.",
    "List the newest rows of the audit log.": "최근 감사 기록 목록을 봅니다.",
    "Only of this command, such as `server.delete` or `server.*`.": (
        "이 명령의 기록만. 예: `server.delete`, `server.*`"
    ),
    "Only by this person, by name or id.": "이 사람의 기록만. 이름 또는 ID.",
    "Only about this, by name or id.": "이 대상의 기록만. 이름 또는 ID.",
    "Only from this channel, such as `slack:C024*`, or from a whole platform.": (
        "이 채널의 기록만. 예: `slack:C024*`. 플랫폼 전체도 지정할 수 있습니다."
    ),
    "Only in this project, by name or id.": "이 프로젝트의 기록만. 이름 또는 ID.",
    "Only with this result.": "결과가 이와 같은 기록만.",
    "Only from this moment on, such as `2026-10-01T09:00:00Z`.": "이 시각부터의 기록만. 예: `2026-10-01T09:00:00Z`",
    "Only until this moment.": "이 시각까지의 기록만.",
    "How many to answer; 50 unless said, 20 in chat.": "보여 줄 개수. 생략하면 50, 채팅에서는 20.",
    "The id of the row at which the page before ended.": "이전 페이지의 마지막 행 ID.",
    # resolvers/operations/rows.py
    "The input holds a number of more than 64 bits, or half a character.": (
        "입력에 64비트를 넘는 숫자나 깨진 문자가 들어 있습니다."
    ),
    "The input has {} bytes; at most {} are taken. Give shorter texts and fewer of them.": (
        "입력이 {0}바이트입니다. 최대 {1}바이트까지 쓸 수 있습니다. 내용을 짧게 줄이거나 개수를 줄이세요."
    ),
    # resolvers/operations/run.py
    "`{}` is gone: it was deleted while the operation was waiting for it.": (
        "`{0}` 자원이 없어졌습니다. 작업이 기다리는 동안 삭제되었습니다."
    ),
    "{} Asking for it again.": "{0} 다시 요청하고 있습니다.",
    "{} Looking whether it was done all the same.": "{0} 처리되었는지 확인하고 있습니다.",
    "{}: nothing moved for {} s; the backend may still get there.": (
        "{0}: {1}초 동안 진전이 없습니다. 백엔드에서 나중에 끝날 수도 있습니다."
    ),
    # resolvers/operations/store.py
    "The store of 9rum did not answer, so it is not known whether the change has begun; look at the operation before you ask again.": (
        "9rum의 저장소가 응답하지 않아 변경이 시작되었는지 알 수 없습니다. 다시 요청하기 전에 작업을 확인하세요."
    ),
    # resolvers/planning.py
    "`{}` can not be a name here: it would be another address of the cloud.": (
        "`{0}` 이름은 여기서 쓸 수 없습니다. 클라우드의 다른 주소를 가리키게 됩니다."
    ),
    "There is no {} named `{}` any more.": "{0} 목록에 `{1}` 이름이 더는 없습니다.",
    "`{}` belongs to another project and is shared with yours; only its owner changes it.": (
        "`{0}` 자원은 다른 프로젝트가 공유한 것입니다. 소유한 프로젝트에서만 바꿀 수 있습니다."
    ),
    "Say what to change: {}.": "바꿀 항목을 지정하세요: {0}",
    "`{}` is so already; there is nothing to change.": "`{0}` 자원은 이미 그 상태라 바꿀 것이 없습니다.",
    "`{}` may not be empty.": "`{0}` 값은 비워 둘 수 없습니다.",
    "`{}` has {} characters; at most {} are allowed.": "`{0}` 값이 {1}자입니다. 최대 {2}자까지 쓸 수 있습니다.",
    "`{}` holds control or invisible characters; use letters, digits and signs that can be read.": (
        "`{0}` 값에 제어 문자나 보이지 않는 문자가 들어 있습니다. 읽을 수 있는 글자, 숫자, 기호를 쓰세요."
    ),
    "`description` has {} characters; at most {} are allowed here.": (
        "`description` 값이 {0}자입니다. 여기서는 최대 {1}자까지 쓸 수 있습니다."
    ),
    '`{}` is an object of texts, such as {"service": "talk"}.': (
        '`{0}` 값은 문자열을 담은 객체여야 합니다. 예: {{"service": "talk"}}'
    ),
    "`{}` has {} entries; at most {} are allowed.": "`{0}` 항목이 {1}개입니다. 최대 {2}개까지 쓸 수 있습니다.",
    "Each value of `{}` is a text of at most {} characters.": ("`{0}` 안의 값은 각각 {1}자까지의 문자열이어야 합니다."),
    "You have the role `{}` on no project; ask an operator for one.": (
        "`{0}` 역할을 가진 프로젝트가 없습니다. 운영자에게 역할을 요청하세요."
    ),
    "Say in which project, by `project`.": "`project` 값으로 프로젝트를 지정하세요.",
    "No cloud named `{}` offers this; there are: {}.": "`{0}` 클라우드에서는 쓸 수 없습니다. 쓸 수 있는 클라우드: {1}",
    # resolvers/policy/policy.py
    "Nobody may run `{}` from `{}` on the project, so nobody may approve it there.": (
        "이 프로젝트에서는 아무도 `{1}` 채널에서 `{0}` 명령을 실행할 수 없으므로, 그곳에서 승인할 수도 없습니다."
    ),
    "The policy does not allow this.": "정책이 허용하지 않습니다.",
    "Nothing is allowed while the policy file of 9rum can not be read.": (
        "9rum의 정책 파일을 읽을 수 없는 동안에는 아무것도 허용되지 않습니다."
    ),
    "The policy asks for the name of the project, which 9rum has not read yet; try again in a moment.": (
        "정책을 확인하려면 프로젝트 이름이 필요한데, 9rum이 아직 읽지 못했습니다. 잠시 후 다시 시도하세요."
    ),
    "The policy does not allow `{}` from `{}` on the project `{}`.": (
        "정책에 따라 `{1}` 채널에서는 `{2}` 프로젝트에 `{0}` 명령을 실행할 수 없습니다."
    ),
    "The policy allows `{}` from `{}` in some projects only; say in which one.": (
        "정책에 따라 `{1}` 채널에서는 `{0}` 명령을 일부 프로젝트에서만 실행할 수 있습니다. 어느 프로젝트인지 지정하세요."
    ),
    "The policy does not allow `{}` from `{}`.": "정책에 따라 `{1}` 채널에서는 `{0}` 명령을 실행할 수 없습니다.",
    "Nothing is allowed from {} until a policy file says what: whoever runs 9rum writes one and names it in the setting `policy.file`.": (
        "정책 파일이 없어 {0} 플랫폼에서는 아무것도 허용되지 않습니다. 9rum을 운영하는 사람이 정책 파일을 "
        "만들어 `policy.file` 설정에 지정해야 합니다."
    ),
    # resolvers/quota.py
    "The project may use {} {} and uses {}; {} more do not fit. Delete something or ask an operator for a larger quota.": (
        "프로젝트의 {1} 한도는 {0}, 현재 사용량은 {2}, 추가로 필요한 양은 {3}입니다."
    ),
    # resolvers/renaming.py
    "`{}` is its name already.": "이미 `{0}` 이름을 쓰고 있습니다.",
    "Ask to rename": "이름 변경 요청",
    "Give a {} another name.": "{0} 이름을 바꿉니다.",
    "Give an {} another name.": "{0} 이름을 바꿉니다.",
    "Id or name of the {}.": "{0} 이름 또는 ID.",
}
