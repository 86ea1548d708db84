"""/docs/rules: what the codes of findings mean, as pages for people and as JSON for programs."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Response

from app.api.negotiation import ReaderLanguage, preferred
from app.api.refusals import RuleNotFound
from app.publiccode.codes import CODES, GROUPS
from app.publiccode.examples import EXAMPLES
from app.publiccode.rulebook import messages, standing
from app.publiccode.spelling import nearest
from app.web.pages import render

PATH = "/docs/rules"
HTML = "text/html"
JSON = "application/json"

router = APIRouter(prefix=PATH, include_in_schema=False)


async def _form(accept: Annotated[str | None, Header()] = None) -> str:
    return preferred(accept, (HTML, JSON))


Form = Annotated[str, Depends(_form)]


@router.get("")
async def index(form: Form, language: ReaderLanguage) -> Response:
    """All codes, under their headings."""
    if form == JSON:
        return _reply({"data": [_described(code, language) for code in CODES]}, language)
    return _reply(render("rules.html", path=PATH, groups=GROUPS, standing=standing), "en")


@router.get("/{code}")
async def explain(code: str, form: Form, language: ReaderLanguage) -> Response:
    """What a code means, in English, and what is said where it is found, in the reader's language."""
    if code not in CODES:
        raise RuleNotFound(code, nearest(code, tuple(CODES)))
    if form == JSON:
        return _reply(_described(code, language), language)
    page = render(
        "rule.html",
        path=PATH,
        code=code,
        about=CODES[code],
        standing=standing(CODES[code]),
        messages=messages(code, language),
        language=language,
        example=EXAMPLES.get(code),
    )
    return _reply(page, language)


def _described(code: str, language: str) -> dict[str, Any]:
    about = CODES[code]
    example = EXAMPLES.get(code)
    return {
        "code": code,
        "severity": about.severity,
        "beyondReference": about.beyond_reference,
        "messages": messages(code, language),
        "language": language,
        "explanation": about.explanation,
        "remedy": about.remedy,
        "source": about.source,
        "example": example._asdict() if example else None,
    }


def _reply(content: str | dict[str, Any], language: str) -> Response:
    """A page, or JSON; the explanations are English in either."""
    headers = {
        "Content-Language": ", ".join(dict.fromkeys(("en", language))),
        "Vary": "Accept, Accept-Language",
    }
    if isinstance(content, str):
        return Response(content, headers=headers, media_type=HTML)
    return Response(orjson.dumps(content), headers=headers, media_type=JSON)
