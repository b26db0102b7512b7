"""Names on the screen: the very form, or a mark that says there is none; never a box; copied as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QStyledItemDelegate, QWidget

from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.forms.spec import FieldSpec
from app.printing.fonts import FontBook
from app.ui import theme
from app.ui.glyphs import loading
from app.ui.glyphs.buttons import NameChoice, NameTick
from app.ui.glyphs.keys import keep_clusters
from app.ui.glyphs.label import NameLabel
from app.ui.glyphs.painting import cut_short, draw_text, measure, wrap
from app.ui.glyphs.screen import Glyphs, current
from app.ui.glyphs.shaping import Registered
from app.ui.main_window import MainWindow
from app.ui.widgets.fields import make_editor
from app.ui.widgets.table import Table
from app.ui.widgets.text import text
from app.usecases.characters import register_character
from tests import desktop
from tests.stores import Town
from tests.ui.conftest import press, say
from tests.ui.gaiji import write_font, write_picture

KUZU, TSUJI = "葛\U000e0102", "辻\U000e0102"  # forms that the screen font does not have
UNKNOWN_FORM = "渡邉\U000e01ef"
OWN, PICTURED, SUBSTITUTED, NOTHING = "\ue000", "\ue001", "\ue002", "\ue003"
WHITE, BLACK = QColor("white"), QColor("black")


@pytest.fixture
def glyphs(look: QApplication, tmp_path: Path) -> Iterator[Glyphs]:
    """One character of each way to be drawn; only fonts that ship with the program and a font of the municipality."""
    write_font(tmp_path / "fonts" / "gaiji.ttf", 0xE000)
    picture = b64encode(write_picture(tmp_path / "cross.png").read_bytes()).decode()
    book = FontBook(folders=(tmp_path / "fonts",), system=False)
    names = book.open_face(FontBook.NAMES_FACE)
    assert names is not None
    loading.put_to_use(loading.Found(book, Registered({PICTURED: picture}, {SUBSTITUTED: "高"}), tuple(book.own_files), (names.path,)))
    yield current()
    loading.put_to_use(None)


def font_of(pixels: int = 40, *, bold: bool = False) -> QFont:
    """The font of the screen in a size."""
    made = QFont(QApplication.font())
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made


def drawn(words: str, *, ours: bool = True, ink: QColor = BLACK, ground: QColor = WHITE, bold: bool = False) -> QImage:
    """A picture of a text, drawn by us or by Qt alone."""
    image = QImage(400, 60, QImage.Format.Format_RGB32)
    image.fill(ground)
    painter = QPainter(image)
    painter.setFont(font_of(bold=bold))
    painter.setPen(ink)
    box = QRect(4, 4, 390, 52)
    if ours:
        draw_text(painter, box, words)
    else:
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)
    painter.end()
    return image


def ink_in(image: QImage, ground: QColor = WHITE) -> int:
    """How many pixels are not ground."""
    return sum(image.pixelColor(x, y) != ground for x in range(image.width()) for y in range(image.height()))


def kinds(words: str) -> list[str]:
    """What the parts of a text are drawn from."""
    return [piece.kind for piece in current().pieces(words)]


@pytest.mark.parametrize("form", [KUZU, TSUJI])
@pytest.mark.parametrize("bold", [False, True])
def test_a_variant_form_is_drawn_as_itself(glyphs: Glyphs, form: str, bold: bool) -> None:
    assert kinds(form) == ["glyph"]
    assert drawn(form, bold=bold) != drawn(form[0], bold=bold) and drawn(form, ours=False) == drawn(form[0], ours=False)
    assert glyphs.remarks(form) == []


def test_screen_and_paper_take_the_same_glyph_of_the_same_font(glyphs: Glyphs) -> None:
    book = glyphs._open_book()
    for cluster in (KUZU, TSUJI, "𠮷", OWN):
        found = book.find(cluster)
        part = glyphs.line(cluster, font_of()).parts[0]
        assert part.run is not None and part.run.glyphIndexes() == [found.number] != [0]
        face = book.open_face(found.face)
        assert face is not None and int.from_bytes(bytes(part.run.rawFont().fontTable("maxp"))[4:6], "big") == face.glyph_count


def test_no_character_is_a_box(glyphs: Glyphs) -> None:
    box = QFont(font_of())
    box.setFamilies([theme.font_family()])  # without the mark for fields
    for name in (f"田{NOTHING}", f"田{SUBSTITUTED}", f"田{PICTURED}", f"田{OWN}", "田\U00010fff", "田\U000f0001"):
        image = QImage(400, 60, QImage.Format.Format_RGB32)
        image.fill(WHITE)
        painter = QPainter(image)
        painter.setFont(box)
        painter.setPen(BLACK)
        painter.drawText(QRect(4, 4, 390, 52), int(Qt.AlignmentFlag.AlignVCenter), name)
        painter.end()
        assert drawn(name) != image
        assert all(part.run is None or part.run.glyphIndexes() != [0] for part in glyphs.line(name, font_of()).parts)


def test_each_kind_of_help_looks_different(glyphs: Glyphs) -> None:
    assert [kinds(char) for char in (OWN, PICTURED, SUBSTITUTED, NOTHING)] == [["glyph"], ["picture"], ["substitute"], ["code"]]
    assert drawn(SUBSTITUTED) != drawn("高") and ink_in(drawn(SUBSTITUTED)) > ink_in(drawn("高"))  # the frame
    assert measure(NOTHING, font_of()) > measure("高", font_of())
    assert kinds(UNKNOWN_FORM) == ["plain", "base"] and drawn(UNKNOWN_FORM) != drawn("渡邉")


def test_remarks_say_what_is_not_drawn_as_itself(glyphs: Glyphs) -> None:
    assert "代替文字「高」" in glyphs.remarks(SUBSTITUTED)[0] and "U+E003" in glyphs.remarks(NOTHING)[0]
    assert "基本の字「邉」" in glyphs.remarks(UNKNOWN_FORM)[0]
    assert glyphs.remarks(f"{OWN}{PICTURED}{KUZU}𠮷﨑\ufa19髙") == []
    assert glyphs.write_out(f"{SUBSTITUTED}橋 田{NOTHING}") == "〔高〕橋 田〔U+E003〕" and glyphs.write_out(KUZU) == KUZU


def test_a_picture_takes_the_colour_of_the_text(glyphs: Glyphs) -> None:
    light, dark = drawn(PICTURED), drawn(PICTURED, ink=WHITE, ground=BLACK)
    assert ink_in(light) > 100 and ink_in(dark, BLACK) > 100
    assert light.pixelColor(24, 30).lightness() < 60 and dark.pixelColor(24, 30).lightness() > 195


def test_ordinary_names_are_left_to_qt(glyphs: Glyphs) -> None:
    for name in ("髙橋　太郎", "﨑山 ｻｷ", "渡邉", "Nguyễn Văn", "", "①②", "\ufa19谷"):
        assert glyphs.is_plain(name) and drawn(name) == drawn(name, ours=False)
    assert kinds("\U000e0102") == ["plain"]  # a selector alone is nobody's


def test_a_damaged_picture_leaves_a_frame(glyphs: Glyphs) -> None:
    glyphs.use(FontBook(system=False), Registered({PICTURED: "bm90IGEgcGljdHVyZQ==", OWN: "%%"}, {}))
    assert kinds(PICTURED + OWN) == ["picture", "picture"] and ink_in(drawn(PICTURED)) > 50 and ink_in(drawn(OWN)) > 50


def test_cutting_and_wrapping_never_part_a_character_from_its_selector(glyphs: Glyphs) -> None:
    name = f"{KUZU}{TSUJI}" * 6
    for width in range(30, 500, 23):
        cut = cut_short(name, font_of(), width)
        assert cut == name or (cut.endswith("…") and name.startswith(cut[:-1]) and len(cut[:-1]) % 2 == 0)
        assert measure(cut, font_of()) <= max(width, measure("…", font_of()))
        lines = wrap(name, font_of(), width)
        assert "".join(lines) == name and all(len(line) % 2 == 0 for line in lines)


# -- labels


@pytest.fixture
def shown(qtbot: Any) -> Callable[[QWidget], QWidget]:
    """Show a widget in a window of its own."""

    def show(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(420, 120)
        return desktop.bring(widget)

    return show


@pytest.mark.parametrize("wrapped", [False, True])
def test_labels_draw_the_form_and_keep_the_words(glyphs: Glyphs, shown: Callable[[QWidget], QWidget], wrapped: bool) -> None:
    name = f"{KUZU}城 {SUBSTITUTED}橋"
    one, base = text(name, wrap=wrapped), text("葛城 高橋", wrap=wrapped)
    assert shown(one).grab().toImage() != shown(base).grab().toImage()
    assert one.text() == name and isinstance(one, NameLabel)
    if wrapped:
        assert one.accessibleName() == name and one.heightForWidth(60) > one.heightForWidth(400)


def test_a_label_copies_the_original_words(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    name = f"{KUZU}城{NOTHING} {SUBSTITUTED}橋"
    label = text(name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    shown(label)
    before = label.grab().toImage()
    QTest.mouseClick(label, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert label.grab().toImage() != before  # all of it is marked
    press(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == name


def test_an_elided_label_gives_way(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    label = NameLabel(f"{KUZU}城" * 20, elided=True)
    shown(label)
    assert label.minimumSizeHint().width() < 60 < label.sizeHint().width()


# -- tables

_ONE: ColumnSet[str] = ColumnSet(key="glyphs", columns=(Column(key="name", label="氏名", text=str, width=20),))


def _table(shown: Callable[[QWidget], QWidget], name: str) -> Table:
    table = Table(_ONE, name="名簿")
    table.show_rows([name], key=str)
    table.make_current(0)
    shown(table)
    table.clearFocus()
    return table


def test_cells_draw_the_form_and_copy_the_original(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    name = f"{KUZU}城　{NOTHING}子"
    table, base = _table(shown, name), _table(shown, "葛城　子")
    assert table.grab().toImage() != base.grab().toImage()
    table.copy()
    assert QGuiApplication.clipboard().text() == name
    assert "U+E003" in table.rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert table.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == name


def test_ordinary_cells_look_as_qt_draws_them(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    table = _table(shown, "髙橋　太郎")
    ours = table.viewport().grab().toImage()
    table.setItemDelegate(QStyledItemDelegate(table))
    assert table.viewport().grab().toImage() == ours


# -- fields


def test_backspace_takes_the_selector_with_its_character(look: QApplication, shown: Callable[[QWidget], QWidget]) -> None:
    line = QLineEdit(f"山{KUZU}")
    keep_clusters(line)
    shown(line)
    line.setFocus()
    press(line, Qt.Key.Key_Backspace)
    assert line.text() == "山"
    say(line, "𠮷")
    press(line, Qt.Key.Key_Backspace)
    assert line.text() == "山"
    line.setText(f"{TSUJI}一郎")
    line.setCursorPosition(3)  # UTF-16 units: after the selector
    press(line, Qt.Key.Key_Backspace)
    assert line.text() == "一郎"
    line.setText(f"山{KUZU}")
    line.selectAll()
    press(line, Qt.Key.Key_Backspace)
    assert line.text() == ""


def test_backspace_in_several_lines(look: QApplication, shown: Callable[[QWidget], QWidget]) -> None:
    area = QPlainTextEdit(f"一行目\n山{KUZU}")
    keep_clusters(area)
    shown(area)
    area.setFocus()
    area.moveCursor(area.textCursor().MoveOperation.End)
    press(area, Qt.Key.Key_Backspace)
    assert area.toPlainText() == "一行目\n山"


def test_a_field_shows_below_how_it_will_be_drawn(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    editor = make_editor(FieldSpec(key="name", label="氏名"))
    shown(editor)
    editor.input.setFocus()
    assert not editor._drawn.isVisible()
    say(editor.input, f"田{NOTHING}")
    assert editor._drawn.isVisible() and editor._drawn.text().endswith(f"田{NOTHING}") and editor.raw() == f"田{NOTHING}"
    press(editor.input, Qt.Key.Key_Backspace)
    assert not editor._drawn.isVisible()


def test_a_field_shows_own_characters_and_a_mark_for_the_others(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    pictures = []
    for words in (OWN, NOTHING, "\ue004"):
        line = QLineEdit(words)
        shown(line)
        line.clearFocus()
        pictures.append(line.grab().toImage())
    assert pictures[0] != pictures[1] == pictures[2]
    assert "Mihon Gaiji" in line.font().families() and "Sasae Gaiji Mark" in line.font().families()


def _drawn_by_qt(words: str) -> QImage:
    """Words as a field draws them."""
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    painter = QPainter(image)
    painter.setFont(font_of())
    painter.setPen(BLACK)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return image


def test_fonts_of_another_folder_and_former_files_are_forgotten(look: QApplication, tmp_path: Path) -> None:
    """All are named alike, so Qt takes them for one family as long as it knows them."""

    def drawn_by(*files: Path) -> list[bool]:
        loading.put_to_use(loading.Found(FontBook(folders=(), system=False), Registered({}, {}), files))
        own, pictured, mark = (_drawn_by_qt(char) for char in (OWN, PICTURED, "\ue004"))
        return [own != mark, pictured != mark]

    here, there = write_font(tmp_path / "here" / "gaiji.ttf", ord(OWN)), write_font(tmp_path / "there" / "gaiji.ttf", ord(PICTURED))
    before = drawn_by()
    assert (drawn_by(here), drawn_by(there), drawn_by(here)) == ([True, False], [False, True], [True, False])
    write_font(here, ord(PICTURED))
    os.utime(here, (1, 1))  # written at another time, however fast this machine is
    assert drawn_by(here) == [False, True]
    assert drawn_by() == before == [False, False]


# -- the window


def test_what_is_registered_is_drawn_at_once(window: MainWindow, town: Town, settle: Callable[[], None], tmp_path: Path) -> None:
    assert kinds(NOTHING) == ["code"]
    window.runner.write(lambda _: register_character(town.ctx, text=NOTHING, substitute="高")).start()
    settle()
    assert kinds(NOTHING) == ["substitute"]
    write_font(window.folder / "fonts" / "gaiji.ttf", ord(NOTHING))
    loading.load(window)
    settle()
    assert kinds(NOTHING) == ["glyph"]
    loading.put_to_use(None)


def test_a_tooltip_tells_about_a_label(glyphs: Glyphs, shown: Callable[[QWidget], QWidget]) -> None:
    from PySide6.QtGui import QHelpEvent
    from PySide6.QtWidgets import QToolTip

    label = text(f"田{NOTHING}", wrap=False)
    shown(label)
    QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(3, 3), label.mapToGlobal(QPoint(3, 3))))
    assert "字形も代替文字もありません" in QToolTip.text()
    QToolTip.hideText()


def test_drawing_is_not_paid_for_at_start() -> None:
    code = (
        "import sys; import app.ui.widgets.text, app.ui.widgets.table, app.ui.widgets.fields\n"
        "print([name for name in sys.modules if name.startswith(('app.printing', 'uharfbuzz', 'fontTools', 'app.usecases.characters'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", [NameTick, NameChoice])
def test_boxes_to_tick_draw_the_form(glyphs: Glyphs, shown: Callable[[QWidget], QWidget], kind: Any) -> None:
    one, base, plain = kind(f"{KUZU}城"), kind("葛城"), kind("葛城")
    assert shown(one).grab().toImage() != shown(base).grab().toImage() == shown(plain).grab().toImage()
    assert one.text() == f"{KUZU}城" and kind(f"{NOTHING}子").sizeHint().width() > kind("山子").sizeHint().width()
    QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=QPoint(8, one.height() // 2))
    assert one.isChecked()
