"""What both pages, the explorer and the console, are built and served with: Node, the cache of builds, files with their headers."""
