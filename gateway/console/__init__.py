"""The console: the web page at `/` and `/link`. `page/` is its source, `build` makes it, `pages` serves it, `chat` is its API."""
