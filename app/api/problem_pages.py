"""/docs/problems/<slug>: what the `type` of a problem points at."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from app.api.problems import PAGES, PROBLEMS
from app.api.refusals import RouteNotFound

router = APIRouter(include_in_schema=False)


@router.get(PAGES + "{slug}", response_class=PlainTextResponse)
async def explain(request: Request, slug: str) -> str:
    """The title, the status, and what the error means."""
    for error, problem in PROBLEMS.items():
        if problem.slug == slug:
            return f"{problem.title} ({problem.status})\n\n{error.__doc__}\n"
    raise RouteNotFound(request.method, request.url.path)
