"""What the settings of Slack say to mistakes: one sentence each, and never the secret."""

import pytest
from pydantic import ValidationError

from bot.platforms.slack import SlackSettings

GOOD = {"platform": "slack", "bot_token": "xoxb-secret", "app_token": "xapp-secret"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"bot_token": "xapp-secret"}, "begins with `xoxb-`"),
        ({"app_token": "xoxb-secret"}, "begins with `xapp-`"),
        ({"app_token": None}, "nothing can come in"),
        ({"signing_secret": " "}, "copy the Signing Secret"),
        ({"base_url": "http://slack.example/api/"}, "the tokens travel there"),
        ({"command": "cloud"}, "should match pattern"),
        ({"path": "slack"}, "should match pattern"),
        ({"bot_tokn": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_a_mistake(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SlackSettings.model_validate(GOOD | changes)

    [problem] = refused.value.errors(include_input=False, include_context=False, include_url=False)
    assert sentence in problem["msg"] and "secret" not in problem["msg"].replace("signing_secret", "").replace(
        "Secret", ""
    )


def test_both_ways_at_once() -> None:
    made = SlackSettings.model_validate(GOOD | {"signing_secret": "s", "base_url": "http://127.0.0.1:1/api"})

    assert made.base_url == "http://127.0.0.1:1/api/"
    assert "secret-" not in repr(made) and "xoxb" not in repr(made)
