"""Bad input, one test each, through the importers: a clear message with its place, and a store as it was before."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.dates import parse_instant
from app.domain.errors import InputFault, RuleViolation, SasaeError
from app.domain.evacuee import Person
from app.interchange.exporting.csv_out import write_csv
from app.interchange.exporting.xlsx_out import write_xlsx
from app.interchange.importing.outcome import ReportTo
from app.interchange.importing.run import ImportOutcome, import_evacuees, import_headcounts, import_residents, import_shelters
from app.presentation.messages import has_message, message
from app.usecases import shelters
from app.usecases.context import Context
from tests.interchange.conftest import OPERATOR, PASSWORD, Clock, State, read_csv, write_table

AS_OF = parse_instant("2024-01-01T16:00+09:00")
Import = Callable[[Path], ImportOutcome]


@pytest.fixture
def shelter(ctx: Context) -> str:
    """A shelter to import people into."""
    return shelters.add_shelter(ctx, values={"name": "見本小学校"}, open_at=AS_OF)[0]


@pytest.fixture(params=["residents", "evacuees", "shelters", "headcounts"])
def load(ctx: Context, shelter: str, request: pytest.FixtureRequest) -> Import:
    """Each importer in turn."""
    importers: dict[str, Import] = {
        "residents": lambda path: import_residents(ctx, paths=[path], as_of=AS_OF),
        "evacuees": lambda path: import_evacuees(ctx, path=path, shelter_id=shelter),
        "shelters": lambda path: import_shelters(ctx, path=path),
        "headcounts": lambda path: import_headcounts(ctx, path=path, at=AS_OF),
    }
    return importers[request.param]


@pytest.fixture
def refuse(load: Import, state: Callable[[], State]) -> Callable[[Path], SasaeError]:
    """Import a file that must be refused whole; answers the fault, which has words and names the file."""

    def check(path: Path) -> SasaeError:
        before = state()
        with pytest.raises(SasaeError) as caught:
            load(path)
        fault = caught.value
        assert state() == before
        assert has_message(fault.code) and str(path) in message(fault), fault.code
        assert [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".")] == []
        return fault

    return check


GOOD = "氏名,名称,人数"  # a heading that every importer can use


def test_wrong_encoding(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{GOOD}\n見本,見本館,1\n".encode() + b"\xff\xfe\xfd\x80,x,1\n")
    fault = refuse(path)
    assert fault.code == "import.encoding_unknown" and fault.where["line"] == 3


def test_binary_renamed_csv(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    path = tmp_path / "写真.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50)
    assert refuse(path).code == "import.binary"


def test_empty_file(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    assert refuse(path).code == "import.empty"
    path.write_bytes("\ufeff\r\n  \r\n".encode())
    assert refuse(path).code == "import.empty"


def test_header_only(load: Import, state: Callable[[], State], tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", GOOD, [])
    before = state()
    try:
        done = load(path)
    except RuleViolation as fault:  # residents: an empty snapshot would hide everyone
        assert fault.code == "import.nothing_usable" and Path(fault.params["report"]).exists()
    else:
        assert (done.read, done.created) == (0, 0) and "1行もありません" in done.warnings[0]
    assert state() == before


def test_missing_needed_column(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    fault = refuse(write_table(tmp_path / "a.csv", "住所,備考", ["x,y"]))
    assert fault.code == "import.column_missing" and fault.where["column"] in ("氏名", "名称", "人数")


def test_missing_file_and_folder(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    assert refuse(tmp_path / "ない.csv").code == "import.file_missing"
    (tmp_path / "名簿.csv").mkdir()
    assert refuse(tmp_path / "名簿.csv").code == "import.is_folder"


def test_ragged_rows(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "宛名番号,氏名,住所", ["1,見本 一,x", "2,見本 二", "3,見本 三,x,y,z", "4,見本 四,x"])
    done = import_residents(ctx, paths=[path], as_of=AS_OF)
    assert (done.read, done.created, done.rejected) == (4, 2, 2) and done.report is not None
    assert [row[0] for row in read_csv(done.report)[1:] if row[3] == "エラー"] == ["3", "4"]


def test_nul_bytes(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"見本 {n},見本館{n},1\n" for n in range(100))
    path.write_bytes(f"{GOOD}\n{rows}見本".encode() + b"\0" + f",x,1\n{rows}".encode())
    fault = refuse(path)
    assert fault.code == "import.nul" and fault.where["line"] == 102


def test_a_cell_of_ten_million_characters(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", GOOD, ["見本,見本館,1", "あ" * 10_000_000 + ",x,1"])
    fault = refuse(path)
    assert fault.code == "import.cell_too_long" and fault.where["line"] == 3


def test_a_quote_that_is_never_closed(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    fault = refuse(write_table(tmp_path / "a.csv", GOOD, ["見本,見本館,1", '"例示,例示館,1', "架空,架空館,1"]))
    assert fault.code == "import.quote_open" and fault.where["line"] == 3


def test_duplicate_ids(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "宛名番号,氏名", ["1,見本 一", "2,見本 二", "1,例示 三"])
    done = import_residents(ctx, paths=[path], as_of=AS_OF)
    assert (done.created, done.rejected) == (2, 1) and done.report is not None
    (row,) = (row for row in read_csv(done.report)[1:] if row[3] == "エラー")
    assert row[:4] == ["4", "宛名番号", "1", "エラー"] and "2 行目" in row[4]


DATES = {
    "昭和64年1月8日": "import.birth_odd", "平成31年5月1日": "import.birth_odd", "2/30": "import.birth_odd", "2024/2/30": "import.birth_odd",
    "昭和20年00月00日": None, "S20.3.1": None, "1945/3/1": None, "Ｓ２０．３．１": None, "昭和二十年三月一日": None, "19450301": None,
    "不詳": None, "昭和20年月日不詳": None, "": None, "きのう": "import.birth_odd", "昭和99年1月1日": "import.birth_odd", "0000/00/00": None,
}  # fmt: skip


def test_odd_dates_stay_as_written_and_are_told(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,生年月日", [f"見本 {n},{text}" for n, text in enumerate(DATES)], encoding="utf-16")
    done = import_residents(ctx, paths=[path], as_of=AS_OF)
    assert done.created == len(DATES) and done.rejected == 0 and done.report is not None
    told = {row[2] for row in read_csv(done.report)[1:]}
    assert told == {text for text, code in DATES.items() if code}
    active = ctx.reads.residents.active()
    assert active is not None
    kept = {view.birth for view in ctx.reads.residents.page(ctx.reads.residents.ids(snapshot_id=active.id))}
    assert kept == set(DATES)


def test_full_width_digits(ctx: Context, tmp_path: Path) -> None:
    done = import_headcounts(ctx, path=write_table(tmp_path / "a.csv", "名称,人数,日時", ["見本館,１２３,Ｒ６．１．５　１８：００"]))
    assert done.created == 1
    assert ctx.reads.shelters.headcounts()[0].counted_total == 123
    assert ctx.reads.shelters.headcounts()[0].counted_at == parse_instant("2024-01-05T18:00+09:00")


def rebuild(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def test_xlsx_zip_bomb(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    write_xlsx(tmp_path / "good.xlsx", header=GOOD.split(","), rows=[["見本", "見本館", 1]])
    padding = b"<!--" + b" " * (40 << 20) + b"-->"
    path = rebuild(tmp_path / "good.xlsx", tmp_path / "a.xlsx", lambda name, data: data + padding if name.endswith("sheet1.xml") else data)
    assert path.stat().st_size < 1 << 20
    assert refuse(path).code == "import.xlsx_bomb"


def test_xlsx_external_entities(refuse: Callable[[Path], SasaeError], tmp_path: Path) -> None:
    write_xlsx(tmp_path / "good.xlsx", header=GOOD.split(","), rows=[["見本", "見本館", 1]])
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'

    def poison(name: str, data: bytes) -> bytes:
        return entity + data if name.endswith("sheet1.xml") else data

    assert refuse(rebuild(tmp_path / "good.xlsx", tmp_path / "a.xlsx", poison)).code == "import.xlsx_dtd"


NAMES = ["𠮷野 家", "髙橋 一", "山﨑 二", "葛\U000e0100城 三", "\ue000外字 四", "神\ufe00谷 五", "ｶﾞｲｼﾞ 六", "か\u3099 七", "塚\ufa10 八"]


def test_rare_characters_come_through_exactly(ctx: Context, shelter: str, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,生年月日", [f"{name},S20.3.{n + 1}" for n, name in enumerate(NAMES)])
    import_residents(ctx, paths=[path], as_of=AS_OF)
    active = ctx.reads.residents.active()
    assert active is not None
    assert {view.name for view in ctx.reads.residents.page(ctx.reads.residents.ids(snapshot_id=active.id))} == set(NAMES)
    write_xlsx(tmp_path / "b.xlsx", header=["氏名", "生年月日"], rows=[[name, f"S21.3.{n + 1}"] for n, name in enumerate(NAMES)])
    assert import_evacuees(ctx, path=tmp_path / "b.xlsx", shelter_id=shelter).created == len(NAMES)
    assert {person.name for person in ctx.reads.all("person") if isinstance(person, Person)} == set(NAMES)


def test_formulas_are_kept_and_harmless_on_the_way_out(ctx: Context, shelter: str, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,備考", ["=cmd|' /C calc'!A0,@SUM(1)", "+81,-1+1"])
    assert import_evacuees(ctx, path=path, shelter_id=shelter).created == 2
    people = [person for person in ctx.reads.all("person") if isinstance(person, Person)]
    assert {person.name for person in people} == {"=cmd|' /C calc'!A0", "+81"}
    write_csv(tmp_path / "out.csv", header=["氏名", "備考"], rows=[[person.name, person.note] for person in people])
    assert {cell[0] for row in read_csv(tmp_path / "out.csv")[1:] for cell in row} == {"'"}
    again = import_evacuees(ctx, path=tmp_path / "out.csv", shelter_id=shelter)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_a_path_with_japanese_and_spaces(load: Import, tmp_path: Path) -> None:
    folder = tmp_path / "避難所 名簿（１月）"
    folder.mkdir()
    done = load(write_table(folder / "見本 一覧 ①.csv", GOOD, ["見本 太郎,見本館,1", ",,"]))
    assert done.created == 1


@pytest.fixture
def plain_user(template: Path) -> Iterator[Path]:
    """A folder with a store, as somebody who is not root: root may write anywhere."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(template, folder / "store")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        (folder / "stick").chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="folder modes do not forbid writing there")
def test_a_read_only_stick(plain_user: Path) -> None:
    stick = plain_user / "stick"
    stick.mkdir()
    path = write_table(stick / "避難所.csv", "名称", ["見本館", '""', "例示館"])
    other = write_table(stick / "b.csv", "名称,備考", ["架空館,", ",x"])
    stick.chmod(0o555)
    session = gateway(Clock()).open(plain_user / "store", operator=OPERATOR, password=PASSWORD)
    try:
        done = import_shelters(session.context, path=other)
        assert (done.created, done.rejected, done.report) == (1, 1, None) and "報告" in done.warnings[-1]
        done = import_shelters(session.context, path=other, report=ReportTo(folder=plain_user))
        assert done.unchanged == 1 and done.report is not None and done.report.parent == plain_user
        assert done.rejected_rows is not None and done.rejected_rows.exists()
        assert import_shelters(session.context, path=path).created == 2
        assert sorted(entry.name for entry in stick.iterdir()) == ["b.csv", "避難所.csv"]
    finally:
        session.close(backup=False)


def test_too_many_rejected_rows_refuse_the_file(ctx: Context, state: Callable[[], State], tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,住所", [",x"] * 100_001)
    before = state()
    with pytest.raises(InputFault) as fault:
        import_residents(ctx, paths=[path], as_of=AS_OF)
    assert fault.value.code == "import.too_many_rejected" and state() == before


def test_a_file_that_breaks_off_late_leaves_nothing(ctx: Context, state: Callable[[], State], tmp_path: Path) -> None:
    """The wrong byte stands beyond what is looked at to find the encoding."""
    path = tmp_path / "a.csv"
    rows = "".join(f"見本 {n},見本市本町見本町{n}番地見本荘\n" for n in range(300_000)).encode("cp932")
    path.write_bytes("氏名,住所\n".encode("cp932") + rows + b"\xff\xff,x\n")
    before = state()
    with pytest.raises(InputFault) as fault:
        import_residents(ctx, paths=[path], as_of=AS_OF)
    assert fault.value.code == "import.encoding" and fault.value.where["line"] == 300_002 and state() == before
