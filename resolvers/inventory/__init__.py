"""The read model: rows of every kind in memory, fed by one collector, answered with their age.

`kinds` describes a kind of resource, `table` holds its rows and indexes, `rights` decides who sees a row, `feed` is what a
backend offers, `collector` keeps tables fresh, `store` is the face that resolvers call.
"""
