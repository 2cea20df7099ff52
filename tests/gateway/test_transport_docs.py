"""docs/transport.md says what is true: limits, connections, errors, statuses, close codes and metrics, each against the code."""

import re
from pathlib import Path

from pydantic import BaseModel

from gateway.errors import HTTP_STATUS
from gateway.limits import LimitSettings
from gateway.live import LiveSettings
from gateway.metrics import Metrics
from resolvers.errors import ERRORS, GurumError

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "transport.md").read_text()


def tables(first: str) -> list[dict[str, str]]:
    """The first two columns of each table whose first heading is this."""
    found = []
    for part in DOC.split(f"\n| {first} |")[1:]:
        rows = [line.strip("|").split("|") for line in part.split("\n\n")[0].splitlines()[2:]]
        found.append({row[0].strip().strip("`"): row[1].strip() for row in rows})
    return found


def defaults(model: type[BaseModel]) -> dict[str, str]:
    """Defaults as YAML writes them."""
    return {
        name: str(field.default).lower().removesuffix(".0") if field.default is not None else ""
        for name, field in model.model_fields.items()
    }


def test_the_tables_of_settings_are_those_of_the_code() -> None:
    limits, live = tables("setting")
    assert limits == defaults(LimitSettings)
    assert live == defaults(LiveSettings)


def test_the_table_of_errors_is_the_tree() -> None:
    assert list(tables("code")[0]) == [*(error.code for error in ERRORS), GurumError.code]


def test_every_status_and_close_code_is_told() -> None:
    assert {str(status) for status in HTTP_STATUS.values()} <= set(tables("status")[0])
    sources = "".join(
        (ROOT / "gateway" / name).read_text() for name in ("websocket.py", "websocket_session.py", "live.py")
    )
    codes = set(re.findall(r"(?:Ending|\.end)\((\d{4}),", sources)) - {"1005"}  # 1005 is never sent
    assert codes == set(tables("close code")[0])


def test_every_metric_is_told() -> None:
    told = set(re.findall(r"`(gurum_\w+)`", DOC))
    known = {
        f"{family.name}_total" if family.type == "counter" else family.name for family in Metrics().registry.collect()
    }
    assert {name for name in told if name != "gurum_session"} == known
