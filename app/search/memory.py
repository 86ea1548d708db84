"""What was worked out of one state of the catalogue, for whoever asks for it next."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

MOST_BYTES = 32 * 1024 * 1024


class Memory:
    """Keeps so many bytes; what was not asked for longest goes first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> object | None:
        """What was put there, if it still is."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, value: object, size: int) -> None:
        """Keep this, which takes so many bytes."""
        with self._lock:
            if key in self._kept or size > self._most:
                return
            self._kept[key] = value, size
            self._size += size
            while self._size > self._most:
                _, (_, freed) = self._kept.popitem(last=False)
                self._size -= freed
