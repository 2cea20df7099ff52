"""The actions of network, by topic. `ACTIONS` is the hand-written list that the domain offers; a test asserts that no file is missing."""

from resolvers.action import Action

ACTIONS: tuple[Action, ...] = ()
