"""The lab: a real OpenStack control plane on one machine, for the tests and for trying 9rum by hand.

`python -m tests.lab up` starts it; docs/lab.md says what is real in it and what is fake.
"""
