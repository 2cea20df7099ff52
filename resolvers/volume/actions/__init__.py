"""The actions of volumes, by topic. `ACTIONS` is the hand-written list that the domain offers; a test asserts that no file is missing."""

from resolvers.volume.actions import backups, snapshots, transfers, volumes

ACTIONS = (*volumes.ACTIONS, *snapshots.ACTIONS, *backups.ACTIONS, *transfers.ACTIONS)
