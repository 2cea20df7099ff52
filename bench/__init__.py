"""Benchmarks: what 9rum costs per request, beside other servers on the same rows. Never part of the tests."""
