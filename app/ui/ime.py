"""How the input method starts in a field. Qt's hints everywhere; on Windows the IME itself is switched, as hints alone do not."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.presentation.forms.spec import Ime

_HINTS = {
    "hiragana": Qt.InputMethodHint.ImhNone,
    "katakana": Qt.InputMethodHint.ImhNone,
    "latin": Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoAutoUppercase,
    "digits": Qt.InputMethodHint.ImhPreferNumbers | Qt.InputMethodHint.ImhPreferLatin,
    "off": Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhNoAutoUppercase,
    "any": Qt.InputMethodHint.ImhNone,
}
_NATIVE, _KATAKANA, _FULL, _ROMAN = 0x1, 0x2, 0x8, 0x10  # IME_CMODE_* of imm.h
_CONVERSION = {"hiragana": _NATIVE | _FULL | _ROMAN, "katakana": _NATIVE | _KATAKANA | _FULL | _ROMAN}


def prepare(widget: QWidget, ime: Ime) -> None:
    """Tell Qt what a field expects."""
    widget.setInputMethodHints(_HINTS[ime])


def switch(widget: QWidget, ime: Ime) -> None:
    """Switch the input method when a field gets the focus. ``any`` leaves it as it is; elsewhere than on Windows nothing happens."""
    if sys.platform != "win32" or ime == "any" or QGuiApplication.platformName() != "windows":
        return
    import ctypes

    imm = ctypes.windll.imm32
    imm.ImmGetContext.restype = ctypes.c_void_p
    window = ctypes.c_void_p(int(widget.window().winId()))
    context = imm.ImmGetContext(window)
    if not context:
        return
    try:
        opened = ime in _CONVERSION
        imm.ImmSetOpenStatus(ctypes.c_void_p(context), opened)
        if opened:
            imm.ImmSetConversionStatus(ctypes.c_void_p(context), _CONVERSION[ime], 0)
    finally:
        imm.ImmReleaseContext(window, ctypes.c_void_p(context))
