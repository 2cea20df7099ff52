"""`9rum chat`: the console in a terminal. Speaks HTTP to a gateway, wherever it runs; `main.py` is called by the command line."""
