"""What can be set about the conversation: what is taken, and what is refused in a sentence that says why."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import BotSettings


def test_a_channel_has_settings_of_its_own_and_every_other_has_none() -> None:
    settings = BotSettings.model_validate(
        {"channels": {"slack:C1": {"project": "shop", "language": "ko", "aliases": {"box": "server"}}}}
    )
    assert settings.channel("slack:C1").project == "shop"
    assert settings.channel("slack:C1").aliases == {"box": "server"}
    other = settings.channel("slack:C2")
    assert (other.project, other.language, other.aliases) == (None, None, {})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"aliases": {"two words": "server"}}, "no alias"),
        ({"aliases": {"vm": ""}}, "no alias"),
        ({"channels": {"slack:C1": {"aliases": {"vm": "server; drop"}}}}, "no alias"),
        ({"prefix": "cloud"}, "pattern"),
        ({"language": "tlh"}, "there are en, ko"),
        ({"channels": {"slack:C1": {"language": "tlh"}}}, "there are en, ko"),
        ({"confirm_minutes": 60}, "less than or equal to 14"),
        ({"concurrency": 0}, "greater than or equal to 1"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_what_can_not_be_right_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BotSettings.model_validate(given)
