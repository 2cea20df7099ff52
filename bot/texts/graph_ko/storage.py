"""Korean for the graph's sentences about images and volumes. Listed in `__init__`."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # resolvers/image/actions/create.py
    "`{}` is an attribute of every image, and no property.": (
        "`{0}` 값은 모든 이미지에 이미 있는 항목이라 속성으로 쓸 수 없습니다."
    ),
    "How the content is laid out.": "이미지 내용의 형식.",
    "GiB that a server must have at least.": "서버에 필요한 최소 디스크 크기(GiB).",
    "MiB that a server must have at least.": "서버에 필요한 최소 RAM 크기(MiB).",
    "Operating system, such as ubuntu or centos.": "운영체제. 예: ubuntu, centos.",
    "Further properties, as texts.": "추가 속성(값은 문자열).",
    "`minDisk` and `minRam` are at least 0.": "`minDisk` 값과 `minRam` 값은 0 이상이어야 합니다.",
    "The property `{}` is 9rum's own.": "`{0}` 속성은 9rum이 쓰는 것이라 바꿀 수 없습니다.",
    "`address` is an http or https address.": "`address` 값은 http 또는 https 주소여야 합니다.",
    "`address` may hold no user name or password, because the cloud keeps it readable.": (
        "클라우드가 주소를 읽을 수 있는 형태로 저장하므로 `address` 값에 사용자 이름이나 비밀번호를 넣을 수 없습니다."
    ),
    "Ask for the image": "이미지 생성 요청",
    "Ask the cloud to fetch it": "이미지 내용을 가져오도록 클라우드에 요청",
    "Wait until it is active": "active 상태가 될 때까지 대기",
    "The image `{}` is {}: its content could not be fetched.": (
        "`{0}` 이미지의 내용을 가져오지 못했습니다. 이미지 상태가 {1}입니다."
    ),
    "The content of `{}` could not be fetched ({}).": "`{0}` 이미지의 내용을 가져오지 못했습니다({1}).",
    "Make an image from an address, or an empty one for an upload.": (
        "주소에서 내용을 가져와 이미지를 만들거나, 업로드할 빈 이미지를 만듭니다."
    ),
    # resolvers/image/actions/manage.py
    "`{}` is protected; take the protection away first.": "`{0}` 이미지는 삭제 보호되어 있습니다. 먼저 보호를 해제하세요.",
    "{} servers or volumes made from it can not be rebuilt.": "이 이미지로 만든 서버나 볼륨 {0}개를 재구축할 수 없게 됩니다.",
    "Its content is gone for good.": "내용이 완전히 삭제되어 복구할 수 없습니다.",
    "Id or name of the image.": "이미지의 이름 또는 ID.",
    "Project to share with: an id, or a name that you can see.": "공유할 프로젝트. ID 또는 볼 수 있는 프로젝트의 이름.",
    "Project that shall not have it any more: an id, or a name that you can see.": (
        "공유를 해제할 프로젝트. ID 또는 볼 수 있는 프로젝트의 이름."
    ),
    "`{}` is {} shared with that project.": "`{0}` 이미지의 공유 상태가 이미 요청과 같습니다. (현재: {1} shared)",
    "`{}` is {}: everybody has it already.": "`{0}` 이미지의 공개 범위가 {1}입니다. 이미 모두가 사용할 수 있습니다.",
    "Change who has it": "공유 대상 변경",
    "Share an image with a project.": "이미지를 프로젝트와 공유합니다.",
    "Take an image back from a project.": "프로젝트와의 이미지 공유를 해제합니다.",
    "Delete an image.": "이미지를 삭제합니다.",
    "Take an image out of the ordinary lists.": "이미지를 사용 중단으로 표시해 일반 목록에서 뺍니다.",
    "Put a deprecated image back into the lists.": "사용 중단된 이미지를 다시 목록에 넣습니다.",
    "Protect an image from being deleted.": "이미지를 삭제하지 못하게 보호합니다.",
    "Allow an image to be deleted.": "이미지의 삭제 보호를 해제합니다.",
    # resolvers/image/openstack.py
    "{} does not fetch images from an address (Glance's import method web-download is not enabled); upload the image instead.": (
        "{0} 클라우드는 주소에서 이미지를 가져오지 않습니다(Glance의 가져오기 방식 web-download가 꺼져 있음). "
        "대신 이미지를 업로드하세요."
    ),
    "The image has its content already: it is {}; make a new image.": (
        "이미지에 이미 내용이 있습니다(상태: {0}). 새 이미지를 만드세요."
    ),
    "The image is protected; switch its protection off before it is deleted.": (
        "삭제 보호된 이미지입니다. 삭제하려면 먼저 보호를 해제하세요."
    ),
    "The image is {}: every project can use it already.": (
        "이미지의 공개 범위가 {0}입니다. 이미 모든 프로젝트에서 사용할 수 있습니다."
    ),
    "Glance (image) of {} describes an image in a way that its API does not promise.": (
        "{0} 클라우드의 Glance(image)가 API 규격과 다른 이미지 정보를 보냈습니다."
    ),
    # resolvers/image/upload.py
    "An upload needs the role `{}` on the image's project, which you do not have.": (
        "업로드하려면 이미지가 속한 프로젝트의 `{0}` 역할이 있어야 합니다."
    ),
    "The policy wants `{}` approved, and an upload has no plan to approve: give `image.create` an address that the cloud fetches.": (
        "정책에 따라 `{0}` 명령은 승인이 필요하지만, 업로드에는 승인할 실행 계획이 없습니다. "
        "`image.create` 명령에 클라우드가 가져올 주소를 지정하세요."
    ),
    "`{}` is {}: only an image without content takes an upload.": (
        "`{0}` 이미지의 상태가 {1}입니다. 내용이 없는 이미지에만 업로드할 수 있습니다."
    ),
    "The upload took longer than {} s.": "업로드가 {0}초 안에 끝나지 않았습니다.",
    "The upload was cut off inside 9rum.": "9rum 내부에서 업로드가 중단되었습니다.",
    # resolvers/volume/actions/backups.py
    "Name of the backup.": "백업의 이름.",
    "Keep only what changed since the last backup.": "마지막 백업 이후 바뀐 내용만 저장(증분 백업).",
    "`{}` is {}; it must be available or in use.": "`{0}` 볼륨의 상태가 {1}입니다. available 또는 in-use 상태여야 합니다.",
    "`{}` has no full backup to add to.": "`{0}` 볼륨에는 증분 백업의 기준이 될 전체 백업이 없습니다.",
    "Ask for the backup": "백업 생성 요청",
    "Id or name of the backup.": "백업의 이름 또는 ID.",
    "Volume to overwrite, by name or id; a new one is made when left out.": (
        "덮어쓸 볼륨의 이름 또는 ID. 생략하면 새 볼륨을 만듭니다."
    ),
    "`{}` is {}; it must be available.": "`{0}` 상태가 {1}입니다. available 상태여야 합니다.",
    "The volume belongs to another project than the backup.": "볼륨과 백업이 서로 다른 프로젝트에 속해 있습니다.",
    "`{}` has {} GiB; the backup needs {}.": "`{0}` 볼륨의 크기가 {1} GiB입니다. 이 백업을 복원하려면 {2} GiB 이상이어야 합니다.",
    "Everything on `{}` is overwritten.": "`{0}` 볼륨의 모든 내용을 덮어씁니다.",
    "Ask to restore": "백업 복원 요청",
    "Wait until it is written": "복원이 끝날 때까지 대기",
    "Ask for the volume": "볼륨 생성 요청",
    "Back a volume up.": "볼륨을 백업합니다.",
    "Write a backup to a volume.": "백업을 볼륨에 복원합니다.",
    "Delete a backup.": "백업을 삭제합니다.",
    # resolvers/volume/actions/snapshots.py
    "Name of the snapshot.": "스냅샷의 이름.",
    "The volume is in use: what its server has not written yet is not in the snapshot.": (
        "사용 중인 볼륨입니다. 서버가 아직 볼륨에 쓰지 않은 내용은 스냅샷에 들어가지 않습니다."
    ),
    "Ask for the snapshot": "스냅샷 생성 요청",
    "Take a snapshot of a volume.": "볼륨의 스냅샷을 만듭니다.",
    "Delete a snapshot of a volume.": "볼륨의 스냅샷을 삭제합니다.",
    "Id or name of the snapshot.": "스냅샷의 이름 또는 ID.",
    # resolvers/volume/actions/transfers.py
    "Name of the offer.": "양도 제안의 이름.",
    "Whoever has the key can take the volume into a project of theirs; `operationSecret` tells it once.": (
        "키를 가진 사람은 누구나 이 볼륨을 자기 프로젝트로 가져갈 수 있습니다. 키는 `operationSecret` 조회로 한 번만 볼 수 있습니다."
    ),
    "Ask for the offer": "양도 제안 생성 요청",
    "Id of the offer, as whoever made it tells you.": "양도 제안의 ID. 제안한 사람에게 받습니다.",
    "Its key; never stored or shown by 9rum.": "양도 제안의 키. 9rum은 키를 저장하거나 보여 주지 않습니다.",
    "Project that takes the volume; that of your token when left out.": (
        "볼륨을 받을 프로젝트. 생략하면 내 토큰의 프로젝트를 씁니다."
    ),
    "`transfer` is the id of an offer.": "`transfer` 값은 양도 제안의 ID여야 합니다.",
    "`key` is the key of the offer.": "`key` 값은 양도 제안의 키여야 합니다.",
    "Accept the offer": "양도 제안 수락",
    "Wait until it is yours": "볼륨이 넘어올 때까지 대기",
    "Offer a volume to another project.": "다른 프로젝트에 볼륨 양도를 제안합니다.",
    "Take an offered volume into a project.": "양도 제안을 수락해 볼륨을 프로젝트로 가져옵니다.",
    "Take an offer back.": "양도 제안을 철회합니다.",
    "Id or name of the offer.": "양도 제안의 이름 또는 ID.",
    "Take the offer back": "양도 제안 철회",
    # resolvers/volume/actions/volumes.py
    "`{}` is in the state {}.": "`{0}` 상태가 {1}입니다.",
    "GiB; that of the source when left out.": "크기(GiB). 생략하면 원본과 같은 크기로 만듭니다.",
    "Image to copy, by name or id: the volume can be booted.": "복사할 이미지의 이름 또는 ID. 부팅할 수 있는 볼륨이 됩니다.",
    "Snapshot to copy, by name or id.": "복사할 스냅샷의 이름 또는 ID.",
    "Volume to copy, by name or id.": "복사할 볼륨의 이름 또는 ID.",
    "Volume type; the cloud's default when left out.": "볼륨 유형. 생략하면 클라우드의 기본 유형을 씁니다.",
    "Say how large, by `size` in GiB.": "볼륨의 크기를 `size` 값에 GiB 단위로 지정하세요.",
    "`size` is between 1 and {} GiB; {} was asked for.": "`size` 값은 1에서 {0} GiB 사이여야 합니다. 요청한 값: {1}",
    "The source has {} GiB; the volume can not be smaller.": "원본의 크기가 {0} GiB입니다. 볼륨은 이보다 작을 수 없습니다.",
    "A volume is made from one source: `image`, `snapshot` or `sourceVolume`.": (
        "볼륨의 원본은 `image`, `snapshot`, `sourceVolume` 중 하나만 지정할 수 있습니다."
    ),
    "`{}` is {}; it must be {}.": "`{0}` 상태가 {1}입니다. 필요한 상태: {2}",
    "`{}` is attached to a server; detach it first.": "`{0}` 볼륨이 서버에 연결되어 있습니다. 먼저 서버에서 분리하세요.",
    "`{}` has {} snapshot(s); delete them first.": "`{0}` 볼륨에 스냅샷 {1}개가 있습니다. 먼저 스냅샷을 삭제하세요.",
    "Its new size in GiB.": "새 크기(GiB).",
    "`{}` has {} GiB and can only grow, up to {} GiB.": (
        "`{0}` 볼륨의 크기가 {1} GiB입니다. 더 크게만 바꿀 수 있으며 최대 {2} GiB입니다."
    ),
    "A volume can not shrink again. The file system in it must be grown in the server.": (
        "볼륨은 다시 줄일 수 없습니다. 볼륨 안의 파일 시스템은 서버에서 직접 늘려야 합니다."
    ),
    "Ask to extend": "볼륨 확장 요청",
    "Wait until it has its new size": "새 크기가 될 때까지 대기",
    "Make a volume, empty or from an image, a snapshot or another volume.": (
        "빈 볼륨을 만들거나, 이미지나 스냅샷 또는 다른 볼륨에서 볼륨을 만듭니다."
    ),
    "Delete a volume and its content.": "볼륨과 그 내용을 삭제합니다.",
    "Make a volume larger.": "볼륨의 크기를 늘립니다.",
    # resolvers/volume/openstack.py
    "There is no such image, or you may not use it.": "그런 이미지가 없거나 사용할 권한이 없습니다.",
}
