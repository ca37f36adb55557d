"""A road network as arrays in one file: versioned, checksummed, memory-mapped.

The file: eight bytes of magic, the header's length, the header (JSON: what the arrays are and where, where they come
from), then the arrays, each on a page of its own so that they are mapped as they lie.
"""

import hashlib
import json
import os
import struct
import tempfile
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"HWROADS1"
PAGE = 4096
MOST_HEADER = 1 << 16
_LENGTH = struct.Struct("<Q")


class GraphUnusable(Exception):
    """The file is missing, torn, or of another version."""


@dataclass(frozen=True, slots=True)
class Roads:
    """The network. Crossings are numbered; edges lead from crossing to crossing, sorted by where they begin.

    Edges: those from crossing i are `starts[i]:starts[i + 1]` of `ends`, `seconds`, `metres`; the same by where they
    end in `in_starts`, `in_begins`, `in_seconds`. Shape points lie along the roads every few metres: `lat`, `lon`, the
    crossings before and after (`back`, `ahead`), seconds and metres from the one before, those of the whole road, and
    whether it may be driven onwards and backwards.
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    seconds: NDArray[np.float64]
    metres: NDArray[np.float32]
    in_starts: NDArray[np.int32]
    in_begins: NDArray[np.int32]
    in_seconds: NDArray[np.float64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    road: NDArray[np.int32]
    back: NDArray[np.int32]
    ahead: NDArray[np.int32]
    so_far_s: NDArray[np.float32]
    so_far_m: NDArray[np.float32]
    whole_s: NDArray[np.float32]
    whole_m: NDArray[np.float32]
    onwards: NDArray[np.bool_]
    backwards: NDArray[np.bool_]

    @property
    def crossings(self) -> int:
        """How many there are."""
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class About:
    """Where a graph file comes from."""

    source: str
    built_at: datetime
    crossings: int
    edges: int
    size: int


def write(path: Path, roads: Roads, source: str, built_at: datetime) -> About:
    """Write the file whole, or not at all."""
    arrays, at = {}, 0
    for field in fields(roads):
        array = getattr(roads, field.name)
        arrays[field.name] = {"dtype": array.dtype.str, "length": len(array), "at": at}
        at += -(-array.nbytes // PAGE) * PAGE
    header: dict[str, Any] = {
        "source": source,
        "built_at": built_at.isoformat(),
        "arrays": arrays,
        "crossings": roads.crossings,
        "edges": len(roads.ends),
    }
    header["sha256"] = _digest(header, roads)
    packed = json.dumps(header).encode()
    begin = _payload_at(len(packed))
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(MAGIC + _LENGTH.pack(len(packed)) + packed)
        for name, told in arrays.items():
            draft.seek(begin + told["at"])
            draft.write(getattr(roads, name).tobytes())
        draft.truncate(begin + at)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)
    return About(source, built_at, roads.crossings, len(roads.ends), begin + at)


def about(path: Path) -> About:
    """What a file says of itself; its arrays are not looked at. Raises GraphUnusable."""
    header, _ = _header(path)
    built = datetime.fromisoformat(header["built_at"])
    return About(header["source"], built, header["crossings"], header["edges"], path.stat().st_size)


def load(path: Path) -> Roads:
    """Map the file into memory, after checking every byte of it. Raises GraphUnusable."""
    header, begin = _header(path)
    mapped: dict[str, NDArray[Any]] = {}
    try:
        for field in fields(Roads):
            told = header["arrays"][field.name]
            lies = np.memmap(path, dtype=told["dtype"], mode="r", offset=begin + told["at"], shape=(told["length"],))
            mapped[field.name] = np.asarray(lies)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise GraphUnusable(f"{path} is torn: {error}") from error
    roads = Roads(**mapped)
    if header.pop("sha256", "") != _digest(header, roads):
        raise GraphUnusable(f"{path} is damaged: its checksum does not fit")
    return roads


def _digest(header: dict[str, Any], roads: Roads) -> str:
    """Of the header but the digest itself, and of every array."""
    digest = hashlib.sha256(json.dumps(header).encode())
    for field in fields(roads):
        digest.update(np.ascontiguousarray(getattr(roads, field.name)).data)
    return digest.hexdigest()


def _header(path: Path) -> tuple[dict[str, Any], int]:
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise GraphUnusable(f"{path} is no road graph of this version: build it anew")
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            header: dict[str, Any] = json.loads(file.read(min(length, MOST_HEADER)))
    except FileNotFoundError as error:
        raise GraphUnusable(f"{path} does not exist: `homeward roads build FILE.osm.pbf` makes it") from error
    except (OSError, ValueError, struct.error) as error:
        raise GraphUnusable(f"{path} cannot be read: {error}") from error
    return header, _payload_at(length)


def _payload_at(header_length: int) -> int:
    return -(-(len(MAGIC) + _LENGTH.size + header_length) // PAGE) * PAGE
