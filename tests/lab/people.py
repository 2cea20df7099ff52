"""Who and what the lab's cloud consists of before anyone uses it, and the clouds.yaml that lets people in.

Plain data: catalogue.py and seed.py create it, the tests read it, docs/lab.md shows it.
"""

from dataclasses import dataclass
from typing import Any

from tests.lab.pins import AUTH_URL, PASSWORD, REGION

# Domain -> its projects, beside those that Keystone's bootstrap makes.
PROJECTS = {"Default": ("shop", "talk", "search"), "partner": ("lab2",)}


@dataclass(frozen=True)
class Person:
    """A user of domain Default with the lab's password."""

    name: str
    projects: tuple[tuple[str, str], ...] = ()  # (project, role); the first is the one of clouds.yaml
    domain_admin: bool = False
    system_admin: bool = False


PEOPLE = (
    Person("gurum", (("admin", "admin"),), system_admin=True),
    Person("jiwoo", (("shop", "member"), ("talk", "member"))),
    Person("minsu", (("talk", "member"),)),
    Person("haneul", (("shop", "reader"),)),
    Person("sora", (("search", "member"),)),
    Person("dohyun", domain_admin=True),
    Person("operator", (("admin", "admin"),), system_admin=True),
)


def clouds() -> dict[str, Any]:
    """The content of clouds.yaml: `lab` is 9rum's service user, `lab-NAME` a person at the person's usual scope."""

    def entry(user: str, **scope: str) -> dict[str, Any]:
        return {
            "region_name": REGION,
            "identity_api_version": 3,
            "auth_type": "password",
            "auth": {
                "auth_url": AUTH_URL,
                "username": user,
                "password": PASSWORD,
                "user_domain_name": "Default",
                **scope,
            },
        }

    def project(user: str, name: str) -> dict[str, Any]:
        return entry(user, project_name=name, project_domain_name="Default")

    return {
        "clouds": {
            "lab": project("gurum", "admin"),
            "lab-admin": project("admin", "admin"),
            "lab-jiwoo": project("jiwoo", "shop"),
            "lab-minsu": project("minsu", "talk"),
            "lab-haneul": project("haneul", "shop"),
            "lab-sora": project("sora", "search"),
            "lab-dohyun": entry("dohyun", domain_name="Default"),
            "lab-operator": entry("operator", system_scope="all"),
        }
    }
