"""``python -m app``: no verb opens the window, a verb runs on the command line."""

from __future__ import annotations

import os
import sys


def main(arguments: list[str]) -> int:
    """Exit code of the program. Imports only what the way chosen needs."""
    from app.bootstrap import gateway

    window = _window_options(arguments)
    if window is None:
        from app.cli.main import run_command

        return run_command(gateway(), arguments)
    if not _has_screen():
        from app.cli.main import refuse_window

        return refuse_window()
    from app.ui.start import run

    return run(gateway(), window)


def _window_options(arguments: list[str]) -> list[str] | None:
    """The options for the window; None when a verb is called.

    ``demo`` alone opens a training ledger at once, unless a password says that a script wants a folder made; with options it is a verb.
    """
    rest = list(arguments)
    if "demo" in rest and {"demo", "--window"}.issuperset(rest) and ("--window" in rest or not os.environ.get("SASAE_PASSWORD")):
        return ["--training"]
    while rest:
        word = rest.pop(0)
        if word in ("--data", "--password-file", "--purpose"):
            del rest[:1]
        elif not word.startswith("-") or word in ("--help", "-h", "--version", "--json"):
            return None
    return arguments


def _has_screen() -> bool:
    """Whether a window can be shown; Qt would end the process otherwise."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
