"""Videos as a hand-held camera would take them, made from still pages.

``python -m tests.support.videos OUT.avi PAGE [PAGE]`` writes one; two pages are swapped halfway.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Shake:
    """How bad the camera is; the defaults are a hand-held webcam indoors.

    Attributes:
        shift: standard deviation of the hand's drift, as a share of the frame's longer side.
        turn: standard deviation of the rotation in degrees.
        zoom: standard deviation of the relative distance.
        noise: standard deviation of the sensor noise in grey values.
        blur: longest motion blur in pixels; most frames have less.
        exposure: standard deviation of the slow change of brightness, relative.
    """

    shift: float = 0.008
    turn: float = 0.7
    zoom: float = 0.01
    noise: float = 5.0
    blur: float = 4.0
    exposure: float = 0.10


def written_page(lines: Sequence[str], size: tuple[int, int] = (640, 480)) -> Image:
    """A page drawn with OpenCV's stroke font: BGR (h, w, 3), dark ink on paper, unevenly lit."""
    width, height = size
    page = np.full((height, width, 3), 255, np.uint8)
    pitch = height / (len(lines) + 1)
    for row, text in enumerate(lines):
        scale = min(2.0, pitch / 45, width / (24.0 * max(1, len(text))))
        at = (int(width * 0.06), int(pitch * (row + 1)))
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (60, 40, 30), 3, cv2.LINE_AA)
    across, down = np.linspace(0.92, 0.68, width), np.linspace(1, 0.9, height)
    light = (down[:, None] * across[None, :])[:, :, None]
    return np.asarray(page * light, np.uint8)


def hand_held(
    pages: Sequence[Image | None],
    *,
    seconds: float = 4.0,
    fps: float = 25.0,
    size: tuple[int, int] = (640, 480),
    seed: int = 0,
    shake: Shake | None = None,
) -> Iterator[Image]:
    """Frames of ``pages`` one after the other, each for the same time.

    Args:
        pages: BGR pictures, fitted into the frame; ``None`` is a bare table.
        seconds: of the whole video.
        fps: frames a second.
        size: width and height of the frames.
        seed: of everything random.
        shake: how bad the camera is.

    Yields:
        uint8 (h, w, 3) BGR.
    """
    shake = shake or Shake()
    rng = np.random.default_rng(seed)
    width, height = size
    fitted = [_fit(page, size) for page in pages]
    total = max(1, round(seconds * fps))
    # Ornstein-Uhlenbeck: a hand drifts and comes back, about twice a second.
    keep = np.exp(-2.0 * np.pi * 0.35 / fps)
    state = rng.normal(size=5)
    for n in range(total):
        before = state.copy()
        state = keep * state + np.sqrt(1 - keep**2) * rng.normal(size=5)
        centre = (width / 2, height / 2)
        matrix = cv2.getRotationMatrix2D(
            centre, float(shake.turn * state[2]), float(1 + shake.zoom * state[3])
        )
        matrix[:, 2] += shake.shift * max(size) * state[:2]
        page = fitted[min(len(fitted) - 1, n * len(fitted) // total)]
        moved = cv2.warpAffine(
            page, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        frame = _motion_blur(np.asarray(moved, np.uint8), shake, (state - before)[:2], rng)
        gain = float(np.clip(1 + shake.exposure * state[4], 0.5, 1.6))
        noisy = frame * gain + rng.normal(0, shake.noise, frame.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def write_video(
    path: Path, frames: Iterable[Image], fps: float = 25.0, codec: str = "HFYU"
) -> Path:
    """Writes frames of even sides to ``.avi`` or ``.mkv``; HFYU and FFV1 lose nothing."""
    writer: cv2.VideoWriter | None = None
    for frame in frames:
        if writer is None:
            size = (frame.shape[1], frame.shape[0])
            code = cv2.VideoWriter.fourcc(*codec)
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, fps, size)
            assert writer.isOpened(), path
        writer.write(frame)
    assert writer is not None, "no frames"
    writer.release()
    return path


def _fit(page: Image | None, size: tuple[int, int]) -> Image:
    width, height = size
    if page is None:
        return np.full((height, width, 3), (150, 165, 170), np.uint8)
    scale = min(width / page.shape[1], height / page.shape[0])
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    bottom, right = height - small.shape[0] - top, width - small.shape[1] - left
    padded = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return np.asarray(padded, np.uint8)


def _motion_blur(
    frame: Image, shake: Shake, motion: npt.NDArray[np.float64], rng: np.random.Generator
) -> Image:
    length = float(np.clip(rng.exponential(0.3), 0, 1)) * shake.blur
    if length < 1:
        return frame
    side = 2 * int(np.ceil(length / 2)) + 1
    direction = motion / (np.hypot(*motion) + 1e-9) * length / 2
    kernel = np.zeros((side, side), np.float32)
    ends = [tuple(int(v) for v in np.round(side // 2 + s * direction)) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), np.uint8)


def main() -> None:
    out, *names = sys.argv[1:]
    read = [cv2.imread(name) for name in names]
    pages = [np.asarray(page, np.uint8) for page in read if page is not None]
    if not pages or len(pages) < len(names):
        raise SystemExit("usage: python -m tests.support.videos OUT.avi PAGE [PAGE]")
    write_video(Path(out), hand_held(pages, seconds=10, size=(1280, 720)))


if __name__ == "__main__":
    main()
