"""MariaDB, RabbitMQ, memcached: their commands, their first set-up, and SQL as the database's root.

RabbitMQ starts empty every time (only the services' own short messages are in it); MariaDB's folder is part of
the initialised state.
"""

import pwd
from os import getuid

from tests.lab import processes
from tests.lab.pins import HOST, PASSWORD, PORTS, Paths
from tests.lab.services import Service
from tests.lab.system import RABBITMQ


def services(paths: Paths) -> list[Service]:
    user = pwd.getpwuid(getuid()).pw_name
    return [
        # In the foreground and first: RabbitMQ would otherwise start one that outlives it.
        Service("epmd", ("epmd", "-port", str(PORTS["epmd"]), "-address", HOST), port=PORTS["epmd"]),
        Service(
            "mariadb",
            (
                "mariadbd",
                "--no-defaults",
                f"--datadir={paths.data / 'mysql'}",
                f"--user={user}",
                f"--port={PORTS['mariadb']}",
                f"--bind-address={HOST}",
                f"--socket={paths.socket}",
                f"--pid-file={paths.run / 'mariadb.pid'}",
                # Durability costs the most and is worth nothing here: a broken state is restored, not repaired.
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=0",
                "--innodb-buffer-pool-size=256M",
                "--innodb-log-file-size=32M",
                "--skip-log-bin",
                "--performance-schema=OFF",
                "--max-connections=500",
                "--skip-name-resolve",
                "--character-set-server=utf8mb4",
                "--transaction-isolation=READ-COMMITTED",
                "--innodb-autoinc-lock-mode=2",
            ),
            port=PORTS["mariadb"],
        ),
        Service(
            "memcached",
            ("memcached", "-u", user, "-l", HOST, "-p", str(PORTS["memcached"]), "-m", "64"),
            port=PORTS["memcached"],
        ),
        Service("rabbitmq", (str(RABBITMQ),), _rabbitmq_environment(paths), port=PORTS["rabbitmq"]),
    ]


def prepare(paths: Paths) -> None:
    """The files RabbitMQ reads; needed before every start."""
    folder = paths.run / "rabbitmq"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = {HOST}:{PORTS['rabbitmq']}\n"
        "default_user = lab\n"
        f"default_pass = {PASSWORD}\n"
        "loopback_users = none\n"
        "log.file.level = warning\n"
        "vm_memory_high_watermark.absolute = 512MB\n"
        "disk_free_limit.absolute = 50MB\n"
        "collect_statistics_interval = 60000\n"
    )
    (folder / "enabled_plugins").write_text("[].\n")


def create_datadir(paths: Paths) -> None:
    """An empty MariaDB folder; its root needs no password and is reached by the socket only."""
    processes.run(
        paths,
        "mariadb-install-db",
        [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={paths.data / 'mysql'}",
            f"--user={pwd.getpwuid(getuid()).pw_name}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
    )


def sql(paths: Paths, text: str) -> list[list[str]]:
    """Runs SQL as root; the rows as text."""
    command = ["mariadb", "--no-defaults", f"--socket={paths.socket}", "-uroot", "-N", "-B", "-e", text]
    return [line.split("\t") for line in processes.run(paths, "sql", command, seconds=120).splitlines()]


def _rabbitmq_environment(paths: Paths) -> dict[str, str]:
    folder = paths.run / "rabbitmq"
    return {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": "gurumlab@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_DIST_PORT": str(PORTS["rabbitmq-dist"]),
        # Two schedulers that do not spin; and Erlang's own port on loopback, where it would listen everywhere.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"),
        "ERL_EPMD_PORT": str(PORTS["epmd"]),
        "ERL_EPMD_ADDRESS": HOST,
    }
