"""What a LiteRT file may be before the interpreter sees it, which trusts what it is given."""
