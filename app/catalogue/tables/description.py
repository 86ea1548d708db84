"""The normalised description of a software, in rows that can be searched and counted."""

from sqlalchemy import JSON, Text
from sqlmodel import Field

from app.database import Table


class SoftwarePart(Table):
    """A row that holds a part of the description, and goes with its software."""

    software_id: str = Field(foreign_key="software.id", ondelete="CASCADE", primary_key=True)


class SoftwareText(SoftwarePart, table=True):
    """The description in one language; lists are JSON."""

    __tablename__ = "software_texts"

    language: str = Field(primary_key=True)
    localised_name: str | None
    generic_name: str | None
    short_description: str | None = Field(sa_type=Text)
    long_description: str | None = Field(sa_type=Text)
    documentation: str | None
    api_documentation: str | None
    features: list[str] = Field(sa_type=JSON)
    screenshots: list[str] = Field(sa_type=JSON)
    videos: list[str] = Field(sa_type=JSON)
    awards: list[str] = Field(sa_type=JSON)


class SoftwareTerm(SoftwarePart):
    """One of several plain values of a software; the order is that of the file."""

    position: int = Field(primary_key=True)
    value: str = Field(index=True)


class SoftwareCategory(SoftwareTerm, table=True):
    __tablename__ = "software_categories"


class SoftwarePlatform(SoftwareTerm, table=True):
    __tablename__ = "software_platforms"


class SoftwareScope(SoftwareTerm, table=True):
    __tablename__ = "software_scopes"


class SoftwareLanguage(SoftwareTerm, table=True):
    """A language the software is available in."""

    __tablename__ = "software_languages"


class SoftwareLicence(SoftwareTerm, table=True):
    """A licence named in the SPDX expression."""

    __tablename__ = "software_licences"


class SoftwareUser(SoftwareTerm, table=True):
    """Somebody named in `usedBy`."""

    __tablename__ = "software_users"


class SoftwareSupport(SoftwareTerm, table=True):
    """An id under `supports`."""

    __tablename__ = "software_supports"


class SoftwareBasis(SoftwareTerm, table=True):
    """An address under `isBasedOn`."""

    __tablename__ = "software_bases"


class SoftwareCountry(SoftwarePart, table=True):
    """A country the software is meant for, or (`supported` false) one it does not fit."""

    __tablename__ = "software_countries"

    country: str = Field(primary_key=True)
    supported: bool = Field(primary_key=True)


class Organisation(Table, table=True):
    """A public body or firm, by its URI."""

    __tablename__ = "organisations"

    uri: str = Field(primary_key=True)
    name: str | None


class SoftwareOrganisation(SoftwarePart, table=True):
    """What an organisation is to a software: its `organisation`, or one of those in `fundedBy`."""

    __tablename__ = "software_organisations"

    role: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    uri: str = Field(foreign_key="organisations.uri", index=True)


class SoftwareContact(SoftwarePart, table=True):
    """A person to ask."""

    __tablename__ = "software_contacts"

    position: int = Field(primary_key=True)
    name: str | None
    email: str | None
    affiliation: str | None
    phone: str | None


class SoftwareContractor(SoftwarePart, table=True):
    """A firm that maintains the software until a date."""

    __tablename__ = "software_contractors"

    position: int = Field(primary_key=True)
    name: str | None
    email: str | None
    website: str | None
    until: str | None = Field(index=True)


class SoftwareDependency(SoftwarePart, table=True):
    """Something the software needs; `kind` is open, proprietary or hardware."""

    __tablename__ = "software_dependencies"

    kind: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    name: str | None = Field(index=True)
    version: str | None
    version_min: str | None
    version_max: str | None
    optional: bool | None


class SoftwareWords(Table, table=True):
    """The stemmed words of a software by weight; each engine's full-text index follows by DDL.

    Then come names as `app.words.listed` gives them, to be looked for as they are. `spellings` are
    the words that the vocabulary has learnt from this software, with blanks between.
    """

    __tablename__ = "software_words"

    id: int | None = Field(default=None, primary_key=True)
    software_id: str = Field(foreign_key="software.id", ondelete="CASCADE", unique=True)
    name: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text)
    features: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    titles: str = Field(sa_type=Text)
    organisations: str = Field(sa_type=Text)
    users: str = Field(sa_type=Text)
    dependencies: str = Field(sa_type=Text)
    spellings: str = Field(sa_type=Text)
