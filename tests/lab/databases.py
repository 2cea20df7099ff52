"""Creates the databases and their tables, Keystone's keys and first admin, and Nova's two cells.

Runs once for an initialised state, with MariaDB up and no service yet.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.lab import infra, processes
from tests.lab.pins import AUTH_URL, DATABASES, PASSWORD, RABBIT_URL, REGION, Paths, database_url


def create(paths: Paths) -> None:
    statements = [
        f"CREATE USER IF NOT EXISTS lab@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
        "GRANT ALL ON *.* TO lab@'127.0.0.1'",
        *(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb3" for name in DATABASES),
    ]
    infra.sql(paths, ";".join(statements))
    # The longest first. Three at a time: each waits for the database about half of its time.
    jobs: list[Callable[[Paths], None]] = [_nova, _neutron, _keystone, _cinder, _glance, _placement]
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(job, paths) for job in jobs]:
            done.result()


def _manage(paths: Paths, service: str, program: str, file: str, *arguments: str) -> None:
    configuration = ("--config-file", paths.etc / service / file)
    processes.run(paths, f"{service}-set-up", [paths.bin / program, *configuration, *arguments])


def _keystone(paths: Paths) -> None:
    owner = ("--keystone-user", "root", "--keystone-group", "root")
    _manage(paths, "keystone", "keystone-manage", "keystone.conf", "db_sync")
    _manage(paths, "keystone", "keystone-manage", "keystone.conf", "fernet_setup", *owner)
    _manage(paths, "keystone", "keystone-manage", "keystone.conf", "credential_setup", *owner)
    urls = [f"--bootstrap-{interface}-url={AUTH_URL}" for interface in ("public", "internal", "admin")]
    _manage(
        paths,
        "keystone",
        "keystone-manage",
        "keystone.conf",
        "bootstrap",
        f"--bootstrap-password={PASSWORD}",
        "--bootstrap-username=admin",
        "--bootstrap-project-name=admin",
        "--bootstrap-role-name=admin",
        "--bootstrap-service-name=keystone",
        f"--bootstrap-region-id={REGION}",
        *urls,
    )


def _nova(paths: Paths) -> None:
    def manage(*arguments: str) -> None:
        _manage(paths, "nova", "nova-manage", "nova.conf", *arguments)

    manage("api_db", "sync")
    manage("cell_v2", "map_cell0", "--database_connection", database_url("nova_cell0"))
    cell1 = ("--transport-url", RABBIT_URL, "--database_connection", database_url("nova_cell1"))
    manage("cell_v2", "create_cell", "--name", "cell1", *cell1)
    manage("db", "sync", "--local_cell")
    cell1_file = str(paths.etc / "nova" / "cell1.conf")
    manage("--config-file", cell1_file, "db", "sync", "--local_cell")


def _neutron(paths: Paths) -> None:
    _manage(paths, "neutron", "neutron-db-manage", "neutron.conf", "upgrade", "heads")


def _cinder(paths: Paths) -> None:
    _manage(paths, "cinder", "cinder-manage", "cinder.conf", "db", "sync")


def _glance(paths: Paths) -> None:
    _manage(paths, "glance", "glance-manage", "glance-api.conf", "db_sync")


def _placement(paths: Paths) -> None:
    _manage(paths, "placement", "placement-manage", "placement.conf", "db", "sync")
