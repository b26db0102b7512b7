"""``python -m app``: no verb opens the window, a verb runs on the command line."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Exit code of the program. Imports only what the way chosen needs."""
    from app.bootstrap import gateway

    if _opens_window(arguments):
        from app.ui.start import run

        return run(gateway(), arguments)
    from app.cli.main import run_command

    return run_command(gateway(), arguments)


def _opens_window(arguments: list[str]) -> bool:
    """No verb among the arguments: only options, each with its value."""
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("--data", "--password-file", "--purpose"):
            del rest[:1]
        elif not word.startswith("-") or word in ("--help", "-h", "--version", "--json"):
            return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
