"""The command `9rum`, as a person or a supervisor runs it: its output and exit status.

What listens, locks or gets signals is a real process; what only says something runs in the test's own, which has the libraries loaded.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from gateway.__main__ import main
from gateway.secret import OTHER_KEY
from gateway.version import VERSION
from tests.architecture.project import ROOT
from tests.ports import free_port
from tests.stores import emptied

SECONDS = 90.0  # to start, on a busy machine


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Ours without our variables, and a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GURUM_")}
    return {**kept, "GURUM_STORE__FOLDER": str(folder / "data"), "PYTHONPATH": str(ROOT), **more}


def run(*arguments: str, cwd: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gateway", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment(cwd, **more), capture_output=True, text=True, timeout=SECONDS, check=False
    )


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


class Here:
    """`9rum` in this process, in a folder of its own and without our variables."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._environment = environment
        self._capture = capture
        for name in [name for name in os.environ if name.startswith("GURUM_")]:
            environment.delenv(name)
        environment.setenv("GURUM_STORE__FOLDER", str(folder / "data"))
        environment.chdir(folder)

    def __call__(self, *arguments: str, **variables: str) -> Said:
        for name, value in variables.items():
            self._environment.setenv(name, value)
        self._capture.readouterr()
        try:
            status = main(arguments)
        except SystemExit as ended:  # of the command line
            status = int(str(ended.code))
        return Said(status, *self._capture.readouterr())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(tmp_path, monkeypatch, capsys)


class Served:
    """A running `9rum serve`."""

    def __init__(self, folder: Path, port: int, more: Mapping[str, str]) -> None:
        self.out = folder / "out"
        self.err = folder / "err"
        self.base = f"http://127.0.0.1:{port}"
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve"],
                cwd=folder,
                env=environment(folder, GURUM_HTTP__PORT=str(port), **more),
                stdout=out,
                stderr=err,
            )

    def ready(self) -> str:
        """What it printed, once it is ready."""
        deadline = time.monotonic() + SECONDS
        while "9rum is ready" not in (text := self.out.read_text()) or "A first query" not in text:
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, f"not ready within {SECONDS:g} s: {self.err.read_text()}"
            time.sleep(0.05)
        return text

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextlib.contextmanager
def served(folder: Path, port: int | None = None, **more: str) -> Iterator[Served]:
    it = Served(folder, port or free_port(), more)
    try:
        it.ready()
        yield it
    finally:
        if it.process.poll() is None:
            it.process.kill()
            it.process.wait()


def test_the_version(tmp_path: Path) -> None:
    done = run("version", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"9rum {VERSION}\n", "")


def test_the_schema_is_printed_without_any_cloud(here: Here) -> None:
    said = here("export-schema")
    assert said.status == 0
    assert "type Query" in said.out
    assert list(here.folder.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("sevre",), ("serve", "--rol", "api"), ("serve", "--role", "none")])
def test_a_wrong_command_line_is_status_2_with_the_usage(here: Here, arguments: tuple[str, ...]) -> None:
    said = here(*arguments)
    assert said.status == 2
    assert said.err.startswith("usage: 9rum")


@pytest.mark.parametrize("command", [("serve",), ("check",), ("audit", "verify"), ("slack-manifest",)])
def test_wrong_settings_are_status_2_with_one_sentence_each(here: Here, command: tuple[str, ...]) -> None:
    (here.folder / "9rum.yaml").write_text("http: {prot: 1}\nclouds: [{backend: openstack}]\n")
    said = here(*command)
    assert said.status == 2
    assert said.err.splitlines() == [
        "9rum.yaml: http.prot: is not a setting; did you mean `port`?",
        "9rum.yaml: clouds[0].name: is missing.",
    ]
    assert not (here.folder / "data").exists()


def test_trusted_documents_that_do_not_fit_stop_the_start_and_are_named_by_check(here: Here) -> None:
    (here.folder / "page.graphql").write_text("{ sevrers { totalCount } }")
    fault = "The trusted document page does not fit: Cannot query field 'sevrers' on type 'Query'."
    variables = {"GURUM_GRAPHQL__DOCUMENTS__TRUSTED": str(here.folder)}
    check = here("check", **variables)
    assert check.status == 1
    assert f"FAIL  {fault}" in check.out
    done = run("serve", cwd=here.folder, GURUM_HTTP__PORT=str(free_port()), **variables)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"graphql.documents.trusted: {fault[:-1]}")
    assert "Traceback" not in done.stderr


def test_another_key_on_the_same_store_stops_the_start_and_is_named_by_check(here: Here, valkey: str) -> None:
    asyncio.run(emptied(valkey))
    with served(here.folder, GURUM_STORE__URL=valkey):
        assert here("check", GURUM_STORE__URL=valkey).status == 0
    other = {"GURUM_STORE__URL": valkey, "GURUM_SECRET_KEY": Fernet.generate_key().decode()}
    check = here("check", **other)
    assert check.status == 1
    assert f"FAIL  {OTHER_KEY}" in check.out
    done = run("serve", cwd=here.folder, GURUM_HTTP__PORT=str(free_port()), **other)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == OTHER_KEY
    assert other["GURUM_SECRET_KEY"] not in check.out + check.err + done.stderr


def test_a_kind_that_does_not_exist_is_found_when_it_starts(tmp_path: Path) -> None:
    (tmp_path / "9rum.yaml").write_text("inventory: {intervals: {sevrer: 5}}\n")
    done = run("serve", cwd=tmp_path, GURUM_HTTP__PORT=str(free_port()))
    assert done.returncode == 2
    assert "inventory.intervals: there is no kind `sevrer`" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_prints_a_first_query_that_works_as_it_stands(tmp_path: Path) -> None:
    with served(tmp_path) as it:
        text = it.ready()
        commands = text.split("A first query:\n")[1].replace("\\\n", "")
        done = subprocess.run(
            ["bash", "-euc", commands], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
        )
        session, answer = done.stdout.split("}{", 1)
        assert '"user"' in session
        assert '"totalCount"' in answer
        assert '"errors"' not in answer


def test_a_signal_ends_it_in_order_and_a_restart_keeps_sessions_and_the_key(tmp_path: Path) -> None:
    with served(tmp_path) as it, httpx.Client(base_url=it.base, timeout=SECONDS) as http:
        person = re.findall(r"(\w+) +password (\S+)", it.ready())[0]
        signed_in = http.post("/session", json={"user": person[0], "password": person[1]})
        assert signed_in.status_code == 200
        cookie = {"cookie": f"gurum_session={http.cookies['gurum_session']}"}
        assert it.end(signal.SIGTERM) == 0
        assert "Traceback" not in it.err.read_text()
        assert not (tmp_path / "data" / "store.sock").exists()
    with served(tmp_path) as it:
        again = httpx.get(f"{it.base}/session", headers=cookie, timeout=SECONDS)
        assert again.json() == signed_in.json()
        assert it.end(signal.SIGINT) == 0


def test_a_restart_after_a_kill_works_on_the_same_data(tmp_path: Path) -> None:
    with served(tmp_path) as it:
        it.end(signal.SIGKILL)
    with served(tmp_path) as it:
        assert httpx.get(f"{it.base}/readyz", timeout=SECONDS).status_code == 200


def test_a_port_in_use_is_said_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("serve", cwd=tmp_path, GURUM_HTTP__PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"http.port: 127.0.0.1:{port} is in use by another program; set another port."
    )
    assert "Traceback" not in done.stderr


def test_a_second_9rum_on_the_same_data_is_refused_and_check_knows_the_first(tmp_path: Path) -> None:
    with served(tmp_path) as it:
        second = run("serve", cwd=tmp_path, GURUM_HTTP__PORT=str(free_port()))
        assert second.returncode == 1
        assert f"Another 9rum (process {it.process.pid}) uses the data folder" in second.stderr
        check = run("check", cwd=tmp_path)
        assert check.returncode == 0, check.stdout + check.stderr
        assert f"The store is open in a running 9rum (process {it.process.pid})." in check.stdout
        assert httpx.get(f"{it.base}/healthz", timeout=SECONDS).status_code == 200


def test_check_says_what_works(here: Here) -> None:
    said = here("check")
    assert said.status == 0, said
    assert re.search(r"ok +The embedded store in .*data answers\.", said.out)
    assert said.out.endswith("\nAll 4 checks passed.\n")


def test_check_names_a_store_that_is_away_and_goes_on(here: Here) -> None:
    said = here("check", GURUM_STORE__URL="redis://:hunter2@127.0.0.1:1/0")
    assert said.status == 1
    assert re.search(r"FAIL +The store of `store\.url` can not be used: ", said.out)
    assert "Start the Redis, or correct `store.url`." in said.out
    assert "sandbox" in said.out
    assert said.out.endswith("\n1 of 4 checks failed.\n")
    assert "hunter2" not in said.out + said.err


def test_check_names_a_cloud_that_can_not_be_reached_and_goes_on(here: Here) -> None:
    (here.folder / "clouds.yaml").write_text(
        "clouds: {gone: {auth: {auth_url: 'http://127.0.0.1:1/v3', username: u, password: hunter2,"
        " project_name: p, user_domain_name: Default, project_domain_name: Default}}}"
    )
    (here.folder / "9rum.yaml").write_text(
        "clouds:\n  - {backend: sandbox, name: play}\n  - {backend: openstack, name: gone, clouds_file: clouds.yaml}\n"
    )
    said = here("check")
    assert said.status == 1
    assert "FAIL" in said.out
    assert "gone" in said.out
    assert "`play` is a sandbox" in said.out
    assert "hunter2" not in said.out + said.err
    assert "Traceback" not in said.err


def test_the_first_five_minutes_of_the_readme_work_as_they_stand(tmp_path: Path) -> None:
    commands = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(commands) == 5
    with served(tmp_path) as it:
        for command in commands:
            done = subprocess.run(
                ["bash", "-euc", command.replace("http://127.0.0.1:8080", it.base)],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            assert '"errors"' not in done.stdout, command
            assert done.stdout.startswith('{"'), command
    assert '"action":"server.stop"' in done.stdout
