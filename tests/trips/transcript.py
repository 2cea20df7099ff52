"""`python -m tests.trips.transcript`: has the conversation of `slack_talk.py` with a real OpenStack, and writes docs/conversation.md.

The lab is started when it is not up. Names and ids in the page are those of the run.
"""

import asyncio
import tempfile
from pathlib import Path

from tests.lab import cloud, lab
from tests.lab.pins import paths
from tests.stores import store_in
from tests.trips.conftest import lab_passwords, lab_settings
from tests.trips.in_slack import in_slack
from tests.trips.slack_talk import NETWORK, Transcript, talk

PAGE = Path(__file__).parents[2] / "docs" / "conversation.md"
HEAD = """# A conversation, as it was seen

Jiwoo talks to 9rum in the channel #ops of Slack, over a real OpenStack. Slack is the stand-in of the tests, which is as strict as Slack
is; everything else is what an installation has. Written by `python -m tests.trips.transcript` from what was typed, pressed and shown;
every message of 9rum is shown in its last form, and how often it was edited on the way stands beside it. In Slack, columns are tables and
`[...]` are buttons.
"""


async def held() -> Transcript:
    folders = paths()
    lab.up(folders, print)
    at = cloud.own(folders)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with store_in(folder) as store:
            async with in_slack("socket", store, folder, lab_passwords(at), **lab_settings(at)) as workspace:
                return (await talk(workspace, NETWORK)).transcript


def page(transcript: Transcript) -> str:
    parts = [HEAD]
    for who, what in transcript.lines:
        if who.startswith("9rum"):
            parts.append(f"**{who}**\n\n" + "\n".join(f"    {line}" for line in what.splitlines()) + "\n")
        else:
            parts.append(f"**{who}** {what}\n")
    return "\n".join(parts)


def main() -> None:
    PAGE.write_text(page(asyncio.run(held())), encoding="utf-8")


if __name__ == "__main__":
    main()
