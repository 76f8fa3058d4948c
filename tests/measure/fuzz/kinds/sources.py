"""What ``camera --source`` is given: names, patterns, addresses and playlists that lead nowhere."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.measure.fuzz.damage import Chance
from tests.measure.fuzz.programs import Case, remembered, run

_PIECES = (
    *("%", "%d", "%04d", "%0999999999999d", "[", "]", "*", "**", "?", "\0", "\n", "\x1b[31m", "é"),
    *("9" * 5000, "x" * 300, "/", "../", "//", ".png", ".avi", ".m3u8", "-", "٣", "\udcff", " "),
)
_SCHEMES = ("http", "https", "rtsp", "rtmp", "udp", "file", "s3", "concat", "data", "x")
_HOSTS = (
    *("127.0.0.1", "[::1", "[::1]", "[v9.x]", "a..b", "x" * 70, "h:99999", "h:-1", "h:x", "h:"),
    *("", "ann:secret@", "ann:sec@ret@127.0.0.1", "é" * 40, "%00", "127.0.0.1:1"),
)


def sources(folder: Path) -> Case:
    """Names of sources made of hostile pieces, and playlists of them; no secret is told."""
    remembered()
    deaf = socket.create_server(("127.0.0.1", 0))  # takes connections and says nothing
    port = deaf.getsockname()[1]

    def case(chance: Chance) -> tuple[int, list[str]]:
        def one(choices: tuple[str, ...]) -> str:
            return choices[int(chance.integers(len(choices)))]

        def address() -> str:
            host = f"127.0.0.1:{port}" if chance.random() < 0.02 else one(_HOSTS)
            return f"{one(_SCHEMES)}://{host}/{one(_PIECES)}"

        way = chance.random()
        if way < 0.5:
            name = "".join(one(_PIECES) for _ in range(int(chance.integers(1, 6))))
        elif way < 0.9:
            name = address()
        else:
            name = str(folder / "a.m3u8")
            lines = ["#EXTM3U", f"#EXT-X-TARGETDURATION:{int(chance.integers(-1, 3))}"]
            lines += [f"#EXTINF:1,\n{address()}" for _ in range(int(chance.integers(3)))]
            Path(name).write_text("\n".join(lines), errors="surrogateescape")
        status, lines = run("camera", f"--source={name}", "--no-window", "--model", "mnist")
        assert not any("secret" in line or "ret@" in line for line in lines), lines
        return status, lines

    return case
