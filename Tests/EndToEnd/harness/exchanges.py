"""Every answer that a test sees is held to the server's own OpenAPI document, whichever test it is."""

import collections
import contextlib
import threading

import httpx

from .api_document import APIDocument, Mismatch

_lock = threading.Lock()
_document = None
# How often each operation was answered, and with what: "POST /v1/agents 201".
seen = collections.Counter()
# What was raised, should a test's thread have swallowed it.
mismatches = []


def learn(address):
    """Takes the document from the first server that runs: all are the same program."""
    global _document
    with _lock:
        if _document is None:
            _document = APIDocument(httpx.get(f"{address}/v3/api-docs", timeout=30).raise_for_status().json())
    return _document


def check(method, target, status, fields, body, request_fields=None, request_body=b""):
    if _document is None:
        return
    found = _document.operation(method, target.partition("?")[0])
    with _lock:
        seen[f"{method} {found[1]} {status}" if found else f"elsewhere {status}"] += 1
    with _noted():
        _document.check(method, target, status, fields, body, request_fields, request_body)


def check_problem(status, fields, body):
    """Of an answer whose request is no HTTP that could be read."""
    if _document is not None and fields.get("content-type") == "application/problem+json":
        with _noted():
            _document.check_problem(status, fields, body, has_body=bool(body))


@contextlib.contextmanager
def _noted():
    try:
        yield
    except Mismatch as mismatch:
        with _lock:
            mismatches.append(str(mismatch))
        raise


def _is_proxy_s(response):
    """Said by the nginx before issuers, which asked none of them, or was not answered."""
    return response.headers.get("server") == "nginx" and response.headers.get("content-type") == "text/html"


@contextlib.contextmanager
def watching_httpx():
    """Whatever httpx's clients are answered, module-level calls included."""
    send = httpx.Client.send

    def watched(client, request, **options):
        response = send(client, request, **options)
        if request.url.host in ("127.0.0.1", "localhost") and not options.get("stream") and not _is_proxy_s(response):
            check(
                request.method, request.url.raw_path.decode(), response.status_code, response.headers, response.content,
                request.headers, request.read(),
            )
        return response

    httpx.Client.send = watched
    try:
        yield
    finally:
        httpx.Client.send = send
