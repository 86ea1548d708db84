"""What the documentation shows: one small software, and replies that speak of it."""

from pydantic.config import JsonDict

ID = "5e1ab0c2-7b31-4f0e-9f6a-3d1f0a4b8c55"
EPOCH = "b5c2d1f0a9e84c6d"
URL = "https://git.example.org/valchiara/acqua-chiara"

MOMENT = "2026-11-23T09:30:00.123456Z"
RECORD_ID = "8a1d9a3e-51f4-4b44-8f0e-5c4b5a8c0d11"

YAML = """\
publiccodeYmlVersion: "0"
name: Acqua chiara
url: https://git.example.org/valchiara/acqua-chiara
platforms: [web]
categories: [data-visualization]
organisation:
  name: Comune di Valchiara
  uri: https://valchiara.example.org/
developmentStatus: stable
softwareType: standalone/web
description:
  it:
    shortDescription: La qualità dell'acqua potabile, spiegata strada per strada.
    longDescription: >
      Acqua chiara pubblica le analisi dell'acquedotto in una forma che tutti capiscono. Chi digita
      il proprio indirizzo vede durezza, nitrati e ultimo controllo.
    features: [Analisi per indirizzo]
legal:
  license: EUPL-1.2
maintenance:
  type: internal
  contacts:
    - name: Ufficio acque
localisation:
  localisationReady: true
  availableLanguages: [it]
"""

SOFTWARE_POST: JsonDict = {"url": URL, "aliases": [URL + ".git"], "publiccodeYml": YAML}

SOFTWARE: JsonDict = {
    "id": ID,
    "url": URL,
    "aliases": [URL + ".git"],
    "publiccodeYml": YAML,
    "active": True,
    "vitality": None,
    "createdAt": "2026-11-23T09:30:00.123456Z",
    "updatedAt": "2026-11-23T09:30:00.123456Z",
}

CHANGES: JsonDict = {
    "results": [
        {
            "seq": 41,
            "entity": "software",
            "softwareId": ID,
            "type": "create",
            "deleted": False,
            "at": "2026-11-23T09:30:00.123456Z",
            "rev": "9f86d081884c7d659a2feaa0c55ad015",
            "software": SOFTWARE,
        }
    ],
    "lastSeq": 41,
    "pending": 0,
    "epoch": EPOCH,
}

RESOLVED: JsonDict = {
    "id": ID,
    "uri": f"https://catalogue.example.org/id/software/{ID}",
    "url": URL,
    "aliases": [URL + ".git"],
    "active": True,
    "self": f"https://catalogue.example.org/v1/software/{ID}",
}

INTRODUCTION: JsonDict = {
    "name": "Regione Nord",
    "uri": "https://catalogue.example.org/id/catalog",
    "operator": "Regione Nord",
    "scopes": ["iso3166:IT-25"],
    "apis": [
        {
            "type": "open-catalog-api",
            "url": "https://catalogue.example.org/v1",
            "version": "1",
        }
    ],
    "epoch": EPOCH,
    "sequence": 41,
    "peers": [],
}

MANIFEST: JsonDict = {
    "epoch": EPOCH,
    "sequence": 41,
    "madeAt": "2026-11-23T09:30:00.123456Z",
    "changes": "../changes?entity=all&include=records&since=41&epoch=" + EPOCH,
    "files": [
        {
            "name": "software.jsonl.zst",
            "bytes": 1467,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "count": 1,
        }
    ],
}

FINDING: JsonDict = {
    "type": "error",
    "key": "legal.license",
    "description": "legal.license is a required field",
    "line": 18,
    "column": 1,
}

VALIDATION_LINES = """\
{"id": 1, "publiccodeYml": "publiccodeYmlVersion: \\"0\\"\\nname: Acqua chiara\\n"}
"name: Acqua chiara\\n"
"""

VALIDATION: JsonDict = {"valid": False, "results": [FINDING], "normalized": None}

SEARCH: JsonDict = {
    "data": [
        {
            "id": ID,
            "url": URL,
            "tier": "published",
            "valid": True,
            "name": "Acqua chiara",
            "shortDescription": "La qualità dell'acqua potabile, spiegata strada per strada.",
            "language": "it",
            "categories": ["data-visualization"],
            "developmentStatus": "stable",
            "softwareType": "standalone/web",
            "license": "EUPL-1.2",
            "organisation": {
                "name": "Comune di Valchiara",
                "uri": "https://valchiara.example.org/",
            },
            "updatedAt": "2026-11-23T09:30:00.123456Z",
        }
    ],
    "total": 1,
    "facets": {
        "license": [{"value": "EUPL-1.2", "label": "EUPL-1.2", "count": 1, "selected": False}]
    },
    "links": {"prev": None, "next": None},
}

SIMILAR: JsonDict = {
    "data": [
        {
            "id": "0f8f3c1e-52c1-4d0b-9f58-6a1d7c9b3e44",
            "url": "https://git.example.org/storabro/vattenprov",
            "tier": "published",
            "valid": True,
            "name": "Vattenprov",
            "shortDescription": "Shows what is in the tap water of each street.",
            "language": "en",
            "categories": ["data-visualization"],
            "developmentStatus": "stable",
            "softwareType": "standalone/web",
            "license": "MIT",
            "organisation": {"name": "Storabro kommun", "uri": "https://storabro.example.org/"},
            "updatedAt": "2026-11-23T09:30:00Z",
            "score": 0.3312,
            "reasons": [
                {
                    "code": "category",
                    "values": [{"value": "data-visualization", "label": "Data visualization"}],
                    "text": "Made for the same purpose: Data visualization.",
                }
            ],
        }
    ]
}

SUGGESTIONS: JsonDict = {
    "data": [
        {
            "type": "software",
            "label": "Acqua chiara",
            "parameter": "q",
            "value": '"Acqua chiara"',
            "id": ID,
            "guessed": False,
            "search": "/v1/search?q=%22Acqua+chiara%22",
        }
    ]
}

QUARANTINE: JsonDict = {
    "data": [
        {
            "id": "c0a5f0de-6a55-4a07-8a43-0d7f2a1c9e10",
            "source": "old/publiccode.yml",
            "reason": "url-missing",
            "url": None,
            "raw": "name: Acqua chiara\n",
            "results": [FINDING],
            "firstSeen": "2026-11-23T09:30:00Z",
            "lastSeen": "2026-11-23T09:30:00Z",
        }
    ],
    "links": {"prev": None, "next": None},
}

OUTDATED_YAML = YAML.replace('"0"', '"0.2"  # the first one we used').replace(
    "  license: EUPL-1.2", "  license: EUPL-1.2\n  authorsFile: AUTHORS"
)

DRAFT = """\
# Where the source code is; git clone works with this address.
url: https://git.example.org/storabro/felanmalan

# Missing. Where the software runs: web, linux, windows, mac, android, ios, or others.
platforms: []
"""

REPAIR: JsonDict = {
    "fixed": YAML.replace('"0"', '"0"  # the first one we used'),
    "changed": True,
    "applied": [
        {
            "code": "version-outdated",
            "path": "publiccodeYmlVersion",
            "description": "is now “0”",
        },
        {"code": "key-deprecated", "path": "legal.authorsFile", "description": "was removed"},
    ],
    "valid": True,
    "results": [],
}

STORED_VALIDATION: JsonDict = {"valid": False, "stale": True, "results": [FINDING]}

VERSIONS: JsonDict = {
    "data": [
        {
            "number": 1,
            "hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "at": "2026-11-23T09:30:00Z",
            "valid": True,
            "publiccodeYml": YAML,
            "diff": None,
        }
    ]
}

LINE = '{"url": "https://git.example.org/valchiara/acqua-chiara", "publiccodeYml": "name: …"}\n'
"""A line of a stream."""

OUTCOME: JsonDict = {
    "line": 1,
    "outcome": "created",
    "sourceId": "0c5e3f64-1f0a-4f0c-9d0b-6f9e0a7b1c22",
    "softwareId": ID,
    "valid": True,
    "results": [],
}

PUBLISHER_POST: JsonDict = {
    "codeHosting": [{"url": "https://git.example.org/valchiara", "group": True}],
    "description": "Comune di Valchiara",
    "email": "ced@valchiara.example.org",
    "alternativeId": "c_v001",
}

PUBLISHER: JsonDict = {
    "id": ID,
    "email": "ced@valchiara.example.org",
    "description": "Comune di Valchiara",
    "codeHosting": [
        {
            "url": "https://git.example.org/valchiara",
            "group": True,
            "createdAt": "2026-11-23T09:30:00Z",
            "updatedAt": "2026-11-23T09:30:00Z",
        }
    ],
    "active": True,
    "alternativeId": "c_v001",
    "createdAt": "2026-11-23T09:30:00Z",
    "updatedAt": "2026-11-23T09:30:00Z",
}

CATALOG_POST: JsonDict = {
    "name": "Regione Nord",
    "alternativeId": "nord",
    "scopes": ["iso3166:IT-25"],
    "sources": [{"driver": "gitea", "url": "https://git.example.org/regione-nord"}],
}

CATALOG: JsonDict = {
    "id": ID,
    "name": "Regione Nord",
    "alternativeId": "nord",
    "active": True,
    "scopes": ["iso3166:IT-25"],
    "sources": [{"driver": "gitea", "url": "https://git.example.org/regione-nord"}],
    "createdAt": "2026-11-23T09:30:00Z",
    "updatedAt": "2026-11-23T09:30:00Z",
}

BUNDLE_POST: JsonDict = {"name": "Water services", "softwareIds": [ID]}

BUNDLE: JsonDict = {
    "id": ID,
    "name": "Water services",
    "active": True,
    "softwareIds": [ID],
    "createdAt": "2026-11-23T09:30:00Z",
    "updatedAt": "2026-11-23T09:30:00Z",
}

LOG_POST: JsonDict = {"message": "publiccode.yml is valid"}

LOG: JsonDict = {
    "id": ID,
    "message": "publiccode.yml is valid",
    "createdAt": "2026-11-23T09:30:00Z",
    "updatedAt": "2026-11-23T09:30:00Z",
    "entity": f"/software/{ID}",
}

EVENT: JsonDict = {
    "id": ID,
    "type": "update",
    "entityType": "software",
    "entityId": ID,
    "actor": "crawler",
    "createdAt": "2026-11-23T09:30:00Z",
    "updatedAt": "2026-11-23T09:30:00Z",
}

WEBHOOK_POST: JsonDict = {
    "url": "https://site.example.org/rebuild",
    "secret": "sixteen characters or more",
    "format": "standard-webhooks",
}

WEBHOOK: JsonDict = {
    "id": ID,
    "url": "https://site.example.org/rebuild",
    "format": "standard-webhooks",
    "createdAt": "2026-11-23T09:30:00Z",
    "updatedAt": "2026-11-23T09:30:00Z",
}

WEBHOOK_MESSAGE: JsonDict = {"event": "update", "subject": f"/software/{ID}"}

PEER_POST: JsonDict = {
    "name": "Katalog",
    "kind": "open-catalog-api",
    "url": "https://katalog.example.org/v1",
    "uri": "https://katalog.example.org",
    "schedule": 3600,
}

PEER_OF_SOURCE: JsonDict = {"source": {"catalogId": ID, "url": "https://forge.example.org/commune"}}

PEER_NAME: JsonDict = {
    "id": ID,
    "uri": "https://katalog.example.org",
    "name": "Katalog",
    "kind": "open-catalog-api",
    "catalogId": "7d0e2f7c-3a51-4a2c-8a6e-0b7a9c4d1e22",
}

PEER_NAMES: JsonDict = {"data": [PEER_NAME], "links": {"prev": None, "next": None}}

PEER: JsonDict = {
    **PEER_NAME,
    "url": "https://katalog.example.org/v1",
    "args": [],
    "trust": "curated",
    "priority": 0,
    "schedule": 3600,
    "enabled": True,
    "live": False,
    "hasSecret": False,
    "hasWebhookSecret": True,
    "dueAt": "2026-11-23T10:30:00Z",
    "succeededAt": "2026-11-23T09:30:00Z",
    "listedAt": "2026-11-23T09:30:00Z",
    "failures": 0,
    "createdAt": "2026-11-20T08:00:00Z",
    "updatedAt": "2026-11-20T08:00:00Z",
}

PEER_RUN: JsonDict = {
    "id": "0f8f3c1e-52c1-4d0b-9f58-6a1d7c9b3e44",
    "mode": "full",
    "state": "succeeded",
    "targets": [],
    "createdAt": "2026-11-23T09:30:00Z",
    "startedAt": "2026-11-23T09:30:01Z",
    "finishedAt": "2026-11-23T09:30:44Z",
    "complete": True,
    "pages": 6,
    "counts": {"seen": 548, "created": 3, "updated": 5, "unchanged": 540, "withdrawn": 1},
    "error": None,
}

ANALYSIS: JsonDict = {"links": {"v": 1, "broken": 0}}

DELIVERY: JsonDict = {
    "id": "7d0e2f7c-3a51-4a2c-8a6e-0b7a9c4d1e22",
    "eventId": "0f8f3c1e-52c1-4d0b-9f58-6a1d7c9b3e44",
    "event": "update",
    "subject": f"/software/{ID}",
    "state": "delivered",
    "attempts": 2,
    "status": 204,
    "error": None,
    "createdAt": "2026-11-23T09:30:00.123456Z",
    "dueAt": None,
    "deliveredAt": "2026-11-23T09:30:07.5Z",
}

OAI = """\
<?xml version='1.0' encoding='UTF-8'?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
  <responseDate>2026-11-23T12:00:00Z</responseDate>
  <request verb="ListIdentifiers" metadataPrefix="oai_dc">https://catalogue.example.org/oai</request>
  <ListIdentifiers>
    <header>
      <identifier>oai:catalogue.example.org:0b5b6f2a-6c5e-4a52-9d2f-0c6c3b1c9a77</identifier>
      <datestamp>2026-11-23T09:30:05Z</datestamp>
      <setSpec>country:SE</setSpec>
    </header>
    <header status="deleted">
      <identifier>oai:catalogue.example.org:7d0e2f7c-3a51-4a2c-8a6e-0b7a9c4d1e22</identifier>
      <datestamp>2026-11-23T10:12:40Z</datestamp>
    </header>
  </ListIdentifiers>
</OAI-PMH>
"""

BLOCK_PUT: JsonDict = {
    "url": "https://git.example.org/somebody",
    "reason": "Copies of others' software, with advertisements.",
}
BLOCK: JsonDict = {
    **BLOCK_PUT,
    "author": "catalogue@valchiara.example.org",
    "at": MOMENT,
}
OVERRIDE_PUT: JsonDict = {
    "value": "EUPL-1.2",
    "reason": "The file names the licence of a dependency; settled with the authors.",
    "until": "2027-06-30T00:00:00Z",
}
OVERRIDE: JsonDict = {
    "path": "legal.license",
    **OVERRIDE_PUT,
    "author": "catalogue@valchiara.example.org",
    "at": MOMENT,
}
SOURCES: JsonDict = {
    "id": ID,
    "sources": [
        {
            "id": RECORD_ID,
            "sourceId": "valchiara/acqua-chiara",
            "url": URL,
            "aliases": [URL + ".git"],
            "identifiers": [{"scheme": "wikidata", "value": "Q42"}],
            "origin": None,
            "via": [],
            "fork": None,
            "tier": "published",
            "authority": "own",
            "priority": 0,
            "precedence": 1,
            "behind": None,
            "valid": True,
            "stale": False,
            "state": "active",
            "missingSince": None,
            "missingRuns": 0,
            "modified": None,
            "firstSeen": MOMENT,
            "lastSeen": MOMENT,
            "updatedAt": MOMENT,
            "hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ],
    "fields": {"name": [RECORD_ID], "legal": [RECORD_ID]},
    "unitedBy": {},
    "overrides": [OVERRIDE],
}
