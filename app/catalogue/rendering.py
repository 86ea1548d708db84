"""A description as it is stored: what takes long to make of it, and needs nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from app.catalogue import documents, mapping
from app.publiccode import Description


@dataclass(frozen=True)
class Rendering:
    """Its text and its words, each made when it is first asked for."""

    description: Description

    @cached_property
    def text(self) -> str:
        """As JSON."""
        return documents.description_json(self.description)

    @cached_property
    def words(self) -> Mapping[str, str]:
        """By what it is found."""
        return mapping.search_words(self.description)


def rendered(description: Description) -> Rendering:
    """All of it made now, before any lock is taken."""
    rendering = Rendering(description)
    _ = rendering.text, rendering.words
    return rendering
