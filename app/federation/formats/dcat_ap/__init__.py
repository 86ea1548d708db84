"""DCAT-AP 3 with the terms of ADMS-AP: software as datasets that portals harvest.

`software` gives what is to be said of one piece of software, `catalogue` of a page of many; one
that has no pages begins with an `introduction`, and goes on with an `entry` for each of them. How
publiccode.yml becomes DCAT is in `docs/linked-data.md`.

https://semiceu.github.io/DCAT-AP/releases/3.0.1/
"""

from app.federation.formats.dcat_ap.catalogue import (
    CatalogPage,
    Introduction,
    Named,
    catalogue,
    entry,
    introduction,
)
from app.federation.formats.dcat_ap.software import software

__all__ = [
    "CatalogPage",
    "Introduction",
    "Named",
    "catalogue",
    "entry",
    "introduction",
    "software",
]
