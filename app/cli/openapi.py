"""`samkod openapi`: the description of the HTTP interface, printed, written or compared."""

from app.cli.generated import Check, Write, deliver


def openapi(check: Check = None, write: Write = None) -> None:
    """Print the OpenAPI description of the service."""
    from app.api.openapi import render
    from app.main import create_app

    deliver(render(create_app()), "samkod openapi", check, write)
