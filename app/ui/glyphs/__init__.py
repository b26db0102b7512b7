"""Drawing text with the right glyph: variation sequences, rare kanji, a municipality's own characters and pictures.

Qt draws the base character of a variation sequence and a box for what no font has. Texts without such characters go Qt's
fast way; the others are drawn here, glyph by glyph, from the fonts that paper is printed with (``app.printing.fonts``), so that
screen and paper show the same. Where nothing has a glyph a mark is drawn, never a box: see ``shaping``.
"""
