"""The shipped networks, which need no check and no trial. A test says when one is missing here."""

KNOWN = frozenset(
    {
        "9141fab713b50d3bf3ed5c2fd5bf35b8d3715f87417b6bf635fe1155052f94a4",  # hwr62
        "66be69f511459df25a18161a26cefa2b8c1a1981c721c17de7deedb41746131b",  # lines
        "b6b21e3dfee83d7663f8e62dc103c5db6c5361ddeacef2c450e1bce7186ee255",  # mnist
        "d99ddf40632b05e8b27ffc43933cb527f9f0bf34b3ae3075a4a20ca69b1d821b",  # mnist-cnn
        "2120fd10896e307111a56f24342bb1cd9174c597d551640de06c34c4f6ad38aa",  # mnist-dense
        "e91dbffa7f6ab89a7986aab441303243a62e099dc8406884725f078b7a03218f",  # pages
    }
)
"""Digests of the shipped LiteRT files and of what they are to take."""
