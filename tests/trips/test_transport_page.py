"""docs/transport.md: what the page types with curl works as it stands, with a token of somebody of the sandbox."""

import json
import os
import re
import subprocess
from pathlib import Path

from tests.served import served

PAGE = Path(__file__).parents[2] / "docs" / "transport.md"
MADE = 'mutation { imageCreate(input: {name: "debian-13", project: "shop"}) { id resourceId } }'


def test_every_curl_of_the_page_works(valkey: str, tmp_path: Path) -> None:
    typed = re.findall(r"^    (curl (?:.*\\\n)*.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(typed) == 2
    (tmp_path / "debian-13.qcow2").write_bytes(b"content")
    with served(valkey, tmp_path) as it:
        made = it.run(it.inside.data("jiwoo", MADE))["imageCreate"]
        it.run(it.inside.ended("jiwoo", made["id"]))
        given = {**os.environ, "TOKEN": it.token("jiwoo"), "IMAGE": made["resourceId"]}
        for command in typed:
            done = subprocess.run(
                ["bash", "-euc", command.replace("http://127.0.0.1:8080", it.url)],
                cwd=tmp_path,
                env=given,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            assert "errors" not in json.loads(done.stdout), command
    assert json.loads(done.stdout) == {"id": made["resourceId"]}
