"""What suggestions are made of: how names begin, and which words the catalogue knows."""

from sqlalchemy import Index, Text
from sqlmodel import Field

from app.catalogue.tables.description import SoftwarePart
from app.catalogue.tables.software import BytewiseText
from app.database import Table


class NameStart(Table):
    """Folded words with which somebody may begin to type a name.

    "Storåbro kommun" starts with `storabro kommun`, which is its `opening`, and with `kommun`.
    """

    position: int = Field(primary_key=True)
    start: str = Field(sa_type=BytewiseText)
    opening: bool
    name: str = Field(sa_type=Text)


class SoftwareNameStart(NameStart, SoftwarePart, table=True):
    """`language` is that of a localised name; the name itself has none."""

    __tablename__ = "software_name_starts"
    __table_args__ = (Index("ix_software_name_starts_opening_start", "opening", "start"),)

    language: str


class OrganisationPart(Table):
    """A row that goes with its organisation."""

    uri: str = Field(foreign_key="organisations.uri", ondelete="CASCADE", primary_key=True)


class OrganisationNameStart(NameStart, OrganisationPart, table=True):
    __tablename__ = "organisation_name_starts"
    __table_args__ = (Index("ix_organisation_name_starts_opening_start", "opening", "start"),)


class VocabularyWord(Table, table=True):
    """A word as people spell it, in small letters, and how many software use it."""

    __tablename__ = "vocabulary"

    spelling: str = Field(sa_type=BytewiseText, primary_key=True)
    folded: str = Field(sa_type=BytewiseText, index=True)
    documents: int


class VocabularyTrigram(Table, table=True):
    """Three letters of a folded word in a row; `length` is that of the word.

    A table of our own rather than an index of the engine: both engines give the same candidates,
    and PostgreSQL needs no extension.
    """

    __tablename__ = "vocabulary_trigrams"
    __table_args__ = ({"sqlite_with_rowid": False},)

    trigram: str = Field(sa_type=BytewiseText, primary_key=True)
    length: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    spelling: str = Field(sa_type=BytewiseText, primary_key=True)
