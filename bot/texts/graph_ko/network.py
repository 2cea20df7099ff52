"""Korean for the graph's sentences about networks. Listed in `__init__`."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # network/actions/common.py
    "`{}` is in ERROR; the backend gave no reason.": "`{0}` 상태가 ERROR입니다. 백엔드가 이유를 알려 주지 않았습니다.",
    # network/actions/floating_ip_binding.py
    "The floating IP, by address or id.": "유동 IP의 주소 또는 ID.",
    "The port that it shall lead to, by name or id.": "연결할 포트의 이름 또는 ID.",
    "Which address of the port, when it has several.": "포트에 주소가 여러 개일 때 연결할 주소.",
    "{} leads nowhere; there is nothing to release.": "유동 IP({0})는 연결된 포트가 없어 해제할 것이 없습니다.",
    "Nothing is reached by {} any more.": "더는 {0} 주소로 접속할 수 없습니다.",
    "Bind the floating IP": "유동 IP 연결",
    "Release the floating IP": "유동 IP 연결 해제",
    "The floating IP {} is in ERROR.": "유동 IP({0})의 상태가 ERROR입니다.",
    "Let a floating IP lead to a port.": "유동 IP를 포트에 연결합니다.",
    "Release a floating IP from its port.": "유동 IP와 포트의 연결을 해제합니다.",
    # network/actions/floating_ips.py
    "External network to take it from, by name or id; the only one when left out.": (
        "유동 IP를 할당받을 외부 네트워크의 이름 또는 ID. 외부 네트워크가 하나뿐이면 생략할 수 있습니다."
    ),
    "Nothing reaches `{}` by it any more.": "더는 이 주소로 `{0}` 서버에 접속할 수 없습니다.",
    "Take a floating IP from an external network.": "외부 네트워크에서 유동 IP를 할당받습니다.",
    "Give a floating IP back.": "유동 IP를 반환합니다.",
    "Give the floating IP back": "유동 IP 반환",
    # network/actions/networks.py
    "Largest packet in bytes; the backend's own when left out.": "최대 패킷 크기(바이트). 생략하면 백엔드의 기본값.",
    "`mtu` is between {} and {} bytes.": "`mtu` 값은 {0}~{1}바이트여야 합니다.",
    "It has no addresses to give until it has a subnet.": "서브넷을 만들기 전에는 나눠 줄 주소가 없습니다.",
    "Make the network": "네트워크 생성",
    "Id or name of the network.": "네트워크의 이름 또는 ID.",
    "Its new name.": "새 이름.",
    "False takes the whole network down, true brings it back.": "false면 네트워크 전체를 비활성화하고, true면 다시 활성화합니다.",
    "Everything on the network loses its connection.": "이 네트워크의 통신이 모두 끊깁니다.",
    "Change the network": "네트워크 변경",
    "The network `{}` has {} port(s) in use: {}.": "`{0}` 네트워크에 사용 중인 포트가 {1}개 있습니다: {2}.",
    "The network `{}` has given floating IPs: {}.": "`{0}` 네트워크에서 할당된 유동 IP가 있습니다: {1}.",
    "The network `{}` is the gateway of {}.": "`{0}` 네트워크를 게이트웨이로 쓰는 라우터가 있습니다: {1}.",
    "Its subnets go with it.": "네트워크의 서브넷도 함께 삭제됩니다.",
    "Make a network.": "네트워크를 만듭니다.",
    "Rename a network, or take it down and up.": "네트워크의 이름을 바꾸거나, 네트워크를 비활성화 또는 활성화합니다.",
    "Delete a network that nothing uses, with its subnets.": "사용 중이 아닌 네트워크를 서브넷과 함께 삭제합니다.",
    "Delete the network": "네트워크 삭제",
    # network/actions/port_create.py
    "The network that it is on, by name or id.": "속할 네트워크의 이름 또는 ID.",
    "The subnet to have an address of, by name or id; the backend chooses when left out.": (
        "주소를 받을 서브넷의 이름 또는 ID. 생략하면 백엔드가 고릅니다."
    ),
    "The address to have; the backend chooses when left out.": "사용할 IP 주소. 생략하면 백엔드가 고릅니다.",
    "Project, by name or id; the network's own, or that of your token, when left out.": (
        "프로젝트의 이름 또는 ID. 생략하면 네트워크의 프로젝트 또는 토큰의 프로젝트."
    ),
    "The subnet `{}` is not on `{}`.": "`{0}` 서브넷은 `{1}` 네트워크에 속해 있지 않습니다.",
    "`{}` is not shared with the project `{}`.": "`{0}` 네트워크는 `{1}` 프로젝트에 공유되어 있지 않습니다.",
    "{} is not an address that the network can give; it has {}.": "{0} 주소는 이 네트워크에서 쓸 수 없습니다. 네트워크의 주소 범위: {1}.",
    "The address {} is taken on `{}`.": "{0} 주소는 `{1}` 네트워크에서 이미 사용 중입니다.",
    "Make the port": "포트 생성",
    "Make a port on a network.": "네트워크에 포트를 만듭니다.",
    # network/actions/ports.py
    "Id or name of the port.": "포트의 이름 또는 ID.",
    "All its security groups from now on, by name or id; [] for none.": (
        "포트에 적용할 보안 그룹 전체의 이름 또는 ID. 기존 보안 그룹을 모두 대신합니다. 모두 빼려면 []."
    ),
    "False takes the port down, true brings it back.": "false면 포트를 비활성화하고, true면 다시 활성화합니다.",
    "The port `{}` has its port security off, so it takes no security groups.": (
        "`{0}` 포트는 포트 보안이 꺼져 있어 보안 그룹을 적용할 수 없습니다."
    ),
    "What uses the port loses its connection.": "이 포트를 통한 통신이 끊깁니다.",
    "Change the port": "포트 변경",
    "The port `{}` belongs to the network itself ({}); take it off by `router removeInterface` and the like.": (
        "`{0}` 포트는 네트워크 자체의 포트입니다({1}). `router removeInterface` 같은 명령으로 분리하세요."
    ),
    "The floating IP {} leads nowhere then.": "유동 IP({0})의 연결이 해제됩니다.",
    "Rename a port, change its security groups, or take it down and up.": (
        "포트의 이름이나 보안 그룹을 바꾸거나, 포트를 비활성화 또는 활성화합니다."
    ),
    "Delete a port.": "포트를 삭제합니다.",
    "Delete the port": "포트 삭제",
    # network/actions/router_gateways.py
    "Id or name of the router.": "라우터의 이름 또는 ID.",
    "External network that it shall lead to, by name or id.": "라우터를 연결할 외부 네트워크의 이름 또는 ID.",
    "`{}` has its gateway on `{}` already.": "`{0}` 라우터의 게이트웨이는 이미 `{1}` 네트워크에 있습니다.",
    "`{}` has no gateway.": "`{0}` 라우터에는 게이트웨이가 없습니다.",
    "The gateway of `{}` serves the floating IPs {}; release them first.": (
        "`{0}` 라우터의 게이트웨이를 거치는 유동 IP가 있습니다: {1}. 먼저 연결을 해제하세요."
    ),
    "Servers behind the router lose their way out, and its outer address changes.": (
        "라우터 뒤의 서버는 외부와 통신할 수 없게 되고, 라우터의 외부 주소가 바뀝니다."
    ),
    "Let a router lead to an external network.": "라우터를 외부 네트워크에 연결합니다.",
    "Take a router's way out away.": "라우터의 게이트웨이를 제거해 외부 연결을 끊습니다.",
    # network/actions/router_interfaces.py
    "The subnet to join, by name or id.": "연결할 서브넷의 이름 또는 ID.",
    "The subnet to leave, by name or id.": "분리할 서브넷의 이름 또는 ID.",
    "The subnet `{}` has no gateway address for the router to take.": "`{0}` 서브넷에는 라우터가 사용할 게이트웨이 주소가 없습니다.",
    "`{}` has an interface on `{}` already.": "`{0}` 라우터에는 이미 `{1}` 서브넷의 인터페이스가 있습니다.",
    "The range {} overlaps {}, which `{}` leads to already.": "{0} 범위가 `{2}` 라우터에 이미 연결된 {1} 범위와 겹칩니다.",
    "The gateway address {} of the subnet is taken by the port {}.": "서브넷의 게이트웨이 주소({0})를 이미 사용하는 포트가 있습니다: {1}.",
    "Join the subnet": "서브넷 연결",
    "`{}` has no interface on `{}`.": "`{0}` 라우터에는 `{1}` 서브넷의 인터페이스가 없습니다.",
    "The interface serves the floating IPs {}; release them first.": (
        "이 인터페이스를 거치는 유동 IP가 있습니다: {0}. 먼저 연결을 해제하세요."
    ),
    "What is on `{}` loses its way to other networks.": "`{0}` 서브넷에서 다른 네트워크로 통신할 수 없게 됩니다.",
    "Leave the subnet": "서브넷 분리",
    "Join a subnet to a router.": "라우터에 서브넷을 연결합니다.",
    "Take a subnet off a router.": "라우터에서 서브넷을 분리합니다.",
    # network/actions/routers.py
    "External network that it leads to, by name or id.": "라우터를 연결할 외부 네트워크의 이름 또는 ID.",
    "Make the router": "라우터 생성",
    "Rename the router": "라우터 이름 변경",
    "The router `{}` has {} interface(s), on {}; remove them first.": "`{0}` 라우터에 인터페이스가 {1}개 있습니다({2}). 먼저 제거하세요.",
    "The router `{}` serves the floating IPs {}.": "`{0}` 라우터를 거치는 유동 IP가 있습니다: {1}.",
    "Its outer address {} is given back.": "라우터의 외부 주소({0})를 반환합니다.",
    "Make a router, with or without a gateway.": "라우터를 만듭니다. 게이트웨이는 없어도 됩니다.",
    "Rename a router.": "라우터의 이름을 바꿉니다.",
    "Delete a router that has no interfaces.": "인터페이스가 없는 라우터를 삭제합니다.",
    "Delete the router": "라우터 삭제",
    # network/actions/security_group_rules.py
    "The security group to add it to, by name or id.": "규칙을 추가할 보안 그룹의 이름 또는 ID.",
    "Such as tcp, udp, icmp, or a number from 0 to 255; any when left out.": (
        "tcp, udp, icmp 같은 프로토콜 이름이나 0~255 사이의 번호. 생략하면 모든 프로토콜."
    ),
    "First port, 1 to 65535; for ICMP the type, 0 to 255.": "시작 포트(1~65535). ICMP에서는 타입(0~255).",
    "Last port; the first when left out. For ICMP the code.": "끝 포트. 생략하면 시작 포트와 같습니다. ICMP에서는 코드.",
    "Whether it lets in or out.": "들어오는 트래픽과 나가는 트래픽 중 허용할 방향.",
    "Version of IP; that of `remoteCidr`, or IPv4, when left out.": "IP 버전. 생략하면 `remoteCidr` 값의 버전 또는 IPv4.",
    "Range of the other side, such as 10.0.0.0/8; everyone when left out.": "원격 주소 범위(예: 10.0.0.0/8). 생략하면 모든 주소.",
    "Security group of the other side, by name or id, instead of a range.": "주소 범위 대신 지정할 원격 보안 그룹의 이름 또는 ID.",
    "Say `remoteCidr` or `remoteGroup`, not both.": "`remoteCidr`, `remoteGroup` 중 하나만 지정하세요.",
    "The security group `{}` has the rule `{}` already.": "`{0}` 보안 그룹에 이미 `{1}` 규칙이 있습니다.",
    "Whoever reaches the servers in `{}` is let in.": "네트워크가 닿는 곳이면 어디서든 `{0}` 보안 그룹의 서버에 접속할 수 있게 됩니다.",
    "Add the rule": "규칙 추가",
    "Connections that only this rule lets through end.": "이 규칙으로만 허용되던 연결이 끊깁니다.",
    "The other side of this rule is an address group, so 9rum can not bring the rule back.": (
        "원격 대상이 주소 그룹인 규칙이라, 삭제하면 9rum에서 되돌릴 수 없습니다."
    ),
    "Let something through a security group.": "보안 그룹에 허용 규칙을 추가합니다.",
    "Take a rule out of a security group.": "보안 그룹에서 규칙을 제거합니다.",
    "Id or name of the rule.": "규칙의 이름 또는 ID.",
    "Remove the rule": "규칙 제거",
    # network/actions/security_groups.py
    "Every project has a security group named `{}` already; take another name.": (
        "모든 프로젝트에 `{0}` 보안 그룹이 이미 있습니다. 다른 이름을 쓰세요."
    ),
    "It lets everything out and nothing in until it has rules.": (
        "규칙을 추가하기 전에는 나가는 트래픽을 모두 허용하고 들어오는 트래픽을 모두 막습니다."
    ),
    "Make the security group": "보안 그룹 생성",
    "The security group `{}` of a project keeps its name.": "프로젝트의 `{0}` 보안 그룹은 이름을 바꿀 수 없습니다.",
    "Change the security group": "보안 그룹 변경",
    "The security group `{}` of a project can not be deleted.": "프로젝트의 `{0}` 보안 그룹은 삭제할 수 없습니다.",
    "The security group `{}` is in use by {}.": "`{0}` 보안 그룹을 사용하는 서버나 포트가 있습니다: {1}.",
    "Rules of other groups that name this group go with it.": "이 보안 그룹을 가리키는 다른 보안 그룹의 규칙도 함께 삭제됩니다.",
    "Make a security group.": "보안 그룹을 만듭니다.",
    "Rename or describe a security group.": "보안 그룹의 이름이나 설명을 바꿉니다.",
    "Delete a security group that no port uses.": "사용하는 포트가 없는 보안 그룹을 삭제합니다.",
    "Delete the security group": "보안 그룹 삭제",
    # network/actions/subnet_pools.py
    "Its ranges, such as 10.10.0.0/16; all IPv4 or all IPv6.": "주소 범위 목록(예: 10.10.0.0/16). 모두 IPv4이거나 모두 IPv6여야 합니다.",
    "Prefix length of a subnet that names none, such as 24.": "길이를 지정하지 않은 서브넷에 쓸 프리픽스 길이(예: 24).",
    "Whether every project may take ranges from it; only operators make such pools.": (
        "모든 프로젝트가 이 풀에서 주소 범위를 받을 수 있는지 여부. 이런 풀은 운영자만 만들 수 있습니다."
    ),
    "Only operators of the cloud make address pools that every project may use.": (
        "모든 프로젝트가 쓸 수 있는 주소 풀은 클라우드 운영자만 만들 수 있습니다."
    ),
    "`defaultPrefix` is between {} and {} for these ranges.": "이 주소 범위에서 `defaultPrefix` 값은 {0}~{1} 사이여야 합니다.",
    "A pool has 1 to {} ranges.": "주소 풀에는 주소 범위를 1~{0}개 지정해야 합니다.",
    "The ranges of a pool are all IPv4 or all IPv6.": "주소 풀의 범위는 모두 IPv4이거나 모두 IPv6여야 합니다.",
    "The ranges {} and {} overlap.": "{0}, {1} 범위가 서로 겹칩니다.",
    "Make the address pool": "주소 풀 생성",
    "The address pool `{}` has given ranges to {}.": "`{0}` 주소 풀에서 주소 범위를 받은 서브넷이 있습니다: {1}.",
    "Make an address pool that subnets take their ranges from.": "서브넷에 주소 범위를 나눠 줄 주소 풀을 만듭니다.",
    "Delete an address pool that no subnet has its range from.": "주소 범위를 받은 서브넷이 없는 주소 풀을 삭제합니다.",
    "Id or name of the address pool.": "주소 풀의 이름 또는 ID.",
    "Delete the address pool": "주소 풀 삭제",
    # network/actions/subnets.py
    "Its range, such as 10.0.0.0/24; or take one from `subnetPool`.": (
        "주소 범위(예: 10.0.0.0/24). `subnetPool` 값을 지정해 주소 풀에서 받을 수도 있습니다."
    ),
    "An address pool to take the range from, by name or id, instead of `cidr`.": "`cidr` 대신 주소 범위를 받을 주소 풀의 이름 또는 ID.",
    "Prefix length of the range from the pool; the pool's own when left out.": (
        "주소 풀에서 받을 범위의 프리픽스 길이. 생략하면 주소 풀의 기본값."
    ),
    "Its gateway; the first address when left out.": "게이트웨이 주소. 생략하면 범위의 첫 번째 주소.",
    "Make it without a gateway.": "게이트웨이 없이 만들지 여부.",
    "Whether machines get their addresses by DHCP.": "서버가 DHCP로 주소를 받을지 여부.",
    "Name servers that DHCP tells.": "DHCP로 알려 줄 네임 서버.",
    "Say `cidr` or `subnetPool`, one of the two.": "`cidr`, `subnetPool` 둘 중 하나만 지정하세요.",
    "`prefix` goes with `subnetPool`; the length of `cidr` stands in it.": (
        "`prefix` 값은 `subnetPool` 값과 함께 씁니다. `cidr` 값에는 길이가 이미 들어 있습니다."
    ),
    "The range {} overlaps {}, which the network has already.": "{0} 범위가 네트워크에 이미 있는 {1} 범위와 겹칩니다.",
    "`prefix` is between {} and {} for `{}`.": "`{2}` 주소 풀에서 `prefix` 값은 {0}~{1} 사이여야 합니다.",
    "Say `gatewayIp` or `noGateway`, not both.": "`gatewayIp`, `noGateway` 중 하나만 지정하세요.",
    "The gateway {} is not an address that the subnet can give.": "{0} 주소는 이 서브넷의 게이트웨이로 쓸 수 없습니다.",
    "A subnet has at most {} name servers.": "서브넷에는 네임 서버를 {0}개까지 지정할 수 있습니다.",
    "Make the subnet": "서브넷 생성",
    "The subnet `{}` has {} port(s) with an address of it: {}.": "`{0}` 서브넷의 주소를 쓰는 포트가 {1}개 있습니다: {2}.",
    "Give a network a range of addresses.": "네트워크에 주소 범위를 주는 서브넷을 만듭니다.",
    "Delete a subnet that no port has an address of.": "주소를 쓰는 포트가 없는 서브넷을 삭제합니다.",
    "Id or name of the subnet.": "서브넷의 이름 또는 ID.",
    "Delete the subnet": "서브넷 삭제",
    # network/addresses.py
    "`{}` is not an IP address such as 10.0.0.5.": "`{0}` 값은 IP 주소가 아닙니다. 10.0.0.5 같은 주소를 쓰세요.",
    "`{}` is not a range of addresses such as 10.0.0.0/24.": "`{0}` 값은 주소 범위가 아닙니다. 10.0.0.0/24 같은 범위를 쓰세요.",
    "Say how long the range is, such as `{}/24`.": "범위의 길이까지 쓰세요. 예: `{0}/24`.",
    "`{}` is an address inside a range; the range is `{}`.": "`{0}` 값은 범위가 아니라 범위 안의 주소입니다. 올바른 범위: `{1}`.",
    "`{}` is not a range that machines can have addresses of.": "`{0}` 범위의 주소는 서버에 쓸 수 없습니다.",
    # network/openstack_marker.py
    "The description has {} characters; at most {} are allowed.": "설명이 {0}자입니다. {1}자까지 쓸 수 있습니다.",
    # network/reach.py
    "`{}` has no IPv4 address that a floating IP could lead to.": "`{0}` 대상에는 유동 IP를 연결할 수 있는 IPv4 주소가 없습니다.",
    "`{}` has no address `{}`.": "`{0}` 대상에는 `{1}` 주소가 없습니다.",
    "A floating IP leads to `{}` ({}) already.": "`{0}` 대상({1})에는 이미 유동 IP가 연결되어 있습니다.",
    "Say which address of `{}`, by `fixedIp`; there are: {}.": (
        "`{0}` 대상의 어느 주소인지 `fixedIp` 값으로 지정하세요. 선택할 수 있는 값: {1}."
    ),
    "The network `{}` is not external.": "`{0}` 네트워크는 외부 네트워크가 아닙니다.",
    "Say which external network, by `{}`; there are: {}.": "어느 외부 네트워크인지 `{0}` 값으로 지정하세요. 선택할 수 있는 값: {1}.",
    "You see no router that leads from {} to `{}`; the backend refuses if there is none.": (
        "{0} 주소에서 `{1}` 네트워크로 가는 라우터가 보이지 않습니다. 그런 라우터가 없으면 백엔드가 거부합니다."
    ),
    # network/traffic.py
    "`{}` is not a protocol; say `any`, a number from 0 to 255, or one of {}.": (
        "`{0}` 프로토콜은 없습니다. `any`, 0~255 사이의 번호 또는 다음 중 하나를 쓰세요: {1}."
    ),
    "Say `portMin` too, or `portMin` alone for one port.": "`portMin` 값도 지정하세요. 포트가 하나면 `portMin` 값만 지정해도 됩니다.",
    "For ICMP `portMin` is the type and `portMax` the code, each from 0 to 255.": (
        "ICMP에서 `portMin` 값은 타입, `portMax` 값은 코드이며, 각각 0~255 사이여야 합니다."
    ),
    "{} has no ports; say a protocol such as `tcp`.": "포트를 지정할 수 없습니다({0}). `tcp` 같은 프로토콜을 지정하세요.",
    "Ports are between 1 and {}.": "포트는 1~{0} 사이여야 합니다.",
    "`portMin` ({}) is above `portMax` ({}).": "`portMin` 값({0})이 `portMax` 값({1})보다 큽니다.",
    "A rule for {} can not have {}.": "{0} 규칙에는 쓸 수 없는 값입니다: {1}.",
}
