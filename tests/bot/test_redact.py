"""What is kept of typed text and variables holds no value of anything that looks like a secret."""

import dataclasses

import pytest

from bot import redact
from resolvers import DOMAINS
from resolvers.graph.schema import actions_of

SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"server create x --password {SECRET}",
        f"server create x --admin-pass={SECRET}",
        f"server create x --password '{SECRET} and more'",
        f'server create x --userData "{SECRET}',
        f"server create x —password “{SECRET} {SECRET}”",
        f"server create x password={SECRET}",
        f"volume-transfer accept x --force --key {SECRET}",
        f"keypair create me --public-key={SECRET}",
        f"keypair create me public_key='{SECRET}'",
        f"x --api-token   {SECRET} --name y",
        f"x --client_secret = {SECRET}",
    ],
)
def test_secrets_are_masked_before_a_text_is_kept(text: str) -> None:
    kept = redact.text(text)
    assert SECRET not in kept
    assert redact.MASK in kept


@pytest.mark.parametrize(
    "text", ["server create web-1 --flavor m1.small --image ubuntu-24.04", "key pair list", "server list status=ACTIVE"]
)
def test_everything_else_stays(text: str) -> None:
    assert redact.text(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"https://a.test/i.img?sig={SECRET}&x=1 --os ubuntu", "https://a.test/i.img?*** --os ubuntu"),
        (
            f'--address "https://a.test/i.img?sig={SECRET} {SECRET}" --os x',
            '--address "https://a.test/i.img?***" --os x',
        ),
        (f"--address='https://a.test/i?{SECRET} {SECRET}'", "--address='https://a.test/i?***'"),
        (f"address=“https://a.test/i?{SECRET} {SECRET}”", "address=“https://a.test/i?***”"),
        (f'"https://a.test/i?{SECRET} {SECRET}', '"https://a.test/i?***'),
        (f"https://a.test/i#{SECRET}", "https://a.test/i#***"),
        (f"https://a.test/i?'{SECRET} 'x\\ {SECRET} y", "https://a.test/i?*** y"),
        (f"https://jiwoo:{SECRET}@a.test/i", "https://***@a.test/i"),
        (f"--description 'see http://a.test/?{SECRET} too'", "--description 'see http://a.test/?*** too'"),
        ("https://a.test/i.img?", "https://a.test/i.img?"),
        ("what is a.test/i.img ?", "what is a.test/i.img ?"),
    ],
)
def test_of_an_address_the_host_and_the_path_are_kept(typed: str, kept: str) -> None:
    text = f"image create golden {typed}"
    assert redact.hidden(text) == redact.text(text) == f"image create golden {kept}"


def test_addresses_are_masked_in_variables_too() -> None:
    given = {"input": {"address": f"https://a.test/i?{SECRET} {SECRET}", "l": [f"s3://{SECRET}@b/i", "x?y"]}}
    assert redact.values(given) == {"input": {"address": "https://a.test/i?***", "l": ["s3://***@b/i", "x?y"]}}
    assert redact.hides("address", given["input"]["address"])
    assert not redact.hides("address", "https://a.test/i")


def test_a_kept_text_is_short_and_one_line() -> None:
    kept = redact.text("server list\n" + "x" * 40_000 + "\u202e")
    assert len(kept) <= redact.KEPT
    assert "\n" not in kept


def test_a_long_text_is_no_slow_text() -> None:
    for part in ("--a ", "a=", "'", "-", "password ", "a://", "a://b?", '"a://', "a.b-", "a://b@"):
        assert len(redact.text(part * 20_000)) <= redact.KEPT
        assert redact.hidden(part * 8_000)
        assert redact.values({"a": part * 8_000})


def test_values_of_secrets_are_masked_in_variables() -> None:
    given = {"input": {"name": "x", "userData": SECRET, "key": None}, "idempotencyKey": "chat-1", "adminPass": SECRET}
    assert redact.values(given) == {
        "input": {"name": "x", "userData": redact.MASK, "key": None},
        "idempotencyKey": "chat-1",
        "adminPass": redact.MASK,
    }


def test_every_secret_of_an_action_is_given_by_a_name_that_tells_it() -> None:
    """A text is kept before anybody reads the command in it."""
    secrets = [action for action in actions_of(DOMAINS).values() if action.secret]
    assert {action.name for action in secrets} == {"keypair.create", "server.create", "volumeTransfer.accept"}
    for action in secrets:
        assert all(map(redact.secret, action.secret))
        with pytest.raises(ValueError, match="takes a secret without a name"):
            dataclasses.replace(action, positional=(*action.positional, *action.secret))
