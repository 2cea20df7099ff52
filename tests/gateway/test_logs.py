"""Logs: one JSON object per line, with the correlation id, and never a secret."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.logs import HIDDEN, LogSettings, configure_logs, correlation, redact, redact_text

FERNET = "gAAAAABm" + "Zx9_-" * 30


class Lines(io.StringIO):
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def logging_to(level: str = "INFO") -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, before = list(root.handlers), root.level
    lines = Lines()
    configure_logs(LogSettings.model_validate({"level": level}), lines)
    try:
        yield lines
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)


def test_a_line_is_one_object_with_its_fields() -> None:
    with logging_to() as lines:
        reset = correlation.set("request-1")
        logging.getLogger("gurum.test").warning("disk %s is full", "sda", extra={"percent": 97, "tags": {"a": [1]}})
        correlation.reset(reset)
        logging.getLogger("gurum.test").debug("unseen")
    (line,) = lines.all()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "gurum.test",
        "message": "disk sda is full",
        "correlation_id": "request-1",
        "percent": 97,
        "tags": {"a": [1]},
    }


def test_a_stack_is_part_of_its_line() -> None:
    with logging_to() as lines:
        try:
            raise RuntimeError("password=hunter2 was wrong")
        except RuntimeError:
            logging.getLogger("gurum.test").exception("it broke")
    (line,) = lines.all()
    assert "RuntimeError" in line["stack"]
    assert "test_logs.py" in line["stack"]
    assert "hunter2" not in line["stack"]


@pytest.mark.parametrize(
    "text",
    [
        "X-Auth-Token: hunter2",
        "x-subject-token=hunter2",
        "authorization: Bearer hunter2",
        'body was {"password": "hunter2"}',
        "{'adminPass': 'hunter2', 'name': 'x'}",
        "cookie: gurum_session=hunter2",
        "gurum_session=hunter2; path=/",
        "OS_PASSWORD=hunter2",
        'application_credential_secret="hunter2"',
        "user_data: hunter2",
        "fetching https://images.test/a.img?X-Amz-Signature=hunter2&b=c broke",
        "fetching 'https://images.test/a.img#hunter2' broke",
        "no answer from redis://:hunter2@store.test:6379/0",
        f"the token {FERNET} is not valid".replace(FERNET, FERNET + "hunter2"),
    ],
)
def test_a_secret_in_a_sentence_is_hidden(text: str) -> None:
    with logging_to() as lines:
        logging.getLogger("gurum.test").warning("%s", text)
    assert "hunter2" not in lines.getvalue()
    assert HIDDEN in lines.getvalue()


@pytest.mark.parametrize(
    "name", ["token", "X-Auth-Token", "adminPass", "user_data", "cookie", "client_secret", "session"]
)
def test_a_secret_under_its_name_is_hidden_however_deep(name: str) -> None:
    assert redact("input", {"server": [{name: "hunter2", "name": "web"}]}) == {
        "server": [{name: HIDDEN, "name": "web"}]
    }


def test_of_an_address_the_host_and_the_path_stay() -> None:
    text = "https://u:p@a.test:8774/v2.1/servers?limit=1: 'http://b.test/x' and http://c.test/#y"
    shown = "https://***@a.test:8774/v2.1/servers?*** 'http://b.test/x' and http://c.test/#***"
    assert redact_text(text) == shown


def test_of_libraries_no_debugging_is_written_because_it_has_what_is_sent() -> None:
    with logging_to("DEBUG") as lines:
        for name in ("keystoneauth.session", "websockets.server", "aiohttp.client", "botocore"):
            logging.getLogger(name).debug("REQ: %s", '{"address": "hunter2"}')
            logging.getLogger(name).info("connected")
        for name in ("gurum.test", "resolvers.clients.openstack", "bot.inbox", "gateway", "notifications.bus"):
            logging.getLogger(name).debug("looked")
    assert "hunter2" not in lines.getvalue()
    assert [line["message"] for line in lines.all()] == ["connected"] * 4 + ["looked"] * 5


def test_harmless_words_stay() -> None:
    text = "The token is not valid; 1000 tokens are the limit, the secret manager answered"
    assert redact_text(text) == text
    assert redact("tokens", 5) == 5


@given(st.text(alphabet="abcXYZ019_-", min_size=8, max_size=40))
def test_no_keystone_token_survives(rest: str) -> None:
    token = FERNET + rest
    assert token not in redact_text(f"GET /v3 {token} failed")
