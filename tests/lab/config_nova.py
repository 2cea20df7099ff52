"""Nova's configuration: the API and the two cells, the conductor, the scheduler, and each compute."""

from tests.lab.pins import COMPUTES, HOST, PORTS, REGION, Paths, database_url
from tests.lab.sections import Files, Sections, common, default, service_login

GLANCE_URL = f"http://{HOST}:{PORTS['glance']}"


def nova(paths: Paths) -> Files:
    """File name -> sections. The API's database is cell 0; conductor and syncs of cell 1 read cell1.conf too."""
    computes = {
        f"{host}.conf": {"DEFAULT": {"host": host, "state_path": paths.data / f"nova-{host}"}} for host in COMPUTES
    }
    cell1 = {"database": {"connection": database_url("nova_cell1")}}
    return {"nova.conf": _main(paths), "cell1.conf": cell1, **computes}


def state_folders() -> list[str]:
    """Each compute keeps its identity (compute_id) in a folder of its own."""
    return [f"nova-{host}" for host in COMPUTES]


def _main(paths: Paths) -> Sections:
    return {
        "DEFAULT": default(
            my_ip=HOST,
            host="controller",
            state_path=paths.data / "nova",
            compute_driver="lab.LabDriver",
            # Small hosts, much overcommitted: nothing runs on them.
            initial_cpu_allocation_ratio=64,
            initial_ram_allocation_ratio=64,
            # Periodic work of a real hypervisor that would only cost CPU here.
            sync_power_state_interval=-1,
            update_resources_interval=600,
            running_deleted_instance_poll_interval=0,
            instance_delete_interval=-1,
            shelved_poll_interval=-1,
            heal_instance_info_cache_interval=-1,
            # The first round of periodic work at once: the scheduler maps new computes to the cell in it.
            periodic_fuzzy_delay=0,
            report_interval=10,
            service_down_time=120,
        ),
        **common(paths, "nova", "nova_cell0"),
        "api_database": {"connection": database_url("nova_api")},
        "api": {"auth_strategy": "keystone", "max_limit": 1000},
        "service_user": service_login("nova", send_service_user_token="true"),
        "placement": service_login("placement"),
        "glance": {"api_servers": GLANCE_URL},
        "neutron": service_login("neutron"),
        "cinder": service_login("cinder", os_region_name=REGION, catalog_info="block-storage::publicURL"),
        "notifications": {"notification_format": "both", "notify_on_state_change": "vm_and_task_state"},
        # A console address is answered; nothing listens there.
        "vnc": {
            "enabled": "true",
            "novncproxy_base_url": f"http://{HOST}:6080/vnc_lite.html",
            "server_listen": HOST,
            "server_proxyclient_address": HOST,
        },
        "scheduler": {"workers": 1, "discover_hosts_in_cells_interval": 5, "max_placement_results": 50},
        "filter_scheduler": {
            "enabled_filters": "ComputeFilter,ComputeCapabilitiesFilter,ImagePropertiesFilter",
            "track_instance_changes": "false",
        },
        "conductor": {"workers": 1},
        # Real, generous; a test that wants to exceed one lowers it for a project of its own.
        "quota": {"instances": 200, "cores": 800, "ram": 1638400, "key_pairs": 200, "server_groups": 100},
        "cache": {"enabled": "true", "backend": "oslo_cache.dict"},
        "workarounds": {"skip_cpu_compare_on_dest": "true"},
    }
