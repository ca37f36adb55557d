"""A local PMTiles file of map pictures: is it one that browsers can draw?"""

from pathlib import Path

HEADER = 127
_TYPE_AT = 99
_PICTURES = frozenset({2, 3, 4, 5})  # PNG, JPEG, WebP, AVIF; 1 are vectors


def tile_file_fault(path: Path) -> str:
    """What is wrong with the file; empty when nothing is."""
    try:
        with path.open("rb") as file:
            head = file.read(HEADER)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if len(head) < HEADER or head[:7] != b"PMTiles" or head[7] != 3:
        return f"{path} is no PMTiles file of version 3"
    return "" if head[_TYPE_AT] in _PICTURES else f"{path} holds no pictures but vectors or something unknown"
