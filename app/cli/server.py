"""The HTTP server of `samkod serve`: its socket, and the word that it is ready."""

import socket
from ipaddress import ip_address

import typer
import uvicorn
from fastapi import FastAPI

from app import garbage
from app.cli.exits import refuse
from app.database import Database

SECONDS_TO_FINISH_REQUESTS = 10


def listen(host: str, port: int) -> socket.socket:
    """A socket for `host`; port 0 takes a free one. Refuses where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        refuse(f"Cannot listen on {host} port {port}: {error.strerror}. PORT chooses another one.")


def address(listener: socket.socket) -> str:
    """Where people on this machine find the service."""
    host, port, *_ = listener.getsockname()
    everywhere_or_here = ip_address(host).is_unspecified or host in ("127.0.0.1", "::1")
    name = "localhost" if everywhere_or_here else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


class Server(uvicorn.Server):
    """Says something once it answers requests, and lets go those who wait for news when it ends."""

    def __init__(self, app: FastAPI, announcement: str) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=SECONDS_TO_FINISH_REQUESTS,
            )
        )
        self.announcement = announcement
        self.database: Database = app.state.database

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        garbage.spare_what_is_loaded()
        typer.echo(self.announcement)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.database.head.close()
        await super().shutdown(sockets)
