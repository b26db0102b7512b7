"""Rewrite the package tables of THIRD_PARTY.md from the lock files and the installed packages' own metadata.

Run with the interpreter of the virtual environment after ``dev.py test`` has filled it: ``.venv/bin/python installers/licences.py``.
"""

from __future__ import annotations

import importlib.metadata as metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD_PARTY.md"

# Read in the package's licence files, where its metadata do not say it or say it vaguely.
STATED = {
    "colorama": "BSD-3-Clause",
    "fonttools": "MIT (with parts under OFL-1.1 and Apache-2.0)",
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pathspec": "MPL-2.0",
    "pyrage": "MIT",
    "pi-heif": "BSD-3-Clause; libheif and libde265: LGPL-3.0 (replaceable libraries)",
    "pikepdf": "MPL-2.0; qpdf: Apache-2.0; libjpeg-turbo: IJG AND BSD-3-Clause; zlib: Zlib; OpenSSL: Apache-2.0",
    "pypdfium2": "BSD-3-Clause OR Apache-2.0; PDFium: BSD-3-Clause and those of its parts",
    "pyside6-essentials": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only (used under the LGPL, as replaceable libraries)",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "shiboken6": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only (used under the LGPL, as replaceable libraries)",
    "sqlcipher3": "Zlib; SQLCipher: BSD-3-Clause; OpenSSL: Apache-2.0; SQLite: public domain",
}


def locked(name: str) -> dict[str, list[str]]:
    """Versions by package, in the order of the lock."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "installers" / name).read_text("utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==(\S+)", line):
            found.setdefault(match[1], []).append(match[2])
    return found


def licence(package: str) -> str:
    """The licence as stated above, or by the installed package. Raises SystemExit if neither says it."""
    if package in STATED:
        return STATED[package]
    try:
        fields = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        sys.exit(f"{package}: not installed here, and not in STATED")
    for key in ("License-Expression", "License"):
        text = str(fields[key]) if key in fields else ""
        if 0 < len(text) < 60:
            return text
    names = [str(line).rpartition("::")[2].strip() for line in fields.get_all("Classifier") or [] if str(line).startswith("License")]
    if not names:
        sys.exit(f"{package}: no licence in its metadata; read its files and add it to STATED")
    return ", ".join(names)


def table(packages: dict[str, list[str]], where: str) -> str:
    """A Markdown table of packages."""
    rows = [f"| {package} | {', '.join(versions)} | {licence(package)} | {where} |" for package, versions in packages.items()]
    return "\n".join(["| component | version | licence | where |", "|---|---|---|---|", *rows])


def main() -> None:
    """Replace what stands between the markers."""
    run = locked("requirements.lock")
    tests = {package: versions for package, versions in locked("requirements-dev.lock").items() if package not in run}
    text = TARGET.read_text("utf-8")
    for name, content in (("run", table(run, "program")), ("test", table(tests, "tests only"))):
        head, opening, rest = text.partition(f"<!-- packages {name} -->\n")
        _, closing, tail = rest.partition("<!-- end -->")
        text = f"{head}{opening}{content}\n{closing}{tail}"
    TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
