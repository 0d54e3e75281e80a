#!/usr/bin/env python3
"""Makes companies that each have one agent and one monthly budget: companies.py SOCKET ADDRESS COUNT

SOCKET is the running issuer's own, in its data folder. Prints "key agent" for each company, a line each.
"""
import http.client
import json
import socket
import sys
import urllib.parse

LIMITS = [{"interval": "PER_AUTHORIZATION", "amount": 5000},
          {"interval": "MONTHLY", "amount": 9_000_000_000_000, "count": 1_000_000_000}]


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def post(connection: http.client.HTTPConnection, path: str, body: dict, key: str = "") -> dict:
    fields = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
    connection.request("POST", path, json.dumps(body), fields)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status >= 300:
        sys.exit(f"companies: {path} was answered {answer.status}: {text}")
    return json.loads(text)


def main(path: str, address: str, count: int) -> None:
    commands = SocketConnection(path)
    api = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
    for number in range(count):
        key = post(commands, "/companies", {"name": f"Bench {number}"})["apiKey"]
        agent = post(api, "/v1/agents", {"name": "Bench"}, key)["id"]
        post(api, "/v1/policies", {"name": "Bench", "agentId": agent, "currency": "USD", "limits": LIMITS}, key)
        print(key, agent)


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
