"""Many files in one request: a line of JSON for each, answered by a line of its own."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
from anyio.lowlevel import checkpoint

from app.api.conversation import lines
from app.api.verdicts import examine, present, without_delay

TEXT = "publiccodeYml"


class LineRefused(Exception):
    """A line that holds no file; says why. `id` is the client's name for it, if it could be read."""

    def __init__(self, reason: str, id: object = None) -> None:
        super().__init__(reason)
        self.id = id


class LineByLine:
    """Answers in a language; lines, and the files in them, have limits in bytes."""

    def __init__(
        self, max_line_bytes: int, *, max_file_bytes: int, major: int, language: str
    ) -> None:
        self.max_line_bytes = max_line_bytes
        self.max_file_bytes = max_file_bytes
        self.major = major
        self.language = language

    async def __call__(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The reply to each line of a text that comes in pieces; blank ones have none."""
        number = 0
        async for line in lines(pieces, self.max_line_bytes):
            number += 1
            if line is None or line.strip():
                yield await self.answer(number, line)
            await checkpoint()  # short lines would leave no turn to other requests

    async def answer(self, number: int, line: bytes | None) -> bytes:
        try:
            id, data = self.read(line)
        except LineRefused as refused:
            error = {"valid": False, "error": str(refused), "results": [], "normalized": None}
            return _written(number, refused.id, error)
        report = await examine(data, major=self.major)
        return await without_delay(
            data, lambda: _written(number, id, present(report, self.language))
        )

    def read(self, line: bytes | None) -> tuple[object, bytes]:
        """The `id` and the file in a line. Raises LineRefused."""
        if line is None:
            raise LineRefused(f"The line is longer than {self.max_line_bytes} bytes.")
        try:
            given = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise LineRefused(f"The line is not JSON: {error}.") from error
        id, text = (given.get("id"), given.get(TEXT)) if isinstance(given, dict) else (None, given)
        if isinstance(id, dict | list):
            raise LineRefused("The id must be a text or a number.")
        if not isinstance(text, str):
            raise LineRefused(f"The line must be a text, or an object with one as {TEXT}.", id)
        data = text.encode()
        if len(data) > self.max_file_bytes:
            raise LineRefused(f"The file is longer than {self.max_file_bytes} bytes.", id)
        return id, data


def _written(number: int, id: object, members: dict[str, Any]) -> bytes:
    named = {} if id is None else {"id": id}
    return orjson.dumps({"line": number} | named | members) + b"\n"
