"""What the catalogue refuses. Errors state facts; `app.api.problems` gives them a status.

CatalogueError
├── NotFound
│   ├── SoftwareNotFound
│   ├── PublisherNotFound
│   ├── CatalogNotFound
│   ├── BundleNotFound
│   ├── LogNotFound
│   ├── EventNotFound
│   ├── WebhookNotFound
│   ├── DeliveryNotFound
│   ├── DescriptionNotFound
│   ├── BlockNotFound
│   └── OverrideNotFound
├── SoftwareGone        it was here, and was deleted
├── AlreadyExists       something else has this name, id or address
├── ChangeForgotten     the log of changes was compacted beyond this number
├── CatalogInUse        software, publishers or a peer belong to the catalogue
├── FilterMisplaced     a search cannot filter what this webhook tells of
├── MembersUnknown      a bundle names software that is not there
├── OverrideMisplaced   no field of the standard has this path, or none that can be overridden
├── OverrideRefused     the value breaks rules of the standard
├── RecordsInseparable  not some of the records of a software, but all, none or others
├── FileRefused         the file is not valid, and only valid ones are taken here
├── UrlMissing          neither the file nor the record of its source has an address
└── UrlTaken            another source of the same catalogue holds this address
"""

from collections.abc import Sequence

from app.catalogue.entry import Grave
from app.pagination import rfc3339
from app.publiccode import Finding, Report


class CatalogueError(Exception):
    """Anything the catalogue refuses to do."""


class NotFound(CatalogueError):
    """What was asked for is not here, or not any more."""


class SoftwareNotFound(NotFound):
    """No software has this id, or not any more."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No software with id {id}.")
        self.id = id


class CatalogNotFound(NotFound):
    """No catalogue has this id or alternativeId."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No catalogue with id or alternativeId {id}.")
        self.id = id


class PublisherNotFound(NotFound):
    """No publisher has this id or alternativeId."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No publisher with id or alternativeId {id}.")
        self.id = id


class BundleNotFound(NotFound):
    """No bundle has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No bundle with id {id}.")
        self.id = id


class LogNotFound(NotFound):
    """No message has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No log with id {id}.")
        self.id = id


class EventNotFound(NotFound):
    """No event has this id, or not any more."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No event with id {id}.")
        self.id = id


class WebhookNotFound(NotFound):
    """No webhook has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No webhook with id {id}.")
        self.id = id


class DeliveryNotFound(NotFound):
    """The webhook has no delivery with this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No delivery with id {id}.")
        self.id = id


class DescriptionNotFound(NotFound):
    """The software has no file, or never had one that could be read."""

    def __init__(self, id: str) -> None:
        super().__init__(f"The software {id} has no publiccode.yml that could be read.")
        self.id = id


class BlockNotFound(NotFound):
    """This address is not blocked by itself."""

    def __init__(self, url: str) -> None:
        super().__init__(f"There is no block of {url}.")
        self.url = url


class OverrideNotFound(NotFound):
    """Nothing was decided about this field."""

    def __init__(self, path: str) -> None:
        super().__init__(f"Nothing overrides {path}.")
        self.path = path


class SoftwareGone(CatalogueError):
    """The software was here and has been deleted. What is left of it is the tombstone."""

    def __init__(self, grave: Grave) -> None:
        super().__init__(f"The software {grave.id} is gone since {rfc3339(grave.at)}.")
        self.grave = grave


class AlreadyExists(CatalogueError):
    """Something else has this name, id or address; `field` is empty where it is not known which."""

    def __init__(self, entity: str, field: str = "", value: str = "") -> None:
        super().__init__(f"Another {entity} has the same {field or 'name, id or address'}.")
        self.entity = entity
        self.field = field
        self.value = value


class ChangeForgotten(CatalogueError):
    """The log of changes was compacted beyond this number."""

    def __init__(self, sequence: int, horizon: int) -> None:
        super().__init__(
            f"The change {sequence} is not kept any more; the log is whole only from {horizon} on. "
            "Start from a snapshot, or from 0."
        )


class CatalogInUse(CatalogueError):
    """Software, publishers or a peer belong to the catalogue."""

    def __init__(self, id: str) -> None:
        super().__init__(f"Software, publishers or a peer belong to the catalogue {id}.")
        self.id = id


class FilterMisplaced(CatalogueError):
    """A search finds software; what this webhook tells of is something else."""

    def __init__(self) -> None:
        super().__init__("filter is for webhooks of software only")


class MembersUnknown(CatalogueError):
    """A bundle names software that is not there."""

    def __init__(self) -> None:
        super().__init__("The bundle names software that does not exist.")


class OverrideMisplaced(CatalogueError):
    """No single field has this path, or it is one that nobody can override."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is no field that can be overridden.")
        self.path = path


class OverrideRefused(CatalogueError):
    """With this value the description would break rules that it does not break now."""

    def __init__(self, path: str, findings: Sequence[Finding]) -> None:
        super().__init__(f"{path} cannot have this value.")
        self.path = path
        self.findings = findings


class RecordsInseparable(CatalogueError):
    """To be set apart, records must be some, but not all, of those of a software."""

    def __init__(self, id: str) -> None:
        super().__init__(f"These are not some of the records of the software {id}, or all of them.")
        self.id = id


class FileRefused(CatalogueError):
    """The file is not valid, and this catalogue takes only valid ones."""

    def __init__(self, report: Report) -> None:
        super().__init__("publiccodeYml is not a valid publiccode.yml")
        self.report = report


class UrlMissing(CatalogueError):
    """Neither the file nor the record of its source has an address."""

    def __init__(self, source_id: str) -> None:
        super().__init__(f"No usable address is known for {source_id}.")
        self.source_id = source_id


class UrlTaken(CatalogueError):
    """Another source of the same catalogue holds this address."""

    def __init__(self, url: str) -> None:
        super().__init__(f"The address {url} belongs to other software of this catalogue.")
        self.url = url
