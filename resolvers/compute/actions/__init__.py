"""The actions of compute, by topic. `ACTIONS` is the hand-written list that the domain offers; a test asserts that no file is missing."""

from resolvers.compute.actions import create, lifecycle

ACTIONS = (*create.ACTIONS, *lifecycle.ACTIONS)
