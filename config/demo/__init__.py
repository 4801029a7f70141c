"""The demo firm: everything on one machine with one command, through the real paths, against the sandbox."""
