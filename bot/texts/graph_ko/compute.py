"""Korean for the graph's sentences about servers, flavors, keypairs and server groups. Listed in `__init__`."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # resolvers/compute/actions/addresses.py
    "Id or name of the server.": "서버의 이름 또는 ID.",
    "A floating IP of the project, by address or id; a new one when left out.": (
        "프로젝트에 있는 유동 IP의 주소 또는 ID. 생략하면 새로 할당받습니다."
    ),
    "External network to take a new one from; the one that the server has a way to.": (
        "새 유동 IP를 할당받을 외부 네트워크. 생략하면 서버와 라우터로 이어진 외부 네트워크를 씁니다."
    ),
    "Which address of the server, when it has several.": (
        "유동 IP를 연결할 서버의 주소. 주소가 여러 개일 때 지정합니다."
    ),
    "Say `floatingIp` or `network`, not both.": "`floatingIp`, `network` 중 하나만 지정하세요.",
    "{} leads to {} already; release it first.": (
        "{0} 유동 IP가 이미 {1} 주소에 연결되어 있습니다. 먼저 연결을 해제하세요."
    ),
    "Take a floating IP": "유동 IP 할당",
    "Bind it to the server": "유동 IP를 서버에 연결",
    "Wait until it is so": "반영될 때까지 대기",
    "The floating IP, by address or id; its only one when left out.": (
        "유동 IP의 주소 또는 ID. 서버에 하나뿐이면 생략할 수 있습니다."
    ),
    "Whether to give the floating IP back as well, so that somebody else may get it.": (
        "유동 IP까지 반환할지 여부. 반환한 주소는 다른 사람이 받을 수 있습니다."
    ),
    "`{}` is not reached by {} any more.": "`{0}` 서버에 더는 {1} 주소로 접속할 수 없습니다.",
    "The address {} goes back to its pool; somebody else may get it.": (
        "{0} 주소를 반환합니다. 다른 사람이 그 주소를 받을 수 있습니다."
    ),
    "`{}` has no floating IP.": "`{0}` 서버에 유동 IP가 없습니다.",
    "Say which one, by `floatingIp`; `{}` has {}.": (
        "어느 유동 IP인지 `floatingIp` 값으로 지정하세요. `{0}` 서버의 유동 IP: {1}."
    ),
    "`{}` has no such floating IP; it has {}.": "`{0}` 서버에 그런 유동 IP가 없습니다. 서버의 유동 IP: {1}.",
    "Give it back": "유동 IP 반환",
    "Release it": "유동 IP 연결 해제",
    "Let a floating IP lead to a server, a given one or a new one.": (
        "서버에 유동 IP를 연결합니다. 지정하지 않으면 새로 할당받습니다."
    ),
    "Take a floating IP away from a server.": "서버에서 유동 IP의 연결을 해제합니다.",
    # resolvers/compute/actions/attach.py
    "`{}` is {}; nothing can be plugged into it or taken out of it now.": (
        "`{0}` 서버의 상태가 {1}입니다. 지금은 볼륨이나 인터페이스를 연결하거나 분리할 수 없습니다."
    ),
    "Id or name of the volume.": "볼륨의 이름 또는 ID.",
    "Device name such as /dev/vdb; the backend chooses when left out.": (
        "/dev/vdb 같은 장치 이름. 생략하면 백엔드가 정합니다."
    ),
    "The volume `{}` is {}; it must be available.": "`{0}` 볼륨의 상태가 {1}입니다. available 상태여야 합니다.",
    "Ask to attach": "연결 요청",
    "Wait until it is in use": "볼륨이 연결될 때까지 대기",
    "The volume `{}` is in error.": "`{0}` 볼륨에 오류가 있습니다.",
    "The volume `{}` is not attached to `{}`.": "`{0}` 볼륨은 `{1}` 서버에 연결되어 있지 않습니다.",
    "What the system in the server has not written yet is lost; unmount the volume there first.": (
        "서버의 운영체제가 볼륨에 아직 쓰지 않은 데이터는 사라집니다. 먼저 서버에서 볼륨을 마운트 해제하세요."
    ),
    "Ask to detach": "분리 요청",
    "Wait until it is free": "볼륨이 분리될 때까지 대기",
    "Network to join, by name or id: a port is made there.": (
        "연결할 네트워크의 이름 또는 ID. 그 네트워크에 포트를 만듭니다."
    ),
    "An existing port, by name or id, instead of a network.": "네트워크 대신 쓸 기존 포트의 이름 또는 ID.",
    "Say `network` or `port`, one of the two.": "`network`, `port` 중 하나만 지정하세요.",
    "The port `{}` is in use.": "`{0}` 포트는 이미 사용 중입니다.",
    "The network `{}` has no subnet, so it has no address to give.": (
        "`{0}` 네트워크에 서브넷이 없어 주소를 할당할 수 없습니다."
    ),
    "Look at its interfaces": "인터페이스 확인",
    "Wait until the port is at the server": "포트가 서버에 연결될 때까지 대기",
    "Its port, by id, name or one of its addresses.": "분리할 포트의 ID, 이름 또는 주소.",
    "`{}` has no such port; it has {}.": "`{0}` 서버에 그런 포트가 없습니다. 서버에 있는 포트의 주소: {1}.",
    "`{}` loses the address {}.": "`{0}` 서버에서 {1} 주소가 없어집니다.",
    "Wait until the port has left": "포트가 서버에서 분리될 때까지 대기",
    "Id or name of the security group.": "보안 그룹의 이름 또는 ID.",
    "`{}` is {} in the security group `{}`.": (
        "`{0}` 서버의 `{2}` 보안 그룹 소속 여부가 이미 요청과 같습니다. 현재: {1}."
    ),
    "Change its security groups": "보안 그룹 변경",
    "Put a server into a security group.": "서버를 보안 그룹에 넣습니다.",
    "Take a server out of a security group.": "서버를 보안 그룹에서 뺍니다.",
    "Attach a volume to a server.": "서버에 볼륨을 연결합니다.",
    "Detach a volume from a server.": "서버에서 볼륨을 분리합니다.",
    "Give a server another network interface.": "서버에 네트워크 인터페이스를 추가합니다.",
    "Take a network interface out of a server.": "서버에서 네트워크 인터페이스를 분리합니다.",
    # resolvers/compute/actions/attributes.py
    'Labels to set, such as {"service": "talk"}; others stay.': (
        '설정할 레이블. 예: {"service": "talk"}. 다른 레이블은 그대로 둡니다.'
    ),
    "Labels to take away.": "삭제할 레이블.",
    "The label `{}` is 9rum's own.": "`{0}` 레이블은 9rum이 쓰는 것이라 바꿀 수 없습니다.",
    "`{}` is both set and removed.": "`{0}` 레이블을 설정하면서 동시에 삭제할 수는 없습니다.",
    "The labels of `{}` are so already.": "`{0}` 서버의 레이블은 이미 요청과 같습니다.",
    "Set the labels": "레이블 설정",
    "All its tags from now on.": "서버에 붙일 태그 전체. 기존 태그를 모두 대신합니다.",
    "A server takes at most {} tags; {} were given.": (
        "서버에는 태그를 {0}개까지 붙일 수 있습니다. 입력한 태그는 {1}개입니다."
    ),
    "The tag `{}` has a comma or a slash, or more than 60 characters.": (
        "`{0}` 태그는 쓸 수 없습니다. 태그는 쉼표(,)와 슬래시(/) 없이 60자까지 쓸 수 있습니다."
    ),
    "The tags of `{}` are so already.": "`{0}` 서버의 태그는 이미 요청과 같습니다.",
    "Set the tags": "태그 설정",
    "Set or remove labels of a server.": "서버의 레이블을 설정하거나 삭제합니다.",
    "Set the tags of a server.": "서버의 태그를 설정합니다.",
    # resolvers/compute/actions/create.py
    "Its name; with `count` above 1 the backend adds -1, -2 ...": (
        "서버 이름. `count` 값이 2 이상이면 백엔드가 뒤에 -1, -2 … 번호를 붙입니다."
    ),
    "Its size, by name or id.": "플레이버의 이름 또는 ID.",
    "What to boot, by name or id; left out when booting an existing volume.": (
        "부팅할 이미지의 이름 또는 ID. 기존 볼륨으로 부팅할 때는 생략합니다."
    ),
    "An existing bootable volume to boot instead of an image, by name or id.": (
        "이미지 대신 부팅할 기존 볼륨의 이름 또는 ID. 부팅할 수 있는 볼륨이어야 합니다."
    ),
    "GiB: copy the image to a new volume of this size and boot that.": (
        "새 부팅 볼륨의 크기(GiB). 이미지를 새 볼륨에 복사해 그 볼륨으로 부팅합니다."
    ),
    "Networks to join, by name or id; the project's only one when left out.": (
        "연결할 네트워크의 이름 또는 ID. 프로젝트에 하나뿐이면 생략할 수 있습니다."
    ),
    "Security groups, by name or id; `default` when left out.": (
        "보안 그룹의 이름 또는 ID. 생략하면 `default` 보안 그룹을 씁니다."
    ),
    "Name of your keypair that it lets in.": "서버 접속에 쓸 내 키페어의 이름.",
    "Script or cloud-config for the first boot; never stored or shown by 9rum.": (
        "첫 부팅 때 쓸 스크립트 또는 cloud-config. 9rum은 그 내용을 저장하거나 보여 주지 않습니다."
    ),
    "How many, 1 to 50.": "만들 서버 수(1~50).",
    "Availability zone; the backend chooses when left out.": "가용 구역. 생략하면 백엔드가 정합니다.",
    "Server group to put it in, by name or id.": "서버를 넣을 서버 그룹의 이름 또는 ID.",
    "A sentence for people.": "설명.",
    'Labels, such as {"service": "talk"}.': '레이블. 예: {"service": "talk"}.',
    "Project, by name or id; that of your token when left out.": (
        "프로젝트의 이름 또는 ID. 생략하면 내 토큰의 프로젝트를 씁니다."
    ),
    "Cloud; the first one when left out.": "클라우드. 생략하면 첫 번째 클라우드를 씁니다.",
    "`count` is between 1 and {}; {} was asked for.": "`count` 값은 1 이상 {0} 이하여야 합니다. 입력한 값: {1}.",
    "Ask for {} server(s)": "서버 {0}대 생성 요청",
    "Boot from `bootVolume` or from `image`, not from both.": "`bootVolume`, `image` 중 하나로만 부팅할 수 있습니다.",
    "The volume `{}` is not bootable.": "`{0}` 볼륨으로는 부팅할 수 없습니다.",
    "The volume `{}` is attached to a server.": "`{0}` 볼륨은 다른 서버에 연결되어 있습니다.",
    "Say what to boot, by `image` or `bootVolume`.": "무엇으로 부팅할지 `image` 또는 `bootVolume` 값으로 지정하세요.",
    "The image `{}` is {}; it must be active.": "`{0}` 이미지의 상태가 {1}입니다. active 상태여야 합니다.",
    "The image needs {} MiB of memory; {} has {}.": (
        "이미지에 메모리가 {0} MiB 필요하지만 {1} 플레이버의 메모리는 {2} MiB입니다."
    ),
    "The image needs {} GiB of disk; there would be {}.": (
        "이미지에 디스크가 {0} GiB 필요하지만 서버의 디스크는 {1} GiB입니다."
    ),
    "`bootVolumeSize` is at least 1 GiB.": "`bootVolumeSize` 값은 1 GiB 이상이어야 합니다.",
    "`{}` is external; a server reaches it by a router or a floating IP.": (
        "`{0}` 네트워크는 외부 네트워크라 서버를 직접 연결할 수 없습니다. 라우터나 유동 IP를 쓰세요."
    ),
    "The project has no network; make one with a subnet first.": (
        "프로젝트에 네트워크가 없습니다. 먼저 네트워크와 서브넷을 만드세요."
    ),
    "Say which network, by `networks`; there are: {}.": (
        "어느 네트워크인지 `networks` 값으로 지정하세요. 선택할 수 있는 네트워크: {0}."
    ),
    "`userData` is larger than {} bytes.": "`userData` 값이 너무 큽니다. {0}바이트까지 쓸 수 있습니다.",
    "Make one or more servers.": "서버를 하나 이상 만듭니다.",
    # resolvers/compute/actions/groups.py
    "Its name.": "이름.",
    "How its members are placed.": "서버 배치 정책.",
    "The project has a server group named `{}` already.": "프로젝트에 `{0}` 서버 그룹이 이미 있습니다.",
    "Make the group": "서버 그룹 생성",
    "Its name, unique in the cloud.": "클라우드 안에서 겹치지 않는 이름.",
    "Virtual processors.": "가상 CPU(vCPU) 수.",
    "MiB of memory.": "메모리 크기(MiB).",
    "GiB of disk; 0 takes the image's size.": "디스크 크기(GiB). 0이면 이미지의 크기를 따릅니다.",
    "Whether every project may use it.": "모든 프로젝트에서 쓸 수 있는지 여부.",
    "`{}` is at least {}.": "`{0}` 값은 {1} 이상이어야 합니다.",
    "There is a flavor named `{}` already.": "`{0}` 플레이버가 이미 있습니다.",
    "Make the flavor": "플레이버 생성",
    "{} servers keep this size but can not be rebuilt to it by name.": (
        "서버 {0}대는 지금 크기를 유지하지만, 이 플레이버를 이름으로 다시 지정할 수는 없습니다."
    ),
    "Make a server group.": "서버 그룹을 만듭니다.",
    "Delete a server group; its servers stay.": "서버 그룹을 삭제합니다. 그룹에 속한 서버는 그대로 남습니다.",
    "Id or name of the server group.": "서버 그룹의 이름 또는 ID.",
    "Delete the group": "서버 그룹 삭제",
    "Make a flavor.": "플레이버를 만듭니다.",
    "Delete a flavor.": "플레이버를 삭제합니다.",
    "Id or name of the flavor.": "플레이버의 이름 또는 ID.",
    "Delete the flavor": "플레이버 삭제",
    # resolvers/compute/actions/keypairs.py
    "Its name: letters, digits, spaces and _ - @ .": "키페어 이름. 영문자, 숫자, 공백과 _ - @ . 문자를 쓸 수 있습니다.",
    "The public key, as in ~/.ssh/id_ed25519.pub.": "공개 키. 예: ~/.ssh/id_ed25519.pub 파일의 내용.",
    "`name` may have letters, digits, spaces and _ - @ . only.": (
        "`name` 값에는 영문자, 숫자, 공백과 _ - @ . 문자만 쓸 수 있습니다."
    ),
    " This looks like a private key: keep it to yourself.": (
        " 개인 키로 보입니다. 개인 키는 아무에게도 알려 주지 마세요."
    ),
    "You have a keypair named `{}` already.": "`{0}` 이름의 키페어가 이미 있습니다.",
    "Import the key": "공개 키 등록",
    "Name or id of your keypair.": "내 키페어의 이름 또는 ID.",
    "Servers that were made with it keep letting it in.": (
        "이 키페어로 만든 서버에는 키페어를 삭제해도 계속 접속할 수 있습니다."
    ),
    "Delete the key": "키페어 삭제",
    "Wait until it is gone": "삭제될 때까지 대기",
    "Import a public key.": "공개 키를 키페어로 등록합니다.",
    "Delete a keypair of yours.": "내 키페어를 삭제합니다.",
    # resolvers/compute/actions/lifecycle.py
    "Start a server that is shut off.": "꺼진 서버를 켭니다.",
    "Shut a server off.": "서버를 끕니다.",
    "Reboot a server, letting its system end cleanly.": "운영체제를 정상 종료한 뒤 서버를 재부팅합니다.",
    "Reboot a server by power cycle.": "전원을 껐다 켜서 서버를 재부팅합니다.",
    "Freeze a server in memory.": "서버를 메모리에 둔 채 일시 정지합니다.",
    "Let a paused server run on.": "일시 정지한 서버를 다시 실행합니다.",
    "Write a server's memory to disk and halt it.": "서버의 메모리를 디스크에 저장하고 중단합니다.",
    "Let a suspended server run on.": "메모리를 디스크에 저장하고 중단한 서버를 다시 실행합니다.",
    "Put a server away: it keeps its disk and address and gives its place back.": (
        "서버를 보관합니다. 디스크와 주소는 유지하고 차지하던 자원은 돌려줍니다."
    ),
    "Bring a shelved server back.": "보관한 서버를 다시 가동합니다.",
    "Keep the new size after a resize.": "크기 변경을 확정해 새 크기를 유지합니다.",
    "Go back to the old size.": "크기 변경을 취소하고 이전 크기로 돌아갑니다.",
    "`{}` is deleted.": "`{0}` 서버는 삭제되었습니다.",
    "`{}` is busy ({}); wait until it is done.": (
        "`{0}` 서버에서 다른 작업이 진행 중입니다({1}). 끝날 때까지 기다려 주세요."
    ),
    "`{}` is locked; unlock it first, by `server unlock` or whoever locked it.": (
        "`{0}` 서버가 잠겨 있습니다. 먼저 `server unlock` 명령으로 잠금을 해제하거나 잠근 사람에게 요청하세요."
    ),
    "`{}` is {}; this needs it to be {}.": "`{0}` 서버의 상태가 {1}입니다. 이 작업을 할 수 있는 상태: {2}.",
    "`{}` does not answer meanwhile.": "멈춰 있는 동안 `{0}` 서버가 응답하지 않습니다.",
    "Ask for: {}": "{0} 요청",
    "Wait for {}": "{0} 상태 대기",
    "`{}` is {} already.": "`{0}`: 이미 {1} 상태입니다.",
    "The disk of the server is gone for good; attached volumes stay unless they were made to go with it.": (
        "서버의 디스크는 영구히 삭제됩니다. 연결된 볼륨은 남지만, 서버와 함께 삭제되도록 만든 볼륨은 삭제됩니다."
    ),
    "Delete a server and its disk.": "서버와 그 디스크를 삭제합니다.",
    "Protect a server from changes.": "서버를 변경하지 못하도록 잠급니다.",
    "Allow changes of a server again.": "서버를 다시 변경할 수 있도록 잠금을 해제합니다.",
    # resolvers/compute/actions/rebuilding.py
    "The new size, by name or id.": "새 플레이버의 이름 또는 ID.",
    "`{}` is {}; a resize needs it to be ACTIVE or SHUTOFF.": (
        "`{0}` 서버의 상태가 {1}입니다. 크기를 바꾸려면 ACTIVE 또는 SHUTOFF 상태여야 합니다."
    ),
    "`{}` has the size {} already.": "`{0}` 서버는 이미 {1} 플레이버를 쓰고 있습니다.",
    "A disk can not shrink: `{}` has {} GiB, {} has {}.": (
        "디스크는 줄일 수 없습니다. `{0}` 서버의 디스크는 {1} GiB, {2} 플레이버의 디스크는 {3} GiB입니다."
    ),
    "`{}` is shut off meanwhile, and waits for `server confirmResize` or `server revertResize`.": (
        "크기를 바꾸는 동안 `{0}` 서버가 꺼집니다. 그 뒤 `server confirmResize` 명령으로 확정하거나 `server revertResize` "
        "명령으로 취소해야 합니다."
    ),
    "Ask to resize": "크기 변경 요청",
    "Wait until it runs in its new size": "새 크기로 실행될 때까지 대기",
    "What to write to its disk, by name or id.": "디스크에 쓸 이미지의 이름 또는 ID.",
    "`{}` is {}; a rebuild needs it to be ACTIVE, SHUTOFF or ERROR.": (
        "`{0}` 서버의 상태가 {1}입니다. 재구축하려면 ACTIVE, SHUTOFF 또는 ERROR 상태여야 합니다."
    ),
    "Everything on its disk is overwritten. Its addresses, volumes and name stay.": (
        "디스크의 내용을 모두 덮어씁니다. 주소와 볼륨, 이름은 그대로 유지됩니다."
    ),
    "Ask to rebuild": "재구축 요청",
    "Wait until it is rebuilt": "재구축이 끝날 때까지 대기",
    "Name of the image to make.": "만들 이미지의 이름.",
    "`{}` is {}; a snapshot needs it to be ACTIVE, SHUTOFF, PAUSED or SUSPENDED.": (
        "`{0}` 서버의 상태가 {1}입니다. 스냅샷을 만들려면 ACTIVE, SHUTOFF, PAUSED 또는 SUSPENDED 상태여야 합니다."
    ),
    "Ask for a snapshot": "스냅샷 생성 요청",
    "Wait until the server is at rest": "서버의 작업이 끝날 때까지 대기",
    "The image `{}` is {}: the snapshot failed.": "`{0}` 이미지의 상태가 {1}입니다. 스냅샷을 만들지 못했습니다.",
    "Give a server another size.": "서버의 크기(플레이버)를 바꿉니다.",
    "Write an image over a server's disk.": "서버의 디스크를 이미지로 덮어써 서버를 재구축합니다.",
    "Make an image from a server's disk.": "서버의 디스크로 이미지를 만듭니다.",
    # resolvers/compute/columns.py
    "Show the last lines of a server's console.": "서버 콘솔 로그의 마지막 부분을 봅니다.",
    "Name or id of the server.": "서버의 이름 또는 ID.",
    "How many lines; 50 unless said, at most 1,000.": "볼 줄 수. 생략하면 50줄이며 1,000줄까지 볼 수 있습니다.",
    # resolvers/compute/live.py
    "`lines` is between 1 and {}; {} was asked for.": "`lines` 값은 1 이상 {0} 이하여야 합니다. 입력한 값: {1}.",
    "The console needs the role `{}` on the project, which you do not have.": (
        "콘솔을 열려면 프로젝트의 `{0}` 역할이 필요합니다."
    ),
    "`type` is one of {}.": "`type` 값은 다음 중 하나여야 합니다: {0}.",
    # resolvers/compute/openstack.py
    "The answer names neither a server nor a reservation.": "응답에 서버도 예약도 나와 있지 않습니다.",
    "{} took the order and did not tell which servers it makes.": (
        "{0} 서비스가 요청을 받았지만 어떤 서버를 만드는지 알려 주지 않았습니다."
    ),
    "A console is one of {}.": "콘솔 종류는 다음 중 하나여야 합니다: {0}.",
}
