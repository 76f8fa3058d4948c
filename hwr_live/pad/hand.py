"""The hand on the pad: what each movement of the mouse and each key does to its state."""

from __future__ import annotations

from hwr_live.pad.choosing import beside, next_glyph
from hwr_live.pad.state import Act, PadState
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.reading import Box, Glyph
from hwr_live.ui.keys import (
    BACK_TAB,
    BACKSPACE,
    CTRL,
    DELETE,
    DOWN,
    ENTER,
    ESC,
    F1,
    LEFT,
    RIGHT,
    TAB,
    UNKNOWN,
    UP,
)
from hwr_live.ui.layout import inside
from hwr_live.ui.pen import PENS, Tool

_TAP = 3.0  # pixels that a click may move and still be no stroke
_AIM = 8  # pixels that the mouse goes without a button until the glyph under it is pointed at
_DOT_S = 0.25  # seconds that a button is held for a dot that stands alone; by eye
_ESC_S = 1.5  # seconds after a pop-up has gone in which Esc was meant for it; by eye

_ACTS = {"s": Act.SAVE, "t": Act.COPY, "d": Act.CHARS, "o": Act.OPEN}
_WITH_CTRL = {"z": "z", "y": "y", "s": "s", "c": "t"}  # as in other programs, to the key here


class Hand:
    """Mouse and keys; all that they change is in the state.

    Args:
        state: of the pad.
    """

    def __init__(self, state: PadState) -> None:
        self._state = state
        self._rests_at = (0, 0)  # where the mouse was when a button was used last
        self._typed: tuple[Box, str] | None = None

    # The mouse

    def press(self, x: int, y: int, tool: Tool = "pen") -> None:
        """A button goes down: the left one draws, the right one erases."""
        state = self._state
        state.changed = True
        state.mouse = self._rests_at = (x, y)
        state.aimed = False
        state.forget_note()
        if state.help:
            state.pop_down()
        elif state.table is not None:
            choice = state.table.at(x, y)
            if choice is not None and state.asked is not None:
                state.put_right(state.asked, choice.char)
                state.pop_down()
            elif not inside(state.table.box, x, y):
                state.pop_down()
        elif state.pen.points:  # a second button while one is down
            return
        elif inside(state.layout.drawing, x, y):
            state.cursor = None
            state.pen.press(x, y, self._tool(tool))
        elif inside(state.layout.handle, x, y):
            state.fold()
        elif (code := state.layout.key_at(x, y)) is not None:
            self._command(code)
        elif inside(state.layout.bars, x, y):
            state.next_why()
        elif (glyph := state.glyph_at(x, y)) is not None:
            state.ask(glyph)

    def move(self, x: int, y: int, *, held: bool = True) -> None:
        """The mouse moves; ``held``: with a button down."""
        state = self._state
        if state.pen.points and not held:  # the button went up where the window could not see it
            self.release(x, y)
            return
        if state.pen.points:
            state.changed |= state.pen.move(x, y)
        else:
            before = state.under_mouse, state.typed_to
            far = max(abs(x - self._rests_at[0]), abs(y - self._rests_at[1])) > _AIM
            state.aimed |= far
            state.mouse = (x, y)
            state.changed |= before != (state.under_mouse, state.typed_to)
        state.mouse = (x, y)

    def release(self, x: int, y: int, tool: Tool | None = None) -> None:
        """A button goes up: the stroke is done, or it was a click on a glyph."""
        state = self._state
        points = state.pen.release(x, y, None if tool is None else self._tool(tool))
        if not points:
            return
        state.mouse = self._rests_at = (x, y)
        state.changed = True
        x0, y0 = points[0]
        tap = all(max(abs(px - x0), abs(py - y0)) <= _TAP for px, py in points)
        if tap and state.pen.tool == "pen":
            glyph = state.glyph_at(round(x0), round(y0)) if state.fresh else None
            if glyph is not None:
                state.ask(glyph)
                return
            held = state.clock() - state.pen.times[0]
            if held < _DOT_S and not beside(state.canvas.strokes, x0, y0):
                state.say("hold the button a moment for a dot that stands alone")
                return
        state.last_stroke = state.pen.draw(points, state.canvas)
        state.fit_paper()

    def _tool(self, tool: Tool) -> Tool:
        return "eraser" if self._state.erasing else tool

    # Keys

    def key(self, code: int, capital: bool | None = None) -> None:
        """A key goes down.

        Args:
            code: as :func:`hwr_live.ui.keys.key_code` has it; -1 is none.
            capital: whether a letter is a capital one; None where that is not known, and a second
                press of the same letter makes it one.
        """
        if code < 0:
            return
        state = self._state
        state.changed = True
        glyph = None if state.help else state.typed_to
        if glyph is not None and (32 < code < 127 or code in (DELETE, UNKNOWN)):
            state.forget_note()
            self._type(glyph, code, capital)
            return
        self._typed = None
        self._command(code)

    def _type(self, glyph: Glyph, code: int, capital: bool | None) -> None:
        """A character is typed as what a glyph is; Delete says that it is none."""
        state = self._state
        char: str | None = None if code == DELETE else chr(code)
        letter = char is not None and char.isalpha()
        if char is not None and letter:
            again = capital is None and self._typed == (glyph.box, char)
            char = char.upper() if capital or again else char
        if char is not None and char not in FOLDERS.values():
            state.say("only the characters of the table can be typed", warning=True)
            return
        asked = state.asked is not None
        state.put_right(glyph, char)
        if asked:
            state.pop_down()
            if letter and capital is None:  # the second press finds the glyph that was asked for
                state.cursor = state.as_shown(glyph)
        self._typed = None if char is None else (glyph.box, char)

    def _command(self, code: int) -> None:
        """A key that is no answer, or a click on one."""
        state = self._state
        if code & CTRL:
            name = _WITH_CTRL.get(chr(code & 0xFF), "")
            code = ord(name) if name else 0
        if code == ESC:
            self._escape()
            return
        state.forget_note()
        if code in (F1, ord("?"), ord("h")):
            showing = state.help
            state.pop_down()
            state.help = not showing
            return
        state.pop_down()
        if code in (TAB, BACK_TAB, LEFT, RIGHT, UP, DOWN):
            self._choose(code)
            return
        state.cursor = None
        if code == ENTER:
            state.acts.append(Act.PRINT)
        elif chr(code) in _ACTS:
            state.acts.append(_ACTS[chr(code)])
        else:
            self._change(code, chr(code))
            state.fit_paper()

    def _change(self, code: int, name: str) -> None:
        """A key that changes the drawing, or how it is drawn and shown."""
        state, pen = self._state, self._state.canvas.pen
        if code == BACKSPACE or name == "z":
            state.undo()
        elif name == "y" and not state.canvas.redo():
            state.say("nothing to redo")
        elif code == DELETE and state.offer and not state.canvas.strokes:
            state.acts.append(Act.FORGET)
        elif code == DELETE or name == "c":
            state.canvas.clear()
        elif name == "e" and not state.pen.points:
            state.erasing = not state.erasing
            state.say("the left button erases" if state.erasing else "the left button writes")
        elif name == "p":
            state.fold()
        elif name == "w":
            state.next_why()
        elif name in ("[", "-"):
            state.set_pen(max((other for other in PENS if other < pen), default=PENS[0]))
        elif name in ("]", "+", "="):
            state.set_pen(min((other for other in PENS if other > pen), default=PENS[-1]))
        elif code == UNKNOWN:
            state.say("not a key of the pad; those shown can be clicked", warning=True)
        if not state.canvas.strokes:
            state.last_stroke = None

    def _escape(self) -> None:
        """Closes what is open; ends the program, but not by one press too many."""
        state = self._state
        if state.help or state.table is not None or state.cursor is not None:
            state.pop_down()
            state.cursor = None
        elif state.clock() - state.popped_down < _ESC_S:
            state.popped_down = -_ESC_S
            state.say("Esc again ends the program")
        else:
            state.acts.append(Act.QUIT)

    def _choose(self, code: int) -> None:
        """Chooses the glyph that was written last, or from there the next one in a direction."""
        state = self._state
        if state.cursor is not None:
            forward = code in (TAB, RIGHT, DOWN)
            state.cursor = next_glyph(
                state.reading, state.cursor, 1 if forward else -1, lines=code in (UP, DOWN)
            )
        elif code in (TAB, BACK_TAB):
            state.cursor = state.chosen
            if state.cursor is None:
                state.say("nothing is read yet")
