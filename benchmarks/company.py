#!/usr/bin/env python3
"""Gives a company agents and policies: company.py ADDRESS KEY COUNT separate|shared

COUNT agents, with `separate` each with a policy and a budget of its own, with `shared` all under one policy of the company with
one budget. Prints the agents' identifiers, one a line.
"""
import http.client
import json
import sys
import urllib.parse

LIMITS = [{"interval": "PER_AUTHORIZATION", "amount": 5000},
          {"interval": "MONTHLY", "amount": 9_000_000_000_000, "count": 1_000_000_000}]


def main(address: str, key: str, count: int, kind: str) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)

    def post(path: str, body: dict) -> dict:
        connection.request("POST", path, json.dumps(body), {"X-API-Key": key, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            sys.exit(f"company: {path} was answered {answer.status}: {text}")
        return json.loads(text)

    policy = {"name": "Bench", "currency": "USD", "limits": LIMITS}
    if kind == "shared":
        post("/v1/policies", policy)
    for number in range(count):
        agent = post("/v1/agents", {"name": f"Bench {number}"})["id"]
        if kind == "separate":
            post("/v1/policies", policy | {"agentId": agent})
        print(agent)


if len(sys.argv) != 5 or sys.argv[4] not in ("separate", "shared"):
    sys.exit(__doc__)
main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
