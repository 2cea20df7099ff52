"""Configuration of Keystone, Placement, Glance, Neutron and Cinder; Nova's is in config_nova.py."""

from tests.lab.pins import HOST, PORTS, Paths, database_url
from tests.lab.sections import Files, common, default, service_login, token_check

GLANCE_URL = f"http://{HOST}:{PORTS['glance']}"


def keystone(paths: Paths) -> Files:
    sections = {
        "DEFAULT": default(notification_format="basic"),
        "database": {"connection": database_url("keystone")},
        "oslo_messaging_notifications": {"driver": "messagingv2"},
        "token": {"provider": "fernet", "expiration": 86400},
        # The cheapest hash there is: people and services log in all the time, and the password is no secret.
        "identity": {"password_hash_algorithm": "bcrypt", "password_hash_rounds": 4},
        "fernet_tokens": {"key_repository": paths.data / "fernet"},
        "credential": {"key_repository": paths.data / "credential"},
        # A cache in the process: revocations and role changes made through this one process are seen at once.
        "cache": {"enabled": "true", "backend": "oslo_cache.dict"},
    }
    return {"keystone.conf": sections}


def placement() -> Files:
    sections = {
        "DEFAULT": {"use_stderr": "true"},
        "placement_database": {"connection": database_url("placement")},
        "api": {"auth_strategy": "keystone"},
        "keystone_authtoken": token_check("placement"),
    }
    return {"placement.conf": sections}


def glance(paths: Paths) -> Files:
    store = paths.data / "glance"
    sections = {
        "DEFAULT": default(
            enabled_backends="fs:file",
            enabled_import_methods="[glance-direct,web-download]",
            worker_self_reference_url=GLANCE_URL,
            node_staging_uri=f"file://{store}/staging",
        ),
        **common(paths, "glance", "glance"),
        "glance_store": {"default_backend": "fs"},
        "fs": {"filesystem_store_datadir": store / "images"},
        "os_glance_staging_store": {"filesystem_store_datadir": store / "staging"},
        "os_glance_tasks_store": {"filesystem_store_datadir": store / "tasks"},
        # Images are imported from addresses of this machine alone; unasked, Glance refuses just these.
        "import_filtering_opts": {"allowed_hosts": f"[{HOST}]", "allowed_ports": "[]"},
        "paste_deploy": {
            "flavor": "keystone",
            "config_file": paths.share / "glance" / "glance-api-paste.ini",
        },
    }
    return {"glance-api.conf": sections}


def neutron(paths: Paths) -> Files:
    generous = 500
    sections = {
        "DEFAULT": default(
            core_plugin="ml2",
            service_plugins="router",
            state_path=paths.data / "neutron",
            api_paste_config=paths.share / "neutron" / "api-paste.ini",
            auth_strategy="keystone",
            # The API process is all there is of Neutron: no agents, no RPC workers.
            rpc_workers=0,
            dhcp_agent_notification="false",
            notify_nova_on_port_status_changes="true",
            notify_nova_on_port_data_changes="true",
            pagination_max_limit=1000,
        ),
        **common(paths, "neutron", "neutron"),
        "nova": service_login("nova"),
        "placement": service_login("placement"),
        "quotas": {
            "quota_network": generous,
            "quota_subnet": generous,
            "quota_port": generous,
            "quota_router": generous,
            "quota_floatingip": generous,
            "quota_security_group": generous,
            "quota_security_group_rule": generous,
        },
        "ml2": {
            "type_drivers": "flat,vlan,vxlan,local",
            "tenant_network_types": "vxlan",
            "mechanism_drivers": "lab",
            "extension_drivers": "port_security",
        },
        "ml2_type_vxlan": {"vni_ranges": "1:2000"},
        "ml2_type_flat": {"flat_networks": "*"},
    }
    return {"neutron.conf": sections}


def cinder(paths: Paths) -> Files:
    share = paths.share / "cinder"
    sections = {
        "DEFAULT": default(
            my_ip=HOST,
            host="controller",
            state_path=paths.data / "cinder",
            api_paste_config=share / "api-paste.ini",
            resource_query_filters_file=share / "resource_filters.json",
            rootwrap_config=share / "rootwrap.conf",
            auth_strategy="keystone",
            enabled_backends="fake",
            default_volume_type="fake",
            glance_api_servers=GLANCE_URL,
            backup_driver="lab_plugins.backup.LabBackupDriver",
            report_interval=5,
            quota_volumes=200,
            quota_snapshots=200,
            quota_backups=200,
            quota_gigabytes=20000,
            quota_backup_gigabytes=20000,
        ),
        **common(paths, "cinder", "cinder"),
        "coordination": {"backend_url": f"file://{paths.data}/cinder"},
        "service_user": service_login("cinder", send_service_user_token="true"),
        "nova": service_login("nova", interface="public"),
        "fake": {
            "volume_driver": "lab_plugins.volume.LabVolumeDriver",
            "volume_backend_name": "fake",
            "target_helper": "fake",
            "image_volume_cache_enabled": "false",
        },
    }
    return {"cinder.conf": sections}
