"""“Did you mean …?”: the word of a list that a misspelt one most likely stands for."""

from collections.abc import Collection
from functools import lru_cache

_LONGEST = 64


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that differs only in case and punctuation, or in very few letters."""
    if not word or len(word) > _LONGEST:
        return None
    return _nearest(word, tuple(known))


@lru_cache(maxsize=2048)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    folded = _folded(word)
    for one in known:
        if _folded(one) == folded:
            return one
    allowed = 1 if len(folded) < 6 else 2 if len(folded) < 12 else 3
    best: str | None = None
    for one in known:
        apart = distance(folded, _folded(one), allowed)
        if (apart <= allowed and folded[:1] == _folded(one)[:1]) or (
            apart == 1 and len(folded) > 3
        ):
            best, allowed = one, apart - 1
            if allowed < 1:
                break
    return best


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))


def distance(first: str, second: str, most: int) -> int:
    """Letters to insert, remove, replace or swap; any number above `most` once it is exceeded."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    return _distances(first, second, most)[-1]


def distance_of_beginning(begun: str, whole: str, most: int) -> int:
    """The same from a word to the nearest beginning of another one."""
    return min(_distances(begun, whole[: len(begun) + most], most))


def _distances(first: str, second: str, most: int) -> list[int]:
    """How far a word is from each beginning of another one, from the empty one on."""
    earlier: list[int] = []
    previous = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        current = [row]
        for column, other in enumerate(second, 1):
            cost = min(
                previous[column] + 1,
                current[-1] + 1,
                previous[column - 1] + (letter != other),
            )
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                cost = min(cost, earlier[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return [most + 1]
        earlier, previous = previous, current
    return previous
