"""Parameter marks: the SQL of this program is written with ``?`` and ``:name``; psycopg wants ``%s`` and ``%(name)s``."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)|(?P<mark>\?)|(?P<percent>%)|::"""
    r"""|(?<![\w:]):(?P<name>[A-Za-z_]\w*)|(?P<hint>\s+INDEXED BY \w+)""",
    re.DOTALL,
)


@lru_cache(maxsize=8192)
def to_psycopg(sql: str) -> str:
    """The same statement with psycopg's marks. Marks inside quotes and comments stay; every per cent sign is doubled.

    Which index SQLite is to take is left out: PostgreSQL knows by counting.
    """
    return _TOKEN.sub(_converted, sql)


def _converted(found: re.Match[str]) -> str:
    if found["quoted"]:
        return found[0].replace("%", "%%")
    if found["mark"]:
        return "%s"
    if found["percent"]:
        return "%%"
    if found["hint"]:
        return ""
    return f"%({found['name']})s" if found["name"] else found[0]
