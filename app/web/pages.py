"""From a template to a page. Pages load nothing from elsewhere, so that they work offline."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """The page that a template makes of values, which are escaped."""
    return _TEMPLATES.get_template(template).render(values)
