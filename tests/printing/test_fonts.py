"""Which font draws what, and what is said when none does."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app import resources
from app.printing.fonts import FontBook, find_fallback_files, name_code_points, split_clusters
from app.printing.truetype import TrueTypeFace
from tests.printing.conftest import KATSU_AJ, KATSU_OLD


def test_every_code_point_and_sequence_is_found_as_fonttools_finds_it(fallback_file: Path) -> None:
    for path in (resources.path("fonts", "BIZUDGothic-Regular.ttf"), fallback_file):
        face, reference = TrueTypeFace(path), TTFont(path, lazy=True)
        cmap = reference.getBestCmap()
        wrong = [code for code, name in cmap.items() if face.find_glyph(code) != reference.getGlyphID(name)]
        assert wrong == []
        sequences = next(table for table in reference["cmap"].tables if table.format == 14).uvsDict
        for selector, entries in sequences.items():
            for base, name in entries:
                assert face.find_variant(base, selector) == reference.getGlyphID(name or cmap[base])
        metrics = reference["hmtx"]
        assert all(face.measure_glyph(reference.getGlyphID(name)) == metrics[name][0] / face.units_per_em for name in cmap.values())
        reference.close()


def test_segments_are_searched_when_a_font_has_no_groups() -> None:
    face, reference = TrueTypeFace(resources.path("fonts", "BIZUDGothic-Bold.ttf")), TTFont(resources.path("fonts", "BIZUDGothic-Bold.ttf"))
    face._groups = 0  # as in a font with a format 4 table only
    cmap = {code: name for code, name in reference.getBestCmap().items() if code < 0x10000}
    assert [code for code, name in cmap.items() if face.find_glyph(code) != reference.getGlyphID(name)] == []
    assert face.find_glyph(0xE123) == 0
    reference.close()


def test_subset_is_a_sound_font_with_the_same_outlines(fallback_file: Path) -> None:
    face = TrueTypeFace(fallback_file)
    numbers = [0, *(face.find_glyph(ord(character)) for character in "髙﨑𠮷が㈱①"), face.find_variant(0x845B, 0xE0102)]
    subset = TTFont(io.BytesIO(face.build_subset(numbers)), checkChecksums=2)
    whole = TTFont(fallback_file, lazy=True)
    for place, number in enumerate(numbers):
        drawn = subset["glyf"][subset.getGlyphName(place)].getCoordinates(subset["glyf"])[0]
        meant = whole["glyf"][whole.getGlyphName(number)].getCoordinates(whole["glyf"])[0]
        assert list(drawn) == list(meant)
    whole.close()


def test_a_damaged_or_foreign_font_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ipamjm.ttf").write_bytes(b"OTTO" + bytes(200))
    with pytest.raises(ValueError, match="not a TrueType font"):
        TrueTypeFace(tmp_path / "ipamjm.ttf")
    assert not FontBook(folders=[tmp_path], system=False).has_fallback


def test_fallback_is_found_in_the_data_folder_first(tmp_path: Path, fallback_file: Path) -> None:
    own = tmp_path / "データ フォルダー" / "fonts"
    own.mkdir(parents=True)
    shutil.copy(fallback_file, own / "IPAmjM.TTF")
    assert list(find_fallback_files(folders=[own], system=False)) == [own / "IPAmjM.TTF"]
    assert FontBook(folders=[own], system=False).has_fallback
    assert next(find_fallback_files(folders=[own])) == own / "IPAmjM.TTF"


def test_each_character_comes_from_the_first_font_that_has_it(fonts: FontBook) -> None:
    expected = {"髙": 0, "﨑": 0, "𠮷": 2, KATSU_AJ: 0, KATSU_OLD: 2, "葛\U000e01ef": -1, "\ue000": -1, "\x00": -1, "😀": -1}
    assert {cluster: fonts.find(cluster).face for cluster in expected} == expected
    assert fonts.find(KATSU_AJ).number != fonts.find("葛").number
    assert fonts.find("髙", bold=True).face == 1


def test_clusters_keep_a_selector_with_its_base() -> None:
    assert list(split_clusters(f"{KATSU_OLD}城")) == [KATSU_OLD, "城"]
    assert list(split_clusters("葛城")) == ["葛", "城"]
    assert list(split_clusters("\U000e0100葛\U000e0100\U000e0101")) == ["\U000e0100", KATSU_AJ, "\U000e0101"]
    assert name_code_points(KATSU_OLD) == "U+845B U+E0102"


def test_no_heavy_library_is_loaded_to_describe_a_print() -> None:
    code = (
        "import sys, app.printing, app.printing.report, app.printing.fonts, app.printing.layout, app.printing.qr, app.printing.raster;"
        "print([n for n in ('reportlab', 'pypdfium2', 'zxingcpp', 'PIL', 'fontTools', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=resources.root())
    assert done.stdout.strip() == "[]"
