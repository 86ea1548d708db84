"""Arrays that grow at their end, and the smallest of many: what numpy leaves to be said."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int32]
LongIntegers: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.intp]
"""Of software: their places in all columns."""
Floats: TypeAlias = NDArray[np.float64]

ROOM = 1.25
"""How much longer a full array is made than it has to be."""


def extended(array: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
    """The array with `more` behind it. The array itself stays as it is, and is hardly ever copied.

    The room behind it belongs to whoever extends it last: only its newest extension may be extended.
    """
    length, room = len(array) + len(more), array.base
    if not isinstance(room, np.ndarray) or len(room) < length:
        room = np.empty(int(length * ROOM) + 16, array.dtype)
        room[: len(array)] = array
    room[len(array) : length] = more
    return room[:length]


def smallest(
    keys: NDArray[np.signedinteger],
    ties: Callable[[Numbers], NDArray[np.signedinteger]],
    number: int,
) -> Numbers:
    """Where the smallest keys are, in order; the smaller tie comes first among equal keys.

    `ties` gives those at these places: it is asked for few.
    """
    if len(keys) > number:
        limit = np.partition(keys, number - 1)[number - 1]
        below, level = np.flatnonzero(keys < limit), np.flatnonzero(keys == limit)
        wanted = number - len(below)
        if len(level) > wanted:
            level = level[np.argpartition(ties(level), wanted - 1)[:wanted]]
        places = np.concatenate([below, level])
    else:
        places = np.arange(len(keys))
    return places[np.lexsort((ties(places), keys[places]))]
