"""A description as it is stored: what takes long to make of it, and needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.catalogue import documents, mapping, wording
from app.catalogue.mapping import Row
from app.publiccode import Description


@dataclass(frozen=True)
class Rendering:
    """Each is made when first asked for, and is pickled with what was made of it until then."""

    description: Description

    def complete(self) -> "Rendering":
        """The same, with all of it made."""
        for name, value in vars(Rendering).items():
            if isinstance(value, cached_property):
                getattr(self, name)
        return self

    @cached_property
    def text(self) -> str:
        """As JSON."""
        return documents.description_json(self.description)

    @cached_property
    def hash(self) -> str:
        """Of the text."""
        return documents.content_hash(self.text.encode())

    @cached_property
    def words(self) -> Mapping[str, str]:
        """By what it is found."""
        return wording.search_words(self.description)

    @cached_property
    def columns(self) -> Mapping[str, Any]:
        """What the row of its software says of it."""
        return mapping.columns(self.description)

    @cached_property
    def parts(self) -> Mapping[str, Sequence[Row]]:
        """`{table: rows}` beside that one."""
        return mapping.parts(self.description)

    @cached_property
    def organisations(self) -> Mapping[str, str | None]:
        """`{URI: name}` of those that it names."""
        return mapping.organisations(self.description)

    @cached_property
    def name_starts(self) -> Sequence[Row]:
        """How its names begin."""
        return list(mapping.name_starts(self.description))
