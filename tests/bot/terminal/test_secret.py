"""Commands with the address of a signed file are called back until the program ends, and are in no history file."""

import pytest

from bot.catalogue import Catalogue
from bot.terminal.secret import carries_secret
from tests.bot.specs import ALL

IMAGE = "https://images.test/golden.img"


@pytest.mark.parametrize(
    "text",
    [
        f"image create golden {IMAGE}?X-Amz-Signature=abc",
        f"image create golden --address='{IMAGE}?sv=1&sig=a b'",
        f"image create golden {IMAGE}#abc",
        f"image create golden {IMAGE}?sig=abc --name 'x",
        "image create golden https://me@images.test/golden.img",
    ],
)
def test_a_signed_address_is_a_secret(text: str) -> None:
    assert carries_secret(text, Catalogue(ALL))
    assert carries_secret(text, None)


def test_an_address_alone_is_none() -> None:
    assert not carries_secret(f"image create golden {IMAGE}", Catalogue(ALL))
