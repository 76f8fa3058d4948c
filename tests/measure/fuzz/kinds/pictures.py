"""Bad pictures and videos."""

from __future__ import annotations

import contextlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.cli.sample import draw_sample
from hwr_live.media.frames import quieten
from hwr_live.recognition.reader import Reader
from tests.measure.fuzz.damage import Chance, damaged
from tests.measure.fuzz.programs import Case, remembered, run
from tests.support.grey_reader import LevelReader
from tests.support.videos import write_video

_SIZE = (160, 96)  # of pictures: small, as noise is slow to read


def pages() -> dict[str, bytes]:
    """One small page in all formats that this OpenCV writes, with alpha, in 16 bits, in grey."""
    page = cv2.resize(draw_sample(), _SIZE, interpolation=cv2.INTER_AREA)
    grey = page if page.ndim == 2 else np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY))
    colour = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    clear = np.dstack([colour, 255 - grey])
    floats = colour.astype(np.float32) / 255
    made: dict[str, bytes] = {}
    for suffix, picture in (
        *((suffix, colour) for suffix in (".png", ".jpg", ".bmp", ".tif", ".webp", ".jp2", ".gif")),
        *((suffix, grey) for suffix in (".png", ".jpg", ".pgm", ".pbm", ".tif", ".ppm", ".sr")),
        *((suffix, clear) for suffix in (".png", ".tif", ".webp", ".gif")),
        *((suffix, colour.astype(np.uint16) * 257) for suffix in (".png", ".tif", ".jp2", ".ppm")),
        *((suffix, floats) for suffix in (".hdr", ".tiff", ".exr", ".pfm")),
        (".avif", colour),
    ):
        with contextlib.suppress(cv2.error):
            done, data = cv2.imencode(suffix, picture)
            if done:
                made[f"{len(made)}{suffix}"] = data.tobytes()
    made |= _animations(colour)
    return made


def _animations(page: npt.NDArray[np.uint8]) -> dict[str, bytes]:
    """Pictures that move, where this OpenCV writes them."""
    made: dict[str, bytes] = {}
    if not hasattr(cv2, "Animation"):
        return made
    for suffix in (".gif", ".png", ".webp"):
        animation = cv2.Animation()
        animation.frames = [page, 255 - page, page]
        animation.durations = [100, 100, 100]
        with contextlib.suppress(cv2.error):
            done, data = cv2.imencodeanimation(suffix, animation)
            if done:
                made[f"moving{suffix}"] = data.tobytes()
    return made


def picture(folder: Path) -> Case:
    """Pictures of all formats, under their own name or another."""
    remembered()
    good = pages()
    names = sorted(good)

    def case(chance: Chance) -> tuple[int, list[str]]:
        name = names[int(chance.integers(len(names)))]
        data = damaged(good[name], chance)
        if chance.random() < 0.05:  # the head of one format before the body of another
            data = (
                data[: int(chance.integers(1, 64))] + good[names[int(chance.integers(len(names)))]]
            )
        path = folder / f"page{Path(name).suffix}"
        path.write_bytes(data)
        status, lines = run("read", str(path))
        return status, lines

    return case


def video(folder: Path) -> Case:
    """Videos in several containers, cut and damaged anywhere."""
    quieten()  # before the first video: FFmpeg asks once how much it is to say
    Reader.load = lambda *_, **__: LevelReader([["page"]])  # type: ignore[assignment,method-assign]
    frame = cv2.cvtColor(cv2.resize(draw_sample(), _SIZE), cv2.COLOR_GRAY2BGR)
    good = {}
    for suffix, codec in (
        *((".avi", codec) for codec in ("HFYU", "FFV1", "MJPG", "XVID")),
        *((".mkv", codec) for codec in ("FFV1", "HFYU", "MJPG")),
        *((".mp4", "mp4v"), (".mov", "mp4v"), (".webm", "VP80"), (".mpg", "MPG1")),
    ):
        path = folder / f"good-{codec}{suffix}"
        with contextlib.suppress(AssertionError, cv2.error):
            write_video(path, (np.roll(frame, n, 1) for n in range(8)), codec=codec)
            good[path.name] = path.read_bytes()
        path.unlink(missing_ok=True)
    names = sorted(good)

    def case(chance: Chance) -> tuple[int, list[str]]:
        name = names[int(chance.integers(len(names)))]
        path = folder / f"video{Path(name).suffix}"
        path.write_bytes(damaged(good[name], chance))
        return run("camera", "--no-window", "--source", str(path))

    return case
