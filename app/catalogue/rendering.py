"""A description as it is stored: what takes long to make of it, and needs nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from app.catalogue import documents, wording
from app.publiccode import Description


@dataclass(frozen=True)
class Rendering:
    """Its text, and its words unless it is known what it is `found_by`: made when first asked for."""

    description: Description
    found_by: Mapping[str, str] | None = None

    @cached_property
    def text(self) -> str:
        """As JSON."""
        return documents.description_json(self.description)

    @cached_property
    def words(self) -> Mapping[str, str]:
        """By what it is found."""
        return self.found_by or wording.search_words(self.description)
