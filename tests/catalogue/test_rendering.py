"""What is made of a description when it comes is what would be made of it as it is stored."""

from pathlib import Path

from app.catalogue import documents
from app.catalogue.rendering import Rendering
from app.publiccode import validate

CONFORMANCE = Path(__file__).parents[1] / "conformance"
FILES = sorted(CONFORMANCE.glob("*/*.yml"))


def test_description_is_rendered_alike_before_and_after_it_was_stored() -> None:
    assert FILES
    for file in FILES:
        description = validate(file.read_bytes()).description
        if description is None:
            continue
        came = Rendering(description)
        stored = Rendering(documents.read_description(came.text))
        assert came.complete() == stored.complete()
        assert vars(came) == vars(stored), file.name
