"""The rows of the catalogue. `mapping` and `records` fill them; nothing here checks anything.

Ids are text: clients of the Open Catalog API may bring ids which are not UUIDs. Texts which
leave the service as they are (`document`, `item`) are stored as the exact JSON.
"""

from sqlmodel import SQLModel

from app.database import NAMING_CONVENTION

SQLModel.metadata.naming_convention = NAMING_CONVENTION

from app.catalogue.tables.description import (  # noqa: E402 - named by the convention above
    Organisation,
    SoftwareBasis,
    SoftwareCategory,
    SoftwareContact,
    SoftwareContractor,
    SoftwareCountry,
    SoftwareDependency,
    SoftwareLanguage,
    SoftwareLicence,
    SoftwareOrganisation,
    SoftwarePart,
    SoftwarePlatform,
    SoftwareScope,
    SoftwareSupport,
    SoftwareTerm,
    SoftwareText,
    SoftwareUser,
    SoftwareWords,
)
from app.catalogue.tables.journal import (  # noqa: E402 - named by the convention above
    Change,
    ChangeCatalog,
    ChangeHead,
    Delivery,
    Event,
    Log,
    SetMember,
    Tombstone,
    Webhook,
    WebhookMatch,
)
from app.catalogue.tables.names import (  # noqa: E402 - named by the convention above
    OrganisationNameStart,
    SoftwareNameStart,
    VocabularyTrigram,
    VocabularyWord,
)
from app.catalogue.tables.registry import (  # noqa: E402 - named by the convention above
    Analysis,
    Block,
    Bundle,
    BundleMember,
    Catalog,
    CatalogSource,
    CodeHosting,
    Publisher,
    RevokedToken,
)
from app.catalogue.tables.software import (  # noqa: E402 - named by the convention above
    Override,
    Quarantine,
    Record,
    RecordIdentifier,
    RecordVersion,
    Software,
    SoftwareUrl,
)

__all__ = [
    "Analysis",
    "Block",
    "Bundle",
    "BundleMember",
    "Catalog",
    "CatalogSource",
    "Change",
    "ChangeCatalog",
    "ChangeHead",
    "CodeHosting",
    "Delivery",
    "Event",
    "Log",
    "Organisation",
    "OrganisationNameStart",
    "Override",
    "Publisher",
    "Quarantine",
    "Record",
    "RecordIdentifier",
    "RecordVersion",
    "RevokedToken",
    "SetMember",
    "Software",
    "SoftwareBasis",
    "SoftwareCategory",
    "SoftwareContact",
    "SoftwareContractor",
    "SoftwareCountry",
    "SoftwareDependency",
    "SoftwareLanguage",
    "SoftwareLicence",
    "SoftwareNameStart",
    "SoftwareOrganisation",
    "SoftwarePart",
    "SoftwarePlatform",
    "SoftwareScope",
    "SoftwareSupport",
    "SoftwareTerm",
    "SoftwareText",
    "SoftwareUrl",
    "SoftwareUser",
    "SoftwareWords",
    "Tombstone",
    "VocabularyTrigram",
    "VocabularyWord",
    "Webhook",
    "WebhookMatch",
]
