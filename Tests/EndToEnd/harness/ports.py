"""Ports for servers that cannot be told to take any."""

import itertools
import os
import socket

# Below those that the kernel gives to whoever asks for any: nobody else has it by the time it is used. Each worker has its own.
PORTS = itertools.count(20_000 + 4000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")))


def free_port():
    for port in PORTS:
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            pass
