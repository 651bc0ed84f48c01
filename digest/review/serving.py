"""The desk's server: on this machine alone, for as long as the command runs."""

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from digest.errors import DigestError
from digest.review.app import make_app
from digest.review.guard import HOST, Keys
from digest.review.handlers import Desk
from digest.review.workspace import Workspace

SECONDS_TO_END = 5
"""How long a request that is under way may take after Ctrl-C; saving takes a tenth of a second."""


FIRST_PORT, PORTS = 49_152, 16_384
"""Those that nobody is assigned (RFC 6335, section 6): what a workspace's own port is chosen from."""


def port_of(folder: Path) -> int:
    """Give the port that a workspace's desk has whenever that is free.

    What was typed and could not be saved any more is kept in the browser, which gives it back to the same
    port alone.
    """
    said = hashlib.sha256(os.path.abspath(folder).encode("utf-8", "surrogateescape")).digest()
    return FIRST_PORT + int.from_bytes(said[:4], "big") % PORTS


def serve(workspace: Workspace, *, port: int, ready: Callable[[str], None]) -> None:
    """Serve the desk until Ctrl-C.

    Args:
        workspace: What it works on.
        port: Of 127.0.0.1; 0 for the workspace's own, or any where that is taken.
        ready: Told the address that opens it, once, when it answers.

    Raises:
        DigestError: The port is taken, or half of the drafts are gone.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((HOST, port or port_of(workspace.output)))
        except OSError as error:
            if port:
                raise DigestError(f"--port {port}: cannot be used: {error.strerror}; try another") from error
            taken.bind((HOST, 0))
        # Connections made before the server runs wait for it.
        taken.listen()
        keys = Keys(taken.getsockname()[1])
        desk = Desk(workspace, keys.form)
        # Read here once, and learned from, so that the first page need not be waited for.
        desk.show_desk(workspace.issue, {})
        config = uvicorn.Config(
            make_app(workspace, keys, desk),
            # Addresses are not logged: one of them has the token.
            access_log=False,
            log_config=None,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SECONDS_TO_END,
        )
        ready(keys.address)
        uvicorn.Server(config).run(sockets=[taken])
