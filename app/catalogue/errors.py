"""What the catalogue refuses. Errors state facts; `app.api.problems` gives them a status.

CatalogueError
├── NotFound
│   ├── SoftwareNotFound
│   └── CatalogNotFound
├── UrlMissing          neither the file nor the record of its source has an address
└── UrlTaken            another source of the same catalogue holds this address
"""


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
