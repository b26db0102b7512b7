"""Saved ways of reading a kind of file: which heading is which field, what its codes mean, how its dates and letters are written.

A profile is chosen by name, unlike a mapping, which is remembered for files with exactly the same headings. Some come with the program
(``resources/import/profiles``); a municipality saves its own in the data folder and carries them as TOML files.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from app import resources
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.interchange.importing.mapping import fold_header, load_fields
from app.interchange.importing.shaping import ERA_CODE, Values
from app.interchange.importing.source import ReadOptions
from app.usecases.context import Context
from app.usecases.files import atomic_output

_RIGHTS = {
    "residents": "residents", "evacuees": "register", "shelters": "shelters", "headcounts": "headcount", "buildings": "survey",
    "survey_results": "survey",
}  # fmt: skip
_LONGEST = 60
_ENOUGH = 0.75
"""The share of a profile's columns that a file must have for the profile to be offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """``columns``: heading → field, empty to leave it out. ``values``: field → code → word. ``dates``: ``era_code`` or empty.

    ``encoding`` is empty where it is to be found out. ``own`` profiles can be changed; the others came with the program.
    """

    name: str
    target: str
    columns: Mapping[str, str]
    values: Values = field(default_factory=dict)
    dates: str = ""
    encoding: str = ""
    note: str = ""
    own: bool = True

    def options(self, base: ReadOptions | None = None) -> ReadOptions:
        """Options that read a file so; what ``base`` says about sheet, header and encoding stays."""
        given = base or ReadOptions()
        encoding = given.encoding or self.encoding or None
        return replace(given, mapping=dict(self.columns), values=self.values, dates=self.dates, encoding=encoding, profile=self.name)


def list_profiles(ctx: Context, *, target: str) -> list[Profile]:
    """The municipality's own profiles by name, then those that come with the program."""
    own = sorted(_own(ctx, target), key=lambda profile: profile.name)
    taken = {profile.name for profile in own}
    return [*own, *(profile for profile in shipped_profiles(target) if profile.name not in taken)]


def find_profile(ctx: Context, *, target: str, name: str) -> Profile:
    """The profile with this name; RuleViolation ``profile.not_found``."""
    for profile in list_profiles(ctx, target=target):
        if fold_header(profile.name) == fold_header(name):
            return profile
    raise RuleViolation("profile.not_found", field="profile", name=name)


def suggest_profile(ctx: Context, *, target: str, header: Sequence[str]) -> Profile | None:
    """The profile most of whose headings this header has; None when none fits well."""
    present = {fold_header(text) for text in header if text.strip()}
    best: tuple[float, int, Profile] | None = None
    for profile in list_profiles(ctx, target=target):
        named = {fold_header(heading) for heading, key in profile.columns.items() if key}
        hits = len(named & present)
        share = hits / len(named) if named else 0.0
        if share >= _ENOUGH and (best is None or (share, hits) > best[:2]):
            best = share, hits, profile
    return None if best is None else best[2]


def save_profile(ctx: Context, *, profile: Profile) -> Profile:
    """Keep a profile under its name, in place of an own one of that name. RuleViolation ``profile.name_missing``, ``profile.name_taken``
    (the program's own names stay), and what ``check_profile`` raises.
    """
    ctx.require(_RIGHTS[profile.target])
    name = " ".join(profile.name.split())
    if not name or len(name) > _LONGEST:
        raise RuleViolation("profile.name_missing", field="name", most=_LONGEST)
    if any(fold_header(one.name) == fold_header(name) for one in shipped_profiles(profile.target)):
        raise RuleViolation("profile.name_taken", field="name", name=name)
    kept = replace(profile, name=name, own=True)
    check_profile(kept)
    others = [one for one in _own(ctx, profile.target) if fold_header(one.name) != fold_header(name)]
    _keep(ctx, profile.target, [*others, kept])
    return kept


def rename_profile(ctx: Context, *, target: str, name: str, new_name: str) -> Profile:
    """Give an own profile another name; RuleViolation as ``save_profile`` and ``profile.name_taken`` for the name of another."""
    profile = _need_own(ctx, target, name)
    if fold_header(new_name) != fold_header(name) and any(fold_header(one.name) == fold_header(new_name) for one in _own(ctx, target)):
        raise RuleViolation("profile.name_taken", field="name", name=new_name)
    delete_profile(ctx, target=target, name=name)
    return save_profile(ctx, profile=replace(profile, name=new_name))


def delete_profile(ctx: Context, *, target: str, name: str) -> None:
    """Forget an own profile. RuleViolation ``profile.not_found``, ``profile.not_own``."""
    ctx.require(_RIGHTS[target])
    gone = _need_own(ctx, target, name)
    _keep(ctx, target, [one for one in _own(ctx, target) if one.name != gone.name])


def check_profile(profile: Profile) -> None:
    """RuleViolation ``profile.field_unknown`` or ``profile.dates_unknown`` when it names what there is not."""
    keys = {spec.key for spec in load_fields(profile.target)}
    for heading, key in profile.columns.items():
        if key and key not in keys:
            raise RuleViolation("profile.field_unknown", field="columns", heading=heading, key=key)
    for key in profile.values:
        if key not in keys:
            raise RuleViolation("profile.field_unknown", field="values", heading=key, key=key)
    if profile.dates not in ("", ERA_CODE):
        raise RuleViolation("profile.dates_unknown", field="dates", dates=profile.dates)


# -- files ------------------------------------------------------------------------------------------------------


def export_profile(profile: Profile, *, path: Path) -> Path:
    """Write a profile as TOML, to be carried to another laptop or used with ``--mapping``."""
    with atomic_output(path) as part:
        part.write_text(to_toml(profile), encoding="utf-8", newline="\n")
    return path


def to_toml(profile: Profile) -> str:
    """The profile as the text of a TOML file."""
    lines = [f"{key} = {_quoted(value)}" for key in ("name", "target", "encoding", "dates", "note") if (value := getattr(profile, key))]
    lines += ["", "[columns]", *(f"{_quoted(heading)} = {_quoted(key)}" for heading, key in profile.columns.items())]
    for key, words in profile.values.items():
        lines += ["", f"[values.{key}]", *(f"{_quoted(code)} = {_quoted(word)}" for code, word in words.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string; JSON writes the same."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_profile(path: Path, *, target: str) -> Profile:
    """A profile from a TOML file: ``[columns]`` alone (a mapping file) will do.

    Raises InputFault ``import.mapping_syntax``, ``import.mapping_columns``, ``import.mapping_value``, ``import.mapping_field``,
    ``profile.other_target``, ``profile.values``; EnvironmentFault if the file cannot be read.
    """
    data = _load_toml(path)
    if data.get("target", target) != target:
        raise InputFault("profile.other_target", path=str(path), target=str(data["target"]))
    keys = {spec.key for spec in load_fields(target)}
    columns, values = data.get("columns"), data.get("values", {})
    if not isinstance(columns, dict) or not columns:
        raise InputFault("import.mapping_columns", path=str(path))
    for heading, key in columns.items():
        if not isinstance(key, str):
            raise InputFault("import.mapping_value", path=str(path), column=heading)
        if key and key not in keys:
            raise InputFault("import.mapping_field", path=str(path), column=heading, key=key, offered=", ".join(sorted(keys)))
    if not isinstance(values, dict) or not all(isinstance(words, dict) and key in keys for key, words in values.items()):
        raise InputFault("profile.values", path=str(path))
    texts = {key: str(data.get(key, "")) for key in ("encoding", "dates", "note")}
    if texts["dates"] not in ("", ERA_CODE):
        raise InputFault("profile.values", path=str(path))
    told = {key: {str(code): str(word) for code, word in words.items()} for key, words in values.items()}
    return Profile(
        name=str(data.get("name") or path.stem), target=target, columns=dict(columns), values=told, dates=texts["dates"],
        encoding=texts["encoding"], note=texts["note"],
    )  # fmt: skip


def _load_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise EnvironmentFault("import.file_missing", path=str(path)) from error
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputFault("import.mapping_syntax", path=str(path), reason=str(error)) from error


@lru_cache(maxsize=8)
def shipped_profiles(target: str) -> tuple[Profile, ...]:
    """The profiles that come with the program, in the order of their files."""
    found = []
    for path in sorted(resources.path("import", "profiles").glob("*.toml")):
        if _load_toml(path).get("target") == target:
            found.append(replace(read_profile(path, target=target), own=False))
    return tuple(found)


# -- own ones live in the settings of the data folder -------------------------------------------------------------


def _setting(target: str) -> str:
    return f"profiles.{target}"


def _own(ctx: Context, target: str) -> list[Profile]:
    stored = ctx.reads.settings.get(_setting(target))
    return [Profile(**one) for one in json.loads(stored)] if stored else []


def _need_own(ctx: Context, target: str, name: str) -> Profile:
    profile = find_profile(ctx, target=target, name=name)
    if not profile.own:
        raise RuleViolation("profile.not_own", field="profile", name=profile.name)
    return profile


def _keep(ctx: Context, target: str, profiles: Sequence[Profile]) -> None:
    with ctx.unit() as uow:
        uow.set_setting(_setting(target), json.dumps([asdict(one) for one in profiles], ensure_ascii=False))
        uow.commit()
