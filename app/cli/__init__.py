"""The command line: the same use cases as the window, for scripts, nightly jobs, headquarters and outside checks."""
