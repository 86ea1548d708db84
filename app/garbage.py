"""How often Python looks for objects that refer to each other and are of no use to anybody else.

All others go at once, without looking, and ours hardly ever form such circles: what a harvest makes is
a fifth slower where Python looks after each seven hundred objects, as it does by itself.
"""

import gc

OBJECTS_BETWEEN = 50_000
"""How many more there are before it looks at the new ones: about ten megabytes."""

YOUNG_BETWEEN = OLD_BETWEEN = 20
"""How often it looks at those before it looks at the older ones, and so on."""


def look_rarely() -> None:
    """For as long as this process lasts: https://docs.python.org/3/library/gc.html#gc.set_threshold"""
    gc.set_threshold(OBJECTS_BETWEEN, YOUNG_BETWEEN, OLD_BETWEEN)


def spare_what_is_loaded() -> None:
    """What there is now stays: looking at it again and again takes a twelfth of the work."""
    gc.collect()
    gc.freeze()
