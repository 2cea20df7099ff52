"""GraphQL over HTTP: the audit of the npm package `graphql-http`, all of it."""

import pytest

from tests.protocol.clients import Clients

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first

AUDITS = 61


def test_every_audit_of_graphql_over_http_passes(clients: Clients, gateway_url: str, demo_token: str) -> None:
    audits = clients.run("audit.mjs", gateway_url, demo_token)
    missed = [f"{audit['id']} {audit['name']}: {audit['reason']}" for audit in audits if audit["status"] != "ok"]
    assert missed == []
    assert len(audits) == AUDITS  # a newer package may bring more; then this number is raised on purpose
