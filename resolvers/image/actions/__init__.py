"""The actions of images, by topic. `ACTIONS` is the hand-written list that the domain offers; a test asserts that no file is missing."""

from resolvers.image.actions import create, manage

ACTIONS = (*create.ACTIONS, *manage.ACTIONS)
