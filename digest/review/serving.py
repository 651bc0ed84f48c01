"""The desk's server: on this machine alone, for as long as the command runs."""

import socket
from collections.abc import Callable

import uvicorn

from digest.errors import DigestError
from digest.review.app import make_app
from digest.review.guard import HOST, Keys
from digest.review.handlers import Desk, Workspace

SECONDS_TO_END = 5
"""How long a request that is under way may take after Ctrl-C; saving takes a tenth of a second."""


def serve(workspace: Workspace, *, port: int, ready: Callable[[str], None]) -> None:
    """Serve the desk until Ctrl-C.

    Args:
        workspace: What it works on.
        port: Of 127.0.0.1; 0 for any that is free.
        ready: Told the address that opens it, once, when it answers.

    Raises:
        DigestError: The port is taken, or half of the drafts are gone.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((HOST, port))
        except OSError as error:
            raise DigestError(f"--port {port}: cannot be used: {error.strerror}; try another") from error
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
