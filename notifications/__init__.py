"""What happened and who is told. At this stage: the bus, by which every process of 9rum hears of changes."""
