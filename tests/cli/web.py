"""A web server on the loopback interface, for commands that ask one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Tests print what failed, not what was asked."""


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Serves a folder; gives `host:port`."""
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def here(file: str, host: str) -> str:
    """The text of a file, in which all addresses lead to `host`: nobody else is asked."""
    text = Path(file).read_text("utf-8")
    return re.sub(r"https://[\w.-]*example\.org", f"http://{host}", text)
