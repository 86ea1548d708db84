"""What was worked out of one state of the catalogue, for whoever asks for it next."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """What was worked out, its size in bytes, and whether it is of use to later states as well."""

    value: object
    size: int
    lasts: bool


class Memory:
    """Keeps so many bytes; what was not asked for longest goes first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> object | None:
        """What was put there, if it still is."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key].value

    def put(self, key: Hashable, value: object, size: int, *, lasts: bool = False) -> None:
        """Keep this, which takes so many bytes."""
        if size > self._most:
            return
        with self._lock:
            self._forget(key)
            self._kept[key] = Kept(value, size, lasts)
            self._size += size
            while self._size > self._most:
                self._forget(next(iter(self._kept)))

    def lasting(self) -> "Memory":
        """What later states begin with."""
        memory = Memory(self._most)
        with self._lock:
            memory._kept.update((key, kept) for key, kept in self._kept.items() if kept.lasts)
        memory._size = sum(kept.size for kept in memory._kept.values())
        return memory

    def _forget(self, key: Hashable) -> None:
        if kept := self._kept.pop(key, None):
            self._size -= kept.size
