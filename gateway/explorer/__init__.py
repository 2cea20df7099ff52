"""The explorer page: `page/` is its source, `build` makes it with Node, `pages` serves what was built."""
