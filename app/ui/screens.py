"""Pictures of every page and dialog: ``python -m app.ui.screens --out DIR [WORD…]``. To look at, and for the handbook."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from app.ui.stage import SHOTS, SIZE, VARIANTS, Stage, load_shots


def main(argv: list[str] | None = None) -> int:
    """Draw all shots, or those whose name contains one of the words given."""
    parser = argparse.ArgumentParser(prog="screens", description="Pictures of every page and dialog.")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--variant", action="append", choices=list(VARIANTS))
    parser.add_argument("--residents", type=int, default=2000)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(argv)
    from app.bootstrap import gateway

    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sasae-screens-") as home:
        os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={_describe_screen(Path(home))}")
        stage = Stage(gateway(), home=Path(home), residents=options.residents)
        load_shots()
        try:
            for variant in options.variant or VARIANTS:
                stage.use(variant)
                stage.renew()
                for name, function in sorted(SHOTS.items()):
                    if not options.names or any(word in name for word in options.names):
                        stage.take(function, options.out / f"{name}-{variant}.png")
                        sys.stdout.write(f"{name}-{variant}.png\n")
        finally:
            stage.close()
    return 0


def _describe_screen(home: Path) -> Path:
    """A screen of the size that shelters have, for Qt's offscreen platform."""
    target = home / "screen.json"
    screen = {
        "name": "laptop",
        "x": 0,
        "y": 0,
        "width": SIZE.width(),
        "height": SIZE.height(),
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    target.write_text(json.dumps({"screens": [screen]}), "utf-8")
    return target


if __name__ == "__main__":
    sys.exit(main())
