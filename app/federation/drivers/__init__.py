"""One file for each kind of peer; a driver knows its peer's language, not our catalogue."""

from collections.abc import Mapping

from app.federation.driver import Driver
from app.federation.drivers import (
    catalogi,
    changes,
    dcat,
    don_register,
    git,
    gitea,
    github,
    gitlab,
    json_list,
    ldes,
    oai_pmh,
    open_catalog_api,
    recutils,
)

DRIVERS: Mapping[str, Driver] = {
    driver.kind: driver
    for driver in (
        catalogi.DRIVER,
        changes.DRIVER,
        dcat.DRIVER,
        don_register.DRIVER,
        git.DRIVER,
        gitea.FORGEJO,
        gitea.GITEA,
        github.DRIVER,
        gitlab.DRIVER,
        json_list.DRIVER,
        ldes.DRIVER,
        oai_pmh.DRIVER,
        open_catalog_api.DRIVER,
        recutils.DRIVER,
    )
}
"""By the kinds that peers, and the sources of catalogues, name."""
