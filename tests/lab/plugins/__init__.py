"""Drivers of the lab: they run inside the OpenStack services, in place of hypervisor, agents and storage.

config.py copies this package into the run folder as `lab_plugins` and puts it on the services' path; nothing of
the project imports it.
"""
