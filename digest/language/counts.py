"""Numbers of things, said in English."""


def counted(count: int, one: str, many: str) -> str:
    """Say a number of things: `1 story`, `2 stories`, `1,200 stories`."""
    return f"{count:,} {one if count == 1 else many}"
