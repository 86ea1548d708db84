"""Three catalogues in a ring come to say the same, whatever happens to them on the way."""

from pathlib import Path

import pytest

from tests.convergence.ring import ring

STEPS = 100


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_catalogues_in_a_ring_converge(migrated_sqlite: Path, tmp_path: Path, seed: int) -> None:
    with ring(migrated_sqlite, tmp_path, seed) as catalogues:
        for _ in range(STEPS):
            catalogues.step()
        catalogues.converged()
