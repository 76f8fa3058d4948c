"""Messages tell no password."""

from __future__ import annotations

import pytest

from hwr_live.errors import HwrError, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("page.jpg: a:b@c", "page.jpg: a:b@c"),
        ("http://host:80/a@b", "http://host:80/a@b"),
        ("rtsp://ann@host/", "rtsp://ann@host/"),
        ("rtsp://ann:secret@host/", "rtsp://ann:***@host/"),
        ("rtsp://:secret@host/", "rtsp://:***@host/"),
        ("rtsp://ann:sec@ret:@host:554/x", "rtsp://ann:***@host:554/x"),
        ("s3://k:secret@a/ and ftp://b:secret@c", "s3://k:***@a/ and ftp://b:***@c"),
        ("http://h/?user=a&pwd=secret&n=1", "http://h/?user=a&pwd=***&n=1"),
        ("http://h/?X-Amz-Signature=1&sig=secret#x", "http://h/?X-Amz-Signature=***&sig=***#x"),
        (
            "cannot read https://h/?access_token=secret: gone",
            "cannot read https://h/?access_token=*** gone",
        ),
    ],
)
def test_no_message_tells_a_password(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert str(HwrError(text)) == shown
    assert "secret" not in str(HwrError(text * 60))
