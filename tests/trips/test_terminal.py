"""The conversation of a day through `9rum chat`, against the served sandbox: as a script says it, and as somebody in a terminal does."""

import re
from pathlib import Path

from tests.bot.terminal.running import Done, InTerminal, chat, in_terminal
from tests.served import Served

PASSWORD = "jiwoo"
CREATE = "server create web-script --image ubuntu-24.04"


async def says(gateway: Served, folder: Path, *texts: str, more: tuple[str, ...] = ()) -> Done:
    given = [word for text in texts for word in ("-c", text)]
    return await chat(gateway.url, folder, "--room", "shop", *more, *given, GURUM_PASSWORD=PASSWORD)


async def test_a_script_makes_a_server_looks_at_it_and_deletes_it(gateway: Served, tmp_path: Path) -> None:
    asked = await says(gateway, tmp_path, CREATE)
    assert asked.status == 3
    assert re.search(r"Flavor: .*m1\.small", asked.err), asked
    done = await says(gateway, tmp_path, f"{CREATE} --flavor m1.small", "server list --name web-script")
    assert done.status == 0, done
    assert "server create web-script is done" in done.out
    assert re.search(r"^web-script +ACTIVE +m1\.small +ubuntu-24\.04 .* shop$", done.out, re.MULTILINE), done.out
    plan = await says(gateway, tmp_path, "server delete web-script")
    assert plan.status == 3
    assert re.search(r"^\[Confirm\] confirm \w+$", plan.out, re.MULTILINE), plan.out
    still = await says(gateway, tmp_path, "server list --name web-script")
    assert re.search(r"^web-script +ACTIVE", still.out, re.MULTILINE), "nothing happened without a confirmation"
    gone = await says(gateway, tmp_path, "server delete web-script", more=("--yes",))
    assert gone.status == 0, gone
    assert re.search(r"^server delete web-script is done", gone.out), gone.out
    missing = await says(gateway, tmp_path, "server show web-script", "version")
    assert missing.status == 1
    assert "web-script" in missing.out
    assert "9rum" not in missing.out, "what follows a failure is not run"


async def test_a_script_for_one_project_touches_nothing_of_another(gateway: Served, tmp_path: Path) -> None:
    """As somebody whose rights reach further: what is called so there is not meant."""
    there = ("server show shop-api-1", "server delete shop-api-1")
    for text in there:
        done = await chat(gateway.url, tmp_path, "--project", "talk", "--yes", "-c", text, GURUM_PASSWORD=PASSWORD)
        assert done.status == 1, done
        assert "shop-api-1" in done.out
    still = await says(gateway, tmp_path, "server list --name shop-api-1")
    assert re.search(r"^shop-api-1 +ACTIVE", still.out, re.MULTILINE), still


async def test_whoever_signs_in_for_a_project_is_in_it_alone(gateway: Served, tmp_path: Path) -> None:
    scope = ("--project", "shop")
    both = await says(gateway, tmp_path, "server list --project talk", more=("--room", "talk"))
    assert both.status == 0, both
    other_room = await says(gateway, tmp_path, "server list", more=("--room", "talk", *scope))
    assert other_room.status == 2, other_room
    assert other_room.err == "There is no room talk, or it is not yours. Yours: direct, shop.\n"
    there = await says(gateway, tmp_path, "server list --project talk", more=scope)
    assert (there.status, there.out) == (1, "You can not act for a project talk here.\n"), there


async def test_somebody_with_a_token_talks_by_it_and_keeps_it(gateway: Served, tmp_path: Path) -> None:
    """As people of another login have one; not a session, so nothing is signed out at the end."""
    token = gateway.token("jiwoo")
    for _ in range(2):
        done = await chat(gateway.url, tmp_path, "--token", "-c", "whoami", user=None, GURUM_TOKEN=token)
        assert done.status == 0, done
        assert "jiwoo" in done.out
    piped = await chat(gateway.url, tmp_path, "--token", "--password-stdin", user=None, typed=f"{token}\nwhoami\n")
    assert (piped.status, "jiwoo" in piped.out) == (0, True), piped


async def test_a_token_that_is_none_is_told_in_one_sentence(gateway: Served, tmp_path: Path) -> None:
    ended = await chat(gateway.url, tmp_path, "--token", "-c", "whoami", user=None, GURUM_TOKEN="gAAAAAnone")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended
    assert ended.err.startswith("The token is not valid"), ended
    split = await chat(gateway.url, tmp_path, "--token", "-c", "whoami", user=None, GURUM_TOKEN="two words")
    assert (split.status, "holds spaces" in split.err, "two words" in split.err) == (2, True, False)


async def pressed(terminal: InTerminal, label: str) -> None:
    """Press the newest button of this label by its number."""
    await terminal.sees(f"] {label}")
    number = re.findall(rf"\[(\d+)\] {label}", terminal.screen.text)[-1]
    terminal.type(f"{number}\r")


async def test_somebody_in_a_terminal_makes_stops_undoes_and_deletes_a_server(gateway: Served, tmp_path: Path) -> None:
    async with in_terminal(gateway.url, tmp_path, rows=60, columns=110, GURUM_PASSWORD=PASSWORD) as terminal:
        await terminal.sees("jiwoo · connected")
        terminal.type("server create web-typed --image ubuntu-24.04 --project shop\r")
        await terminal.sees("Flavor:\n")
        terminal.type("m1.sm")
        await terminal.sees("Flavor: m1.sm\n")
        terminal.type("\t")
        await terminal.sees("Flavor: m1.small\n")
        terminal.type("\r")
        await terminal.sees(":send leaves the rest")
        terminal.type(":send\r")
        await terminal.sees("server create web-typed is done")
        assert terminal.screen.all.count("server create web-typed is done") == 1, "one message, edited"
        terminal.type("server list --name web-typed\r")
        await terminal.sees("web-typed  ACTIVE  m1.small")
        terminal.type("server stop web-typed\r")
        await terminal.sees("server stop interrupts service")
        await pressed(terminal, "Confirm")
        await terminal.sees("server stop web-typed is done")
        await pressed(terminal, "Undo")
        await terminal.sees("server start web-typed is done")
        terminal.type("server delete web-typed\r")
        await terminal.sees("server delete is destructive")
        await pressed(terminal, "Confirm")
        await terminal.sees("✓ Wait until it is gone")
        terminal.type("server list --name web-typed\r")
        await terminal.sees("Nothing matches.")
        terminal.type("\x04")
        assert await terminal.ended() == 0
    kept = (tmp_path / "state" / "9rum" / "history").read_text()
    assert kept.splitlines()[0] == "server create web-typed --image ubuntu-24.04 --project shop"


async def test_two_people_with_different_rights_are_offered_different_commands(gateway: Served, tmp_path: Path) -> None:
    async with in_terminal(gateway.url, tmp_path, user="haneul", GURUM_PASSWORD="haneul") as terminal:
        await terminal.sees("haneul · connected")
        terminal.type("server ")
        await terminal.sees("list")
        assert "delete" not in terminal.screen.text
    async with in_terminal(gateway.url, tmp_path, GURUM_PASSWORD=PASSWORD) as terminal:
        await terminal.sees("jiwoo · connected")
        terminal.type("server show shop-api")
        await terminal.sees("shop-api-3")
