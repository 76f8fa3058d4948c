"""Crops of letters of other scripts, drawn with the machine's fonts and those made from hands.

Letters that look like one of ours are left out: those that nearly cover a sign of ASCII in print.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from hwr_live.crop import crop

Crops = npt.NDArray[np.uint8]

HELD = frozenset(("Georgian", "Tamil", "Ethiopic", "Hebrew", "Hangul", "Gujarati"))
"""Scripts that are held back to choose by and to measure with."""

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
"""Where a machine's fonts are."""

_SCRIPTS: dict[str, str | tuple[int, int]] = {
    "Arabic": (0x0621, 0x064B),
    "Armenian": (0x0531, 0x0588),
    "Bengali": (0x0985, 0x09BA),
    "Cherokee": (0x13A0, 0x13F5),
    "Cyrillic": "ДЖЙФЦШЩЫЭЮЯжйфцщыэюя",
    "Devanagari": (0x0904, 0x093A),
    "Ethiopic": (0x1200, 0x1357),
    "Georgian": (0x10D0, 0x10F1),
    "Glagolitic": (0x2C00, 0x2C2F),
    "Greek": "ΔΞΠΣΦΨΩδζλξπφψ",
    "Gujarati": (0x0A85, 0x0ABA),
    "Gurmukhi": (0x0A05, 0x0A3A),
    "Han": (0x4E09, 0x9FA0),
    "Hangul": (0xAC00, 0xD7A4),
    "Hebrew": (0x05D0, 0x05EB),
    "Kana": (0x3041, 0x30FB),
    "Kannada": (0x0C85, 0x0CBA),
    "Khmer": (0x1780, 0x17B4),
    "Lao": (0x0E81, 0x0EAF),
    "Malayalam": (0x0D05, 0x0D3A),
    "Myanmar": (0x1000, 0x102B),
    "Runic": (0x16A0, 0x16EB),
    "Sinhala": (0x0D85, 0x0DC7),
    "Tamil": (0x0B85, 0x0BBA),
    "Telugu": (0x0C05, 0x0C3A),
    "Thai": (0x0E01, 0x0E2F),
    "Tibetan": (0x0F40, 0x0F6D),
    "Tifinagh": (0x2D30, 0x2D68),
}
_MOST = 60  # letters of a script, spread over it: the large ones have thousands
_SIZE = 96  # pixels that letters are drawn at
_ALIKE = 0.95  # cosine to a sign of ASCII from which on a letter is one: Thai has a U, Hebrew an I


def draw_letters(folder: Path | None, count: int, seed: int, held: bool) -> Crops:
    """Letters of other scripts, of each script as many.

    Args:
        folder: of fonts made from hands, beside the machine's own.
        count: how many.
        seed: the same seed gives the same crops.
        held: whether of the scripts held back, or of all others.

    Returns:
        uint8 (count, 28, 28), bright on black; none where no font has such letters.
    """
    rng = np.random.default_rng([seed, 14])
    letters = [
        inks for name, inks in _letters(folder, FOLDERS).items() if (name in HELD) == held and inks
    ]
    out = np.empty((count if letters else 0, 28, 28), np.uint8)
    for i in range(len(out)):
        inks = letters[i % len(letters)]
        out[i] = crop(_varied(inks[int(rng.integers(len(inks)))], rng))
    return out


@lru_cache(maxsize=1)
def _letters(folder: Path | None, folders: tuple[str, ...]) -> dict[str, list[Crops]]:
    """Of each script, the ink of letters in all fonts that have them."""
    files = sorted(folder.glob("*.ttf")) if folder is not None and folder.is_dir() else []
    own = set(files)
    for place in folders:
        files += sorted(Path(place).rglob("*.[to]tf"))
    ours = _templates(folders)
    out: dict[str, list[Crops]] = {name: [] for name in _SCRIPTS}
    for file in files:
        if file not in own and not _usual(file.stem):
            continue
        try:
            font = ImageFont.truetype(str(file), _SIZE)
        except OSError:  # a file that is no font costs nothing but itself
            continue
        unknown = bytes(font.getmask("\uffff"))
        for name, chars in _SCRIPTS.items():
            for char in _some(chars):
                mask = font.getmask(char)
                if not mask.size[0] or bytes(mask) in (unknown, b""):
                    if char == _some(chars)[0] and name not in ("Han", "Hangul"):
                        break  # a font of another script
                    continue
                ink = _drawn(font, char)
                if ink.any() and (_look(ink) @ ours.T).max() < _ALIKE:
                    out[name].append(ink)
    return out


def _usual(name: str) -> bool:
    """Whether a font is one of those made for scripts, in a usual style."""
    return name.startswith(("NotoSans", "NotoSerif", "DroidSansFallback")) and not name.endswith(
        ("Italic", "Oblique")
    )


def _some(chars: str | tuple[int, int]) -> str:
    if isinstance(chars, str):
        return chars
    first, last = chars
    step = max(1, (last - first) // _MOST)
    return "".join(map(chr, range(first, last, step)))


def _drawn(font: ImageFont.FreeTypeFont, char: str) -> Crops:
    left, top, right, bottom = (int(edge) for edge in font.getbbox(char))
    image = Image.new("L", (max(1, right - left) + 16, max(1, bottom - top) + 16), 0)
    ImageDraw.Draw(image).text((8 - left, 8 - top), char, fill=255, font=font)
    return np.asarray(image, np.uint8)


def _look(ink: Crops) -> npt.NDArray[np.float64]:
    """A letter's shape as a vector of length 1: its crop, softened."""
    soft = cv2.GaussianBlur(crop(ink).astype(np.float64), (0, 0), 1.5).ravel()
    return np.asarray(soft / max(1e-9, float(np.linalg.norm(soft))))


def _templates(folders: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """(n, 784): the signs of ASCII in some print."""
    faces = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX)
    out = []
    for face in faces:
        for char in map(chr, range(33, 127)):
            room = np.zeros((140, 140), np.uint8)
            cv2.putText(room, char, (30, 100), face, 2.8, 255, 9, cv2.LINE_AA)
            if room.any():
                out.append(_look(room))
    for name in ("NotoSans-Regular", "NotoSerif-Regular", "DejaVuSans"):
        for place in folders:
            for file in sorted(Path(place).rglob(f"{name}.ttf"))[:1]:
                font = ImageFont.truetype(str(file), _SIZE)
                out += [_look(_drawn(font, chr(code))) for code in range(33, 127)]
    return np.stack(out)


def _varied(ink: Crops, rng: np.random.Generator) -> Crops:
    """The letter as a hand may have written it: leaning, wider or narrower, with another pen."""
    lean, wide = rng.normal(0, 0.15), float(np.exp(rng.normal(0, 0.15)))
    h, w = ink.shape
    room = 40
    move = np.array([[wide, -lean, room + lean * h / 2], [0, 1, room / 2], [0, 0, 1]], np.float64)[
        :2
    ]
    size = (int(w * wide) + 2 * room, h + room)
    out = np.asarray(cv2.warpAffine(ink, move, size, flags=cv2.INTER_LINEAR), np.uint8)
    pen = int(rng.integers(0, 9))
    for _ in range(pen // 2):
        thin = np.asarray(cv2.erode(out, np.ones((3, 3), np.uint8)), np.uint8)
        # What would break is thin enough.
        if float(thin.sum()) < 0.35 * float(ink.sum()):
            break
        out = thin
    return out if pen else np.asarray(cv2.dilate(out, np.ones((5, 5), np.uint8)), np.uint8)
