"""Tests of the gateway: at the doors that callers use, over a small schema of their own."""
