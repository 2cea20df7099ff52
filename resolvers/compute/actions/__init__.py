"""The actions of compute, by topic. `ACTIONS` is the hand-written list that the domain offers; a test asserts that no file is missing."""

from resolvers.compute.actions import addresses, attach, attributes, create, groups, keypairs, lifecycle, rebuilding

ACTIONS = (
    *create.ACTIONS,
    *lifecycle.ACTIONS,
    *rebuilding.ACTIONS,
    *attributes.ACTIONS,
    *attach.ACTIONS,
    *addresses.ACTIONS,
    *keypairs.ACTIONS,
    *groups.ACTIONS,
)
