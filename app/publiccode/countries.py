"""Sections of single countries, one class each with its parts.

Only Italy has one. The standard deprecates it since 0.7: what it said is now said by `organisation`
and `supports`.
"""

from dataclasses import dataclass, field

from app.publiccode.shape import Kind, wire


@dataclass(frozen=True, slots=True)
class Conformity:
    """`conforme`: compliance with Italian rules (deprecated)."""

    design_guidelines: bool | None = field(
        default=None, metadata=wire("lineeGuidaDesign", Kind.FLAG)
    )
    interoperability_model: bool | None = field(
        default=None, metadata=wire("modelloInteroperabilita", Kind.FLAG)
    )
    minimum_security_measures: bool | None = field(
        default=None, metadata=wire("misureMinimeSicurezza", Kind.FLAG)
    )
    gdpr: bool | None = field(default=None, metadata=wire("gdpr", Kind.FLAG))


@dataclass(frozen=True, slots=True)
class Reuse:
    """`riuso`: the administration that puts the software in reuse."""

    ipa_code: str | None = field(default=None, metadata=wire("codiceIPA"))


@dataclass(frozen=True, slots=True)
class Platforms:
    """`piattaforme`: national platforms which the software is integrated with."""

    spid: bool | None = field(default=None, metadata=wire("spid", Kind.FLAG))
    pagopa: bool | None = field(default=None, metadata=wire("pagopa", Kind.FLAG))
    cie: bool | None = field(default=None, metadata=wire("cie", Kind.FLAG))
    anpr: bool | None = field(default=None, metadata=wire("anpr", Kind.FLAG))
    io: bool | None = field(default=None, metadata=wire("io", Kind.FLAG))


@dataclass(frozen=True, slots=True)
class Italy:
    """The `IT` section."""

    extension_version: str | None = field(default=None, metadata=wire("countryExtensionVersion"))
    conformity: Conformity | None = field(
        default=None, metadata=wire("conforme", Kind.SECTION, Conformity)
    )
    reuse: Reuse = field(default=Reuse(), metadata=wire("riuso", Kind.SECTION, Reuse))
    platforms: Platforms = field(
        default=Platforms(), metadata=wire("piattaforme", Kind.SECTION, Platforms)
    )
