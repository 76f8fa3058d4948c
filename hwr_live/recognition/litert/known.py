"""The shipped networks, which need no check and no trial. A test says when one is missing here."""

KNOWN = frozenset(
    {
        "a9e3be8975857a99536e90fd7726c4306f8551595aef81af70a5a2ae03361dba",  # hwr62
        "15fe0ec32ebf6201a0c38958c345c4f88a23d9dd3bc202e7aa9d88221a793800",  # hwr62-free
        "d30232a23b23f91fc0ca992346753f57d68c819f8cf70e05fe09e5790c771590",  # lines
        "9275c7f3ede59f96f7bfb7acdf8b7227218482ef95c8079e605b33bb1d530e53",  # lines-free
        "b6b21e3dfee83d7663f8e62dc103c5db6c5361ddeacef2c450e1bce7186ee255",  # mnist
        "d99ddf40632b05e8b27ffc43933cb527f9f0bf34b3ae3075a4a20ca69b1d821b",  # mnist-cnn
        "2120fd10896e307111a56f24342bb1cd9174c597d551640de06c34c4f6ad38aa",  # mnist-dense
        "114c2c2abc1b6fd36022991b7683e45981180f69515e7633581b66151dcf5cdd",  # pages
    }
)
"""Digests of the shipped LiteRT files and of what they are to take."""
