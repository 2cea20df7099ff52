"""The tutorial: how something new comes into 9rum, from a row to a command in chat. Read the tests in the order of their numbers.

`notes.py` is a whole domain in one file, for notes that people pin to their projects; a real domain has the same pieces in files of its own
(`resolvers/compute/`, say). The lessons use it by the doors that people use, and each says what it shows:

1. a kind of row becomes lists, filters, pages, facets, search and `node`, with the rights of who asks;
2. a feed keeps the rows fresh, and tells how old they are when it can not;
3. an edge leads from one row to another, and filters go over it;
4. an action becomes a mutation, a plan, an operation, an undo and a row of the audit log;
5. all of it can be typed in chat, without a line more.
"""
