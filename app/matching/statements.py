"""The SQL of matching. Figures come from ``resources/matching.toml``; levels are small numbers that ``reasons`` puts into codes.

Tables: ``r`` residents and ``p`` people (columns see ``residents.py``; ``h`` is the household), ``c`` candidates.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

WHOLE = (
    "CASE WHEN blo = bhi THEN blo ELSE 0 END AS b, CASE WHEN kgiv = '' THEN '' ELSE kfam || kgiv END AS kk,"
    " CASE WHEN ngiv = '' THEN '' ELSE nfam || ngiv END AS nk"
)
COUNTED = ("nfam", "ngiv", "kfam", "kgiv", "addr", "town", "phone")
_RARE = 30
_SHARED_PHONE = 20
_ANY_NAME = (
    "((p.nfam <> '' AND p.nfam = r.nfam) OR (p.ngiv <> '' AND p.ngiv = r.ngiv) OR (p.kfam <> '' AND p.kfam = r.kfam)"
    " OR (p.kgiv <> '' AND p.kgiv = r.kgiv) OR (p.kk <> '' AND p.kk = r.kk) OR (p.nk <> '' AND p.nk = r.nk)"
    " OR (p.nfam <> '' AND p.nfam = r.ngiv) OR (p.kfam <> '' AND p.kfam = r.kgiv) OR (r.alias <> '' AND p.nk <> '' AND starts_with(p.nk, r.alias)))"
)
# Each finds pairs that agree in something rare enough; together they are what is scored.
BLOCKS = (
    f"SELECT pid, rid FROM q p JOIN r ON p.b = r.b WHERE p.b > 0 AND ({_ANY_NAME} OR (p.addr > 0 AND p.addr = r.addr)"
    " OR (p.kk <> '' AND p.kk[1:2] = r.kk[1:2]) OR (p.nk <> '' AND p.nk[1:1] = r.nk[1:1]))",
    "SELECT pid, rid FROM q p JOIN r ON p.kk = r.kk AND p.b // 10000 = r.b // 10000 WHERE p.b > 0 AND p.kk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.kk = r.kk AND p.b % 10000 = r.b % 10000 WHERE p.b > 0 AND p.kk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.nk = r.nk AND p.b // 10000 = r.b // 10000 WHERE p.b > 0 AND p.nk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.nk = r.nk AND p.b % 10000 = r.b % 10000 WHERE p.b > 0 AND p.nk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.kk = r.kk AND p.town = r.town WHERE p.b = 0 AND p.kk <> '' AND p.town > 0",
    "SELECT pid, rid FROM q p JOIN r ON p.nk = r.nk AND p.town = r.town WHERE p.b = 0 AND p.nk <> '' AND p.town > 0",
    "SELECT pid, rid FROM q p JOIN r ON p.nk = r.nk AND r.b BETWEEN p.blo AND p.bhi WHERE p.b = 0 AND p.blo > 0 AND p.nk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.kk = r.kk AND r.b BETWEEN p.blo AND p.bhi WHERE p.b = 0 AND p.blo > 0 AND p.kk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.kk = r.kk AND p.figures % 10000 = r.b % 10000 WHERE p.figures > 0 AND p.kk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON p.nk = r.nk AND p.figures % 10000 = r.b % 10000 WHERE p.figures > 0 AND p.nk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON (p.nk = r.nk) WHERE r.b = 0 AND p.nk <> ''",
    "SELECT pid, rid FROM q p JOIN r ON (p.kk = r.kk) WHERE r.b = 0 AND p.kk <> ''",
    "SELECT pid, rid FROM q p JOIN rare_k USING (kk) JOIN r USING (kk)",
    "SELECT pid, rid FROM q p JOIN rare_n USING (nk) JOIN r USING (nk)",
    f"SELECT pid, rid FROM q p JOIN r ON p.addr = r.addr WHERE p.addr > 0 AND ({_ANY_NAME} OR (p.kk <> '' AND p.kk[1:2] = r.kk[1:2]))",
    f"SELECT pid, rid FROM q p JOIN r ON p.phone = r.phone JOIN n_phone ON n_phone.v = r.phone WHERE p.phone <> '' AND n_phone.n <= {_SHARED_PHONE}",
)  # fmt: skip

_OPEN_DAYS = (
    "(CASE WHEN {s}.blo // 100 = {s}.bhi // 100 THEN 5.0 WHEN {s}.blo // 10000 = {s}.bhi // 10000 THEN 8.5"
    " ELSE 8.5 + log2({s}.bhi // 10000 - {s}.blo // 10000 + 1) END)"
)
_ERA_YEARS = "(1925, 1988, 1911, 2018, 1900, 2000)"


_WHOLE_WRITING = "(p.nk <> '' AND (p.nk = r.nk OR (p.nfam <> '' AND p.nfam = r.ngiv AND p.ngiv = r.nfam)))"
_WHOLE_READING = "(p.kk <> '' AND (p.kk = r.kk OR (p.kfam <> '' AND p.kfam = r.kgiv AND p.kgiv = r.kfam)))"


def _part(n: str, k: str, *, least: int) -> str:
    """The level of one part of a name. 1 same, 2 read differently, 3 same reading, 4 written differently, 5 near, 6 part,
    7 other, 8 pet name, 9 reading near though written differently.
    """
    edge = "starts_with" if n == "nfam" else "ends_with"
    same_n = (
        f"(p.{n} <> '' AND p.{n} = r.{n}) OR {_WHOLE_WRITING} OR (p.nfam = '' AND p.ngiv <> '' AND r.{n} <> '' AND {edge}(p.ngiv, r.{n}))"
        f" OR (r.alias <> '' AND p.{n} <> '' AND {edge}(r.alias, p.{n}))"  # a former family name, a name in use
    )
    same_k = (
        f"(p.{k} <> '' AND p.{k} = r.{k}) OR {_WHOLE_READING} OR (p.kfam = '' AND p.kgiv <> '' AND r.{k} <> '' AND {edge}(p.kgiv, r.{k}))"
    )
    known = f"p.{k} <> ''" if n == "ngiv" else "p.kk <> ''"
    whole = "CASE WHEN p.kfam = '' THEN {s}.kk ELSE {s}.{k} END"
    near = f"({known} AND r.{k} <> '' AND damerau_levenshtein({whole.format(s='p', k=k)}, {whole.format(s='r', k=k)}) <= 1)"
    known_n, known_k = f"(p.{n} <> '' AND r.{n} <> '')", f"(p.{k} <> '' AND r.{k} <> '')"
    pet = ""
    if n == "ngiv":
        pet = " WHEN (p.bare <> '' AND starts_with(r.kgiv, p.bare)) OR (length(p.kgiv) >= 2 AND starts_with(r.kgiv, p.kgiv)) THEN 8"
    shared = f"{known_n} AND (contains(r.{n}, p.{n}[1:1]) OR contains(r.{n}, p.{n}[-1:]))"
    return (
        f"CASE WHEN {same_n} THEN CASE WHEN NOT {known_k} OR {same_k} OR {near} THEN 1 ELSE 2 END"
        f" WHEN {same_k} THEN CASE WHEN p.{n} = '' THEN 3 ELSE 4 END{pet}"
        f" WHEN {near} THEN CASE WHEN {known_n} THEN 9 WHEN length(r.{k}) >= {least} THEN 5 ELSE 6 END"
        f" WHEN NOT {known_k} AND {shared} THEN 6 WHEN {known_n} OR {known_k} THEN 7 ELSE 0 END"
    )


_BIRTH = (
    "CASE WHEN p.b > 0 AND r.b > 0 THEN CASE WHEN p.b = r.b THEN 1"
    " WHEN p.b // 10000 = r.b // 10000 AND p.b // 100 % 100 = r.b % 100 AND p.b % 100 = r.b // 100 % 100 THEN 4"
    " WHEN p.b % 10000 = r.b % 10000 AND abs(p.b // 10000 - r.b // 10000) IN (63, 30, 14) THEN 5"
    " WHEN p.b % 10000 = r.b % 10000 AND abs(p.b // 10000 - r.b // 10000) = 1 THEN 7"
    " WHEN hamming(p.b::VARCHAR, r.b::VARCHAR) = 1 OR (p.b // 100 = r.b // 100 AND p.b % 10 = r.b // 10 % 10 AND r.b % 10 = p.b // 10 % 10)"
    " OR (p.b % 10000 = r.b % 10000 AND abs(p.b // 10000 - r.b // 10000) <= 63"
    " AND (abs(p.b // 10000 - r.b // 10000) < 10 OR (p.b - r.b) // 10000 % 10 = 0 OR (p.b - r.b) // 10000 % 9 = 0)) THEN 6"
    " WHEN p.b // 100 = r.b // 100 OR p.b % 10000 = r.b % 10000 OR (p.b // 10000 = r.b // 10000 AND p.b % 100 = r.b % 100) THEN 8 ELSE 9 END"
    " WHEN p.figures > 0 AND r.b > 0 THEN CASE WHEN p.figures % 10000 = r.b % 10000"
    f" AND r.b // 10000 - p.figures // 10000 IN {_ERA_YEARS} THEN 2 WHEN p.figures % 10000 = r.b % 10000 THEN 8 ELSE 9 END"
    " WHEN p.blo > 0 AND r.blo > 0 THEN CASE WHEN p.blo <= r.bhi AND r.blo <= p.bhi THEN 3 ELSE 9 END ELSE 0 END"
)
_ADDRESS = (
    "CASE WHEN p.town = 0 OR r.town = 0 THEN 0 WHEN p.addr > 0 AND p.addr = r.addr THEN 1"
    " WHEN p.ban > 0 AND (p.ban = r.ban OR p.ban = r.addr OR p.addr = r.ban) THEN 2 WHEN p.town = r.town THEN 3 ELSE 4 END"
)
_SEX = "CASE WHEN p.sex = 0 OR r.sex = 0 THEN 0 WHEN p.sex = r.sex THEN 1 ELSE 2 END"
_PHONE = "CASE WHEN p.phone = '' OR r.phone = '' THEN 0 WHEN p.phone = r.phone THEN 1 ELSE 2 END"


def levels() -> dict[str, str]:
    """How far ``p`` and ``r`` agree: family, given name, birth, sex, address, phone, each as a small number."""
    return {
        "fl": _part("nfam", "kfam", least=2),
        "gl": _part("ngiv", "kgiv", least=3),
        "bl": _BIRTH,
        "sl": _SEX,
        "al": _ADDRESS,
        "pl": _PHONE,
    }


class Statements:
    """The statements for so many residents with the figures of a table."""

    def __init__(self, figures: Mapping[str, Mapping[str, float]], residents: int) -> None:
        self._figures = figures
        self._count = max(residents, 1)
        self.band = figures["band"]
        self.nobody = log2(1 - figures["prior"]["resident"])

    def count_values(self) -> list[str]:
        """How rare each value is, in bits, into ``n_…``; the residents with these bits into ``r``."""
        caps = {
            "nfam": "family",
            "kfam": "family",
            "ngiv": "given",
            "kgiv": "given",
            "addr": "address",
            "town": "address",
            "phone": "phone",
        }
        made = []
        for name in COUNTED:
            cap = self._figures[caps[name]]["cap"]
            empty = "0" if name in ("addr", "town") else "''"
            made.append(
                f"CREATE TABLE n_{name} AS SELECT {name} AS v, count(*) AS n, least({cap}, log2({self._count} / count(*)))::FLOAT AS w"
                f" FROM raw WHERE {name} <> {empty} GROUP BY {name}"
            )
        bits = ", ".join(f"n_{name}.w AS w_{name}" for name in COUNTED)
        joins = " ".join(f"LEFT JOIN n_{name} ON n_{name}.v = raw.{name}" for name in COUNTED)
        made.append(f"CREATE TABLE r AS SELECT raw.*, {WHOLE}, {bits} FROM raw {joins}")
        made.append("DROP TABLE raw")
        made.append(f"CREATE TABLE rare_k AS SELECT kk FROM r WHERE kk <> '' GROUP BY kk HAVING count(*) <= {_RARE}")
        made.append(f"CREATE TABLE rare_n AS SELECT nk FROM r WHERE nk <> '' GROUP BY nk HAVING count(*) <= {_RARE}")
        return made

    def _name_bits(self, level: str, table: str, n: str, k: str) -> str:
        f = self._figures[table]
        pet = f" WHEN 8 THEN {f['nickname']}" if table == "given" else ""
        return (
            f"CASE {level} WHEN 1 THEN coalesce(w_{n}, w_{k}, 0) + {f['same']} WHEN 2 THEN coalesce(w_{n}, 0) + {f['same_other_reading']}"
            f" WHEN 3 THEN coalesce(w_{k}, 0) + {f['same']} WHEN 4 THEN coalesce(w_{k}, 0) + {f['same_other_writing']}"
            f" WHEN 5 THEN greatest({f['near_least']}, coalesce(w_{k}, 0) + {f['near']}) WHEN 6 THEN {f['part']} WHEN 7 THEN {f['other']}"
            f" WHEN 9 THEN {f['near_other_writing']}{pet}"
            " ELSE 0 END"
        )

    def _bits(self) -> dict[str, str]:
        b, a, t, s = (self._figures[name] for name in ("birth", "address", "phone", "sex"))
        return {
            "fb": self._name_bits("fl", "family", "nfam", "kfam"),
            "gb": self._name_bits("gl", "given", "ngiv", "kgiv"),
            "bb": (
                f"CASE bl WHEN 1 THEN {b['same']} WHEN 2 THEN {b['figures']} WHEN 3 THEN greatest(0, {b['within']} - open_days)"
                f" WHEN 4 THEN {b['swapped']} WHEN 5 THEN {b['era']} WHEN 6 THEN {b['digit']} WHEN 7 THEN {b['year']} WHEN 8 THEN {b['month']}"
                f" WHEN 9 THEN {b['other']} ELSE 0 END"
            ),
            "sb": f"CASE sl WHEN 1 THEN {s['same']} WHEN 2 THEN {s['other']} ELSE 0 END",
            "ab": (
                f"CASE al WHEN 1 THEN w_addr + {a['same']} WHEN 2 THEN greatest(w_town + {a['town']}, coalesce(w_addr, w_town) + {a['block']})"
                f" WHEN 3 THEN w_town + {a['town']} WHEN 4 THEN {a['other']} ELSE 0 END"
            ),
            "tb": f"CASE pl WHEN 1 THEN w_phone + {t['same']} WHEN 2 THEN {t['other']} ELSE 0 END",
        }

    def score(self, pairs: str) -> str:
        """Candidates with levels and bits for pairs (a query of pid and rid): columns of ``c``."""
        open_days = f"greatest({_OPEN_DAYS.format(s='p')}, {_OPEN_DAYS.format(s='r')})"
        named = ", ".join(f"({sql})::TINYINT AS {name}" for name, sql in levels().items())
        carried = ", ".join(f"r.w_{name} AS w_{name}" for name in COUNTED)
        bits = ", ".join(f"({sql}) AS {name}" for name, sql in self._bits().items())
        prior = log2(self._figures["prior"]["resident"] / self._count)
        other = self._figures["household"]["other_family"]
        return (
            f"WITH d AS (SELECT DISTINCT pid, rid FROM ({pairs})),"
            f" e AS (SELECT d.pid, d.rid, p.h AS g, r.h, {named}, {open_days} AS open_days, {carried}"
            f" FROM d JOIN p ON p.pid = d.pid JOIN r ON r.rid = d.rid), f AS (SELECT *, {bits} FROM e)"
            f" SELECT pid, rid, g, h, ({prior} + fb + gb + bb + sb + ab + tb)::FLOAT AS s,"
            f" (gb + bb + sb + CASE WHEN fl = 7 THEN {other} ELSE 0 END)::FLOAT AS own, fl, gl, bl, sl, al, pl FROM f"
        )

    def first_pass(self, low: int, high: int) -> list[str]:
        """Candidates of the people numbered low to high."""
        pairs = " UNION ALL ".join(BLOCKS)
        shown = int(self.band["shown"]) + 2
        return [
            f"CREATE OR REPLACE TEMP TABLE q AS SELECT * FROM p WHERE pid >= {low} AND pid < {high} AND settled = -2",
            f"INSERT INTO c SELECT * FROM ({self.score(pairs)}) QUALIFY row_number() OVER (PARTITION BY pid ORDER BY s DESC) <= {shown}",
        ]

    def weigh(self, table: str, bits: str) -> str:
        """``table`` with ``w``, the share of each candidate against the others and nobody."""
        return (
            f"CREATE OR REPLACE TABLE {table} AS SELECT pid, rid, g, h, {bits} AS s,"
            f" pow(2.0, {bits}) / (sum(pow(2.0, {bits})) OVER (PARTITION BY pid) + pow(2.0, {self.nobody})) AS w FROM c"
        )

    def households(self) -> list[str]:
        """Who came with whom: households of residents that somebody of a group points to, then everybody of the group against them."""
        return [
            self.weigh("v", "s"),
            "INSERT INTO v SELECT p.pid, r.rid, p.h, r.h, 0, 1.0 FROM p JOIN r ON r.rid = p.settled WHERE p.settled >= 0",
            "CREATE OR REPLACE TABLE gh AS SELECT g, h, pid, least(sum(w), 0.9999) AS w FROM v WHERE g > 0 AND h > 0 AND w > 0.01 GROUP BY g, h, pid",
            "CREATE OR REPLACE TABLE gt AS SELECT g, h, sum(-ln(1 - w)) AS t, count(*) FILTER (w >= 0.5) AS n FROM gh GROUP BY g, h",
            "CREATE OR REPLACE TABLE sizes AS SELECT h, count(*) AS size FROM r WHERE h > 0 GROUP BY h",
        ]

    def second_pass(self) -> str:
        """Everybody of a group against the households that the others point to."""
        pairs = (
            "SELECT p.pid, r.rid FROM gt JOIN p ON p.h = gt.g JOIN r ON r.h = gt.h WHERE gt.t > 0.2 AND p.settled = -2"
            " AND NOT EXISTS (SELECT 1 FROM c WHERE c.pid = p.pid AND c.rid = r.rid)"
        )
        return f"INSERT INTO c {self.score(pairs)}"

    def together(self) -> str:
        """``c`` with the bits that the household lends where they say more, and how many of the group it joins."""
        share = self._figures["prior"]["together"]
        lent = f"log2({share} / size) + log2(greatest(1e-6, 1 - exp(-(gt.t - coalesce(-ln(1 - gh.w), 0))))) + own"
        return (
            f"CREATE OR REPLACE TABLE c2 AS SELECT c.* REPLACE (greatest(s, coalesce({lent}, s))::FLOAT AS s),"
            " coalesce(gt.n - coalesce(gh.w >= 0.5, false)::INTEGER, 0)::TINYINT AS others"
            " FROM c LEFT JOIN gt ON gt.g = c.g AND gt.h = c.h LEFT JOIN gh ON gh.g = c.g AND gh.h = c.h AND gh.pid = c.pid"
            " LEFT JOIN sizes ON sizes.h = c.h"
        )

    def claims(self) -> list[str]:
        """Who else claims a resident: candidates ``last`` with the bits after that, and the share of the other's claim."""
        floor = 2.0 ** self.band["taken"]
        return [
            "INSERT INTO v SELECT p.pid, p.settled, p.h, 0, 0, 1.0 FROM p WHERE p.settled >= 0",
            "CREATE OR REPLACE TABLE claim AS SELECT rid, arg_max(pid, w) AS best, max(w) AS w1,"
            " coalesce(list_extract(max(w, 2), 2), 0) AS w2 FROM v WHERE w > 0.01 GROUP BY rid",
            "CREATE OR REPLACE TABLE last AS SELECT c.*, coalesce(CASE WHEN best = c.pid THEN w2 ELSE w1 END, 0) AS claimed,"
            f" s + log2(greatest({floor}, 1 - coalesce(CASE WHEN best = c.pid THEN w2 ELSE w1 END, 0))) AS s3"
            ", c.rid IN (SELECT settled FROM p WHERE settled >= 0) AS taken FROM c LEFT JOIN claim ON claim.rid = c.rid",
        ]

    def answer(self) -> str:
        """The candidates worth keeping, best first, with the odds of each against all else, and the lead before claims were weighed."""
        keep, shown = -self.band["keep"], int(self.band["shown"])
        return (
            "WITH a AS (SELECT *, row_number() OVER w1 AS place, max(s3) OVER (PARTITION BY pid) AS top,"
            f" s3 - log2(greatest(1e-12, sum(pow(2.0, s3)) OVER (PARTITION BY pid) - pow(2.0, s3) + pow(2.0, {self.nobody}))) AS odds,"
            " s - coalesce(max(s) OVER (PARTITION BY pid ORDER BY s DESC ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING), -99) AS lead"
            " FROM last WINDOW w1 AS (PARTITION BY pid ORDER BY s3 DESC, rid))"
            f" SELECT pid, rid, place, s3 - {self.nobody}, odds, lead, claimed, taken, others, fl, gl, bl, sl, al, pl FROM a"
            f" WHERE place <= {shown} AND s3 >= top - {keep} AND top > {self.nobody} - 12 ORDER BY pid, place"
        )
