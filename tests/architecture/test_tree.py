"""Things that must not be in the tree: overlong files, places of one machine, unlisted third-party packages."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT, python_files, relative, tracked_files

_LONGEST = 500
# Put together here, so that this file does not hold what it looks for.
_PLACES = b"|".join([b"wo" + b"rk", b"fa" + b"rm", b"ro" + b"ot", b"ho" + b"me/\\w+", b"t" + b"mp"])
_MACHINE_PATHS = re.compile(rb"(?<![\w.~$}-])/(" + _PLACES + rb")/")
_HOSTS = [(b"pypi", b"org"), (b"pythonhosted", b"org"), (b"npmjs", b"org"), (b"npmjs", b"com"), (b"deb.debian", b"org")]
_REGISTRIES = re.compile(b"|".join(re.escape(left + b"." + right) for left, right in _HOSTS))
_TEXT = set(".py .toml .md .txt .in .lock .json .csv .html .css .qss .svg .sh .yml .yaml .ini .cfg .mako".split()) | {""}


def test_files_are_short() -> None:
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in python_files("app")}
    assert {name: lines for name, lines in lengths.items() if lines > _LONGEST} == {}


def _offences(data: bytes) -> list[str]:
    return [
        f"{number}: {found.group().decode()}"
        for number, line in enumerate(data.splitlines(), 1)
        for pattern in (_MACHINE_PATHS, _REGISTRIES)
        for found in pattern.finditer(line)
    ]


def test_no_machine_paths_or_registries() -> None:
    found = [
        f"{relative(path)}:{offence}"
        for path in tracked_files()
        if path.suffix.lower() in _TEXT
        for offence in _offences(path.read_bytes())
    ]
    assert not found, "\n".join(found)


def test_a_machine_path_is_noticed() -> None:
    assert _offences(b"see /" + b"work/main") and _offences(b"'/" + b"tmp/x'") and _offences(b"https://pypi" + b".org/simple")
    assert not _offences(b"app/work/x and https://example.org/home/") and not _offences(b"{base}/tmp/x")


def _locked(name: str) -> dict[str, set[str]]:
    """Versions by package: a package may be locked twice, once for each range of Python."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "installers" / name).read_text("utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==(\S+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


def test_every_locked_package_has_its_licence_listed() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "THIRD_PARTY.md").read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    listed = {(row[0], version.strip()): row[2] for row in rows if len(row) >= 4 for version in row[1].split(",")}
    wanted = {(package, version) for package, versions in _locked("requirements-dev.lock").items() for version in versions}
    assert wanted <= listed.keys(), f"not in THIRD_PARTY.md: {sorted(wanted - listed.keys())}"
    assert all(listed[key] for key in wanted)


def test_both_locks_agree() -> None:
    tests = _locked("requirements-dev.lock")
    assert all(tests.get(package) == versions for package, versions in _locked("requirements.lock").items())


def test_direct_needs_are_pinned_exactly() -> None:
    lines = [
        line.strip()
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / "installers" / name).read_text("utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "-r"))
    ]
    assert lines and all(re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z]+\])?==[^\s,*]+", line) for line in lines)
