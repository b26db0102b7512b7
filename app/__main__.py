"""``python -m app``: no verb opens the window, a verb runs on the command line."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Exit code of the program. Imports only what the way chosen needs."""
    from app.bootstrap import gateway

    window = not any(not argument.startswith("-") for argument in arguments) and not {"--help", "-h", "--version", "--json"} & set(arguments)
    if window:
        from app.ui.start import run

        return run(gateway(), arguments)
    from app.cli.main import run_command

    return run_command(gateway(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
