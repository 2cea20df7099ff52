"""Sections of configuration that more than one service needs: bus, database, logins, token checks.

config_nova.py and config_services.py build their files from these.
"""

from collections.abc import Mapping

from tests.lab.pins import AUTH_URL, HOST, PASSWORD, PORTS, RABBIT_URL, REGION, Paths, database_url

Section = Mapping[str, object]
Sections = Mapping[str, Section]
Files = Mapping[str, Sections]


def default(**more: object) -> Section:
    """[DEFAULT] of every service: the message bus, and the log on stderr, which the lab sends to a file."""
    return {"transport_url": RABBIT_URL, "use_stderr": "true", "rpc_response_timeout": 60, **more}


def service_login(user: str, **more: object) -> Section:
    """How a service logs in at Keystone when it calls another one."""
    return {
        "auth_url": AUTH_URL,
        "auth_type": "password",
        "username": user,
        "password": PASSWORD,
        "project_name": "service",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
        "region_name": REGION,
        **more,
    }


def token_check(user: str) -> Section:
    """How a service checks its callers' tokens. Cached 5 seconds only, so that tests see a revocation soon."""
    return service_login(
        user,
        www_authenticate_uri=AUTH_URL,
        memcached_servers=f"{HOST}:{PORTS['memcached']}",
        service_token_roles="service",
        service_token_roles_required="true",
        token_cache_time=5,
    )


def common(paths: Paths, user: str, database: str) -> Sections:
    """The sections that Glance, Nova, Neutron and Cinder share."""
    return {
        "database": {"connection": database_url(database), "max_pool_size": 10, "max_overflow": 20},
        "keystone_authtoken": token_check(user),
        "oslo_messaging_notifications": {"driver": "messagingv2"},
        "oslo_messaging_rabbit": {
            "heartbeat_timeout_threshold": 0,
            "rabbit_quorum_queue": "false",
            "rabbit_stream_fanout": "false",
        },
        "oslo_concurrency": {"lock_path": paths.data / "lock"},
    }
