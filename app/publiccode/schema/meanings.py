"""What each key of the standard means, in a sentence for its author: shown by editors, through the JSON Schema."""

from collections.abc import Mapping
from typing import NamedTuple

from app.publiccode.countries import Conformity, Italy, Platforms, Reuse
from app.publiccode.model import (
    Contact,
    Contractor,
    Dependencies,
    Dependency,
    Description,
    IntendedAudience,
    Legal,
    Localisation,
    Maintenance,
    Organisation,
    Support,
    Texts,
)


class Meaning(NamedTuple):
    """A key in a few words, and in a sentence or two."""

    title: str
    sentence: str


MEANINGS: Mapping[type, Mapping[str, Meaning]] = {
    Description: {
        "publiccodeYmlVersion": Meaning(
            "Version of the standard",
            'The version of publiccode.yml that this file follows, in quotes: "0" is the latest 0.x.',
        ),
        "name": Meaning(
            "Name", "The name of the software, as people know it, with acronyms written out."
        ),
        "applicationSuite": Meaning(
            "Application suite", "The name of the suite that the software belongs to."
        ),
        "url": Meaning(
            "Repository", "Where the source code is; git clone works with this address."
        ),
        "landingURL": Meaning(
            "Landing page",
            "A page for users: the running software, its site, or where to download it.",
        ),
        "isBasedOn": Meaning(
            "Based on",
            "The repository, or repositories, that this software is a variant or fork of.",
        ),
        "softwareVersion": Meaning(
            "Version", "The latest stable version of the software, in quotes: “1.10” is not 1.1."
        ),
        "releaseDate": Meaning(
            "Release date", "The day on which that version was released, as YYYY-MM-DD."
        ),
        "logo": Meaning(
            "Logo", "Path from the top of the repository, or address, of an SVG or PNG image."
        ),
        "monochromeLogo": Meaning(
            "Monochrome logo", "Path or address of a black-and-white logo. Use logo."
        ),
        "organisation": Meaning(
            "Organisation", "The public body that publishes the software and stands behind it."
        ),
        "inputTypes": Meaning(
            "Input types", "MIME types that the software reads. This can be removed."
        ),
        "outputTypes": Meaning(
            "Output types", "MIME types that the software writes. This can be removed."
        ),
        "platforms": Meaning(
            "Platforms",
            "Where the software runs: web, linux, windows, mac, android, ios, or others.",
        ),
        "categories": Meaning(
            "Categories", "What the software is for, in words of the standard's list."
        ),
        "usedBy": Meaning("Used by", "Names of public bodies that use the software."),
        "fundedBy": Meaning(
            "Funded by", "Organisations that paid for the software, or a part of it."
        ),
        "roadmap": Meaning("Roadmap", "A public page that says what is planned."),
        "developmentStatus": Meaning(
            "Development status",
            "How far the software is: concept, development, beta, stable, or obsolete.",
        ),
        "softwareType": Meaning(
            "Software type",
            "What kind of software it is: of its own (standalone), an addon, a library, or "
            "configuration files.",
        ),
        "supports": Meaning(
            "Supports", "Laws, standards and platforms that the software supports."
        ),
        "intendedAudience": Meaning(
            "Intended audience", "For which fields and countries the software is made."
        ),
        "description": Meaning(
            "Description", "What the software does, by language: its tag, such as en, is the key."
        ),
        "legal": Meaning("Legal", "The licence and who holds the copyright."),
        "maintenance": Meaning("Maintenance", "Who maintains the software, and how."),
        "localisation": Meaning(
            "Localisation", "The languages of the software's own user interface."
        ),
        "dependsOn": Meaning(
            "Depends on", "Software and hardware without which it does not run, or runs less well."
        ),
        "IT": Meaning(
            "Italy",
            "The Italian section, deprecated since 0.7. Use organisation.uri and supports.",
        ),
        "it": Meaning("Italy", "The Italian section under its old key. Use IT."),
    },
    Organisation: {
        "name": Meaning("Name", "The name of the organisation."),
        "uri": Meaning(
            "URI",
            "What identifies the organisation: its web address, or a URN such as "
            "urn:x-italian-pa:<code> for an Italian administration.",
        ),
    },
    Support: {
        "id": Meaning(
            "Identifier", "An alias of the standard's list, such as alias:gdpr, or a URI."
        ),
    },
    IntendedAudience: {
        "scope": Meaning(
            "Scope", "Fields that the software is made for, in words of the standard's list."
        ),
        "countries": Meaning(
            "Countries", "Countries it is made for, as ISO 3166-1 alpha-2 codes in capitals."
        ),
        "unsupportedCountries": Meaning(
            "Unsupported countries",
            "Countries where it cannot be used, for instance because of their law.",
        ),
    },
    Texts: {
        "localisedName": Meaning("Localised name", "The name of the software in this language."),
        "genericName": Meaning(
            "Generic name", "The kind of software in a few words. This can be removed."
        ),
        "shortDescription": Meaning(
            "Short description", "What the software does, in a sentence of at most 150 characters."
        ),
        "longDescription": Meaning(
            "Long description",
            "What it does, for whom, and how: 150 to 10,000 characters, of which some Markdown.",
        ),
        "documentation": Meaning("Documentation", "Address of the documentation for users."),
        "apiDocumentation": Meaning(
            "API documentation", "Address of the documentation for programmers."
        ),
        "features": Meaning("Features", "What the software can do, a few words for each."),
        "screenshots": Meaning(
            "Screenshots", "Paths from the top of the repository, or addresses, of images."
        ),
        "videos": Meaning("Videos", "Addresses of videos that can be embedded through oEmbed."),
        "awards": Meaning("Awards", "What the software has been distinguished with."),
    },
    Legal: {
        "license": Meaning("Licence", "An SPDX expression: EUPL-1.2, or several with AND and OR."),
        "mainCopyrightOwner": Meaning(
            "Main copyright owner", "Who holds the copyright in most of the code."
        ),
        "repoOwner": Meaning(
            "Repository owner", "Who publishes the repository. Use organisation.name."
        ),
        "authorsFile": Meaning("Authors file", "Path of a list of authors. This can be removed."),
    },
    Maintenance: {
        "type": Meaning(
            "Type",
            "Who maintains the software: the owner's own staff (internal), a firm under contract, a "
            "community, or nobody (none).",
        ),
        "contractors": Meaning(
            "Contractors", "The firms, required where the type is contract and only allowed there."
        ),
        "contacts": Meaning(
            "Contacts", "Who answers questions; required where the type is internal or community."
        ),
    },
    Contractor: {
        "name": Meaning("Name", "The name of the firm."),
        "email": Meaning("E-mail", "Its e-mail address."),
        "website": Meaning("Web site", "Its web site."),
        "until": Meaning("Until", "The last day of the contract, as YYYY-MM-DD."),
    },
    Contact: {
        "name": Meaning("Name", "The full name of the person."),
        "email": Meaning("E-mail", "The e-mail address of the person, or of a team."),
        "affiliation": Meaning("Affiliation", "The organisation that the person belongs to."),
        "phone": Meaning("Phone", "A telephone number with its country code, in quotes."),
    },
    Localisation: {
        "localisationReady": Meaning(
            "Localisation ready", "Whether the interface is prepared for other languages."
        ),
        "availableLanguages": Meaning(
            "Available languages", "The languages it can be used in, as BCP 47 tags."
        ),
    },
    Dependencies: {
        "open": Meaning("Open", "Dependencies under an open licence."),
        "proprietary": Meaning("Proprietary", "Dependencies under a proprietary licence."),
        "hardware": Meaning("Hardware", "Devices that it needs, such as card readers."),
    },
    Dependency: {
        "name": Meaning("Name", "What it depends on."),
        "versionMin": Meaning("Lowest version", "The first version that will do, in quotes."),
        "versionMax": Meaning("Highest version", "The last version that will do, in quotes."),
        "optional": Meaning("Optional", "Whether it runs without."),
        "version": Meaning("Version", "The only version that will do, in quotes."),
    },
    Italy: {
        "countryExtensionVersion": Meaning(
            "Version of the extension", 'The version of the Italian section: "1.0", in quotes.'
        ),
        "conforme": Meaning(
            "Conformity", "Italian rules it complies with. Use supports, or remove it."
        ),
        "riuso": Meaning("Reuse", "The administration that puts the software in reuse."),
        "piattaforme": Meaning(
            "Platforms", "National platforms it is integrated with. Better told by supports."
        ),
    },
    Conformity: {
        "lineeGuidaDesign": Meaning(
            "Design guidelines", "Whether it follows the design guidelines for public services."
        ),
        "modelloInteroperabilita": Meaning(
            "Interoperability model", "Whether it follows the interoperability model."
        ),
        "misureMinimeSicurezza": Meaning(
            "Security measures", "Whether it takes the minimum ICT security measures."
        ),
        "gdpr": Meaning("GDPR", "Whether it respects the GDPR. Use supports with alias:gdpr."),
    },
    Reuse: {
        "codiceIPA": Meaning(
            "iPA code",
            "The administration's code in the Italian index. Use organisation.uri with "
            "urn:x-italian-pa:<code>.",
        ),
    },
    Platforms: {
        "spid": Meaning("SPID", "Digital identity. Better told by supports with alias:spid."),
        "pagopa": Meaning("pagoPA", "Payments. Better told by supports with alias:pagopa."),
        "cie": Meaning("CIE", "Electronic identity card. Better told by supports with alias:cie."),
        "anpr": Meaning("ANPR", "Population register. Better told by supports with alias:anpr."),
        "io": Meaning("IO", "The app of public services. Better told by supports with alias:io."),
    },
}
