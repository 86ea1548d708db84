"""For each code, a piece of a file that breaks the rule, and the same piece put right.

A piece shows only what matters: the rest of the file is thought to be there. Rules about size,
encoding and number have no example.
"""

from typing import NamedTuple


class Example(NamedTuple):
    bad: str
    good: str


EXAMPLES: dict[str, Example] = {
    "not-yaml": Example(
        bad="name: Roadworks: the map\n",
        good='name: "Roadworks: the map"\n',
    ),
    "key-twice": Example(
        bad="""\
name: Roadworks
name: The map of roadworks
""",
        good="name: Roadworks\n",
    ),
    "documents-several": Example(
        bad="""\
name: Roadworks
---
name: Bathing water
""",
        good="name: Roadworks\n",
    ),
    "version-missing": Example(
        bad="name: Roadworks\n",
        good="""\
publiccodeYmlVersion: "0"
name: Roadworks
""",
    ),
    "version-not-text": Example(
        bad="publiccodeYmlVersion: 0\n",
        good='publiccodeYmlVersion: "0"\n',
    ),
    "version-unsupported": Example(
        bad='publiccodeYmlVersion: "0.1"\n',
        good='publiccodeYmlVersion: "0"\n',
    ),
    "version-outdated": Example(
        bad='publiccodeYmlVersion: "0.2"\n',
        good='publiccodeYmlVersion: "0"\n',
    ),
    "key-unknown": Example(
        bad="landingUrl: https://roadworks.example.org\n",
        good="landingURL: https://roadworks.example.org\n",
    ),
    "key-not-text": Example(
        bad="""\
organisation:
  uri: https://storabro.example.org
  2: City of Storabro
""",
        good="""\
organisation:
  uri: https://storabro.example.org
  name: City of Storabro
""",
    ),
    "type-wrong": Example(
        bad="platforms: web\n",
        good="""\
platforms:
  - web
""",
    ),
    "alias-unresolved": Example(
        bad="name: *roadworks\n",
        good="name: Roadworks\n",
    ),
    "url-unparsable": Example(
        bad="url: git@git.example.org:storabro/roadworks.git\n",
        good="url: https://git.example.org/storabro/roadworks.git\n",
    ),
    "required": Example(
        bad="""\
legal:
  mainCopyrightOwner: City of Storabro
""",
        good="""\
legal:
  license: EUPL-1.2
  mainCopyrightOwner: City of Storabro
""",
    ),
    "too-few-items": Example(
        bad="platforms: []\n",
        good="""\
platforms:
  - web
  - android
""",
    ),
    "too-short": Example(
        bad="""\
description:
  en:
    longDescription: A map of roadworks.
""",
        good="""\
description:
  en:
    longDescription: >
      Roadworks shows residents where streets are closed, why, and until when. The works department
      draws each site once; the map, the signs and the navigation services of others follow.
""",
    ),
    "too-long": Example(
        bad="""\
description:
  en:
    shortDescription: >
      Roadworks shows residents where streets are closed, why, and until when. The works department
      draws each site once; the map, the signs and the navigation services of others follow.
""",
        good="""\
description:
  en:
    shortDescription: Where streets are closed, why, and until when
""",
    ),
    "contacts-missing": Example(
        bad="""\
maintenance:
  type: internal
""",
        good="""\
maintenance:
  type: internal
  contacts:
    - name: Works department
      email: works@storabro.example.org
""",
    ),
    "contractors-missing": Example(
        bad="""\
maintenance:
  type: contract
""",
        good="""\
maintenance:
  type: contract
  contractors:
    - name: Mapwrights Ltd
      until: 2031-12-31
""",
    ),
    "contractors-unexpected": Example(
        bad="""\
maintenance:
  type: none
  contractors:
    - name: Mapwrights Ltd
      until: 2031-12-31
""",
        good="""\
maintenance:
  type: contract
  contractors:
    - name: Mapwrights Ltd
      until: 2031-12-31
""",
    ),
    "url-invalid": Example(
        bad="url: git.example.org/storabro/roadworks\n",
        good="url: https://git.example.org/storabro/roadworks\n",
    ),
    "url-not-http": Example(
        bad="landingURL: roadworks.example.org\n",
        good="landingURL: https://roadworks.example.org\n",
    ),
    "date-invalid": Example(
        bad="releaseDate: 31.3.2026\n",
        good="releaseDate: 2026-03-31\n",
    ),
    "email-invalid": Example(
        bad="""\
maintenance:
  type: internal
  contacts:
    - name: Works department
      email: Works department <works@storabro.example.org>
""",
        good="""\
maintenance:
  type: internal
  contacts:
    - name: Works department
      email: works@storabro.example.org
""",
    ),
    "mime-type-invalid": Example(
        bad="inputTypes: [csv]\n",
        good="inputTypes: [text/csv]\n",
    ),
    "language-invalid": Example(
        bad="""\
localisation:
  localisationReady: true
  availableLanguages: [eng, sv_SE]
""",
        good="""\
localisation:
  localisationReady: true
  availableLanguages: [en, sv-SE]
""",
    ),
    "licence-unknown": Example(
        bad="""\
legal:
  license: EUPL 1.2
""",
        good="""\
legal:
  license: EUPL-1.2
""",
    ),
    "country-unknown": Example(
        bad="""\
intendedAudience:
  countries: [Sweden, UK]
""",
        good="""\
intendedAudience:
  countries: [SE, GB]
""",
    ),
    "organisation-uri-invalid": Example(
        bad="""\
organisation:
  uri: City of Storabro
""",
        good="""\
organisation:
  name: City of Storabro
  uri: https://storabro.example.org
""",
    ),
    "ipa-code-unknown": Example(
        bad="""\
organisation:
  uri: urn:x-italian-pa:Roma
""",
        good="""\
organisation:
  uri: urn:x-italian-pa:c_h501
""",
    ),
    "supports-alias-unknown": Example(
        bad="""\
supports:
  - id: alias:eIDAS
""",
        good="""\
supports:
  - id: alias:eidas
""",
    ),
    "supports-uri-invalid": Example(
        bad="""\
supports:
  - id: eidas
""",
        good="""\
supports:
  - id: alias:eidas
""",
    ),
    "video-provider-unknown": Example(
        bad="""\
description:
  en:
    videos:
      - https://storabro.example.org/roadworks.mp4
""",
        good="""\
description:
  en:
    videos:
      - https://vimeo.com/123456789
""",
    ),
    "path-absolute": Example(
        bad="logo: /img/logo.svg\n",
        good="logo: img/logo.svg\n",
    ),
    "path-is-file-url": Example(
        bad="logo: file:///home/storabro/logo.svg\n",
        good="logo: img/logo.svg\n",
    ),
    "category-unknown": Example(
        bad="categories: [maps]\n",
        good="categories: [geographic-information-systems]\n",
    ),
    "scope-unknown": Example(
        bad="""\
intendedAudience:
  scope: [Transport]
""",
        good="""\
intendedAudience:
  scope: [transportation]
""",
    ),
    "development-status-unknown": Example(
        bad="developmentStatus: released\n",
        good="developmentStatus: stable\n",
    ),
    "software-type-unknown": Example(
        bad="softwareType: web\n",
        good="softwareType: standalone/web\n",
    ),
    "maintenance-type-unknown": Example(
        bad="""\
maintenance:
  type: nobody
""",
        good="""\
maintenance:
  type: none
""",
    ),
    "extension-version-unknown": Example(
        bad="""\
IT:
  countryExtensionVersion: 1.0
""",
        good="""\
IT:
  countryExtensionVersion: "1.0"
""",
    ),
    "key-deprecated": Example(
        bad="monochromeLogo: img/logo.svg\n",
        good="logo: img/logo.svg\n",
    ),
    "country-lowercase": Example(
        bad="""\
intendedAudience:
  countries: [se]
""",
        good="""\
intendedAudience:
  countries: [SE]
""",
    ),
    "italy-twice": Example(
        bad="""\
IT:
  piattaforme:
    spid: true
it:
  piattaforme:
    cie: true
""",
        good="""\
IT:
  piattaforme:
    spid: true
    cie: true
""",
    ),
    "section-outdated": Example(
        bad="""\
IT:
  piattaforme:
    spid: true
""",
        good="""\
supports:
  - id: alias:spid
""",
    ),
    "text-blank": Example(
        bad='softwareVersion: " "\n',
        good='softwareVersion: "1.0"\n',
    ),
    "item-empty": Example(
        bad="""\
usedBy:
  - City of Storabro
  -
""",
        good="""\
usedBy:
  - City of Storabro
""",
    ),
    "item-twice": Example(
        bad="platforms: [web, linux, web]\n",
        good="platforms: [web, linux]\n",
    ),
    "number-rewritten": Example(
        bad="softwareVersion: 1.10\n",
        good='softwareVersion: "1.10"\n',
    ),
    "platform-unusual": Example(
        bad="platforms: [Web]\n",
        good="platforms: [web]\n",
    ),
    "contract-ended": Example(
        bad="""\
maintenance:
  type: contract
  contractors:
    - name: Mapwrights Ltd
      until: 2019-12-31
""",
        good="""\
maintenance:
  type: contract
  contractors:
    - name: Mapwrights Ltd
      until: 2031-12-31
""",
    ),
    "licence-deprecated": Example(
        bad="""\
legal:
  license: AGPL-3.0
""",
        good="""\
legal:
  license: AGPL-3.0-or-later
""",
    ),
    "licence-own": Example(
        bad="""\
legal:
  license: LicenseRef-Storabro
""",
        good="""\
legal:
  license: EUPL-1.2
""",
    ),
    "url-with-credentials": Example(
        bad="url: https://storabro:secret@git.example.org/storabro/roadworks\n",
        good="url: https://git.example.org/storabro/roadworks\n",
    ),
    "url-not-code": Example(
        bad="url: mailto:works@storabro.example.org\n",
        good="url: https://git.example.org/storabro/roadworks\n",
    ),
    "countries-contradict": Example(
        bad="""\
intendedAudience:
  countries: [SE, NO]
  unsupportedCountries: [NO, DK]
""",
        good="""\
intendedAudience:
  countries: [SE, NO]
  unsupportedCountries: [DK]
""",
    ),
    "language-twice": Example(
        bad="""\
description:
  en:
    shortDescription: Where streets are closed, why, and until when
  EN:
    shortDescription: Where streets are closed, why, and until when
""",
        good="""\
description:
  en:
    shortDescription: Where streets are closed, why, and until when
""",
    ),
    "funder-unnamed": Example(
        bad="""\
fundedBy:
  - uri: https://storabro.example.org
""",
        good="""\
fundedBy:
  - uri: https://storabro.example.org
    name: City of Storabro
""",
    ),
}
