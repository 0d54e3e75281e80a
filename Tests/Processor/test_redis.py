"""Several machines' processors, which share a Redis server: a real one, on a socket of its own."""

import shutil
import subprocess
import tempfile
import time

import pytest

from test_charges import at_once


class Redis:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="redis-")  # short: a socket's path may have 107 bytes
        self.socket = f"{self.folder}/socket"
        self.process = None

    def start(self):
        command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", ""]
        self.process = subprocess.Popen([*command, "--appendonly", "yes"], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while subprocess.run(["redis-cli", "-s", self.socket, "ping"], capture_output=True).stdout != b"PONG\n":
            assert time.monotonic() < deadline, "redis-server did not start"
        return self

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)


@pytest.fixture
def redis():
    server = Redis().start()
    yield server
    server.remove()


@pytest.fixture
def fleet(redis, server, make_processor):
    """Two processors, as on two machines: nothing is shared but the Redis server."""
    processors = []
    for _ in range(2):
        processors.append(make_processor(server))
        processors[-1].write(replay={"store": "redis", "at": redis.socket})
        processors[-1].start()
    return processors


def test_a_token_is_charged_by_one_machine(fleet, tokens):
    for number in range(5):
        token = tokens.token()
        answers = at_once(8, lambda index: fleet[index % 2].post(token, 1999, f"order-{number}-{index}"))
        assert sorted(answer.status_code for answer in answers) == [200] + [402] * 7
        assert {answer.json()["code"] for answer in answers if answer.status_code == 402} == {"PAITIFY_E_REPLAYED"}
    assert sum(len(processor.charges()) for processor in fleet) == 5


def test_without_the_server_nothing_is_charged_and_nothing_is_lost(fleet, redis, tokens):
    processor = fleet[0]
    charged, waiting = tokens.token(), tokens.token()
    first = processor.post(charged, 1999, "order-1")
    assert first.status_code == 200
    redis.stop()
    answer = processor.post(waiting, 1999, "order-2")
    assert (answer.status_code, answer.json()["code"]) == (503, "PAITIFY_E_REPLAY_UNAVAILABLE")
    assert int(answer.headers["retry-after"]) >= 1
    assert processor.metric("claims_total", answer="unavailable") >= 1
    assert processor.post(charged, 1999, "order-1").content == first.content, "what was charged is known without it"
    redis.start()
    processor.wait_until(lambda: processor.post(waiting, 1999, "order-2").status_code == 200)
    assert fleet[1].post(charged, 1999, "order-3").json()["code"] == "PAITIFY_E_REPLAYED", "it kept its claims"


def test_a_server_that_is_down_keeps_nobody_from_starting(redis, server, make_processor):
    redis.stop()
    processor = make_processor(server)
    processor.write(replay={"store": "redis", "at": redis.socket})
    processor.start()
    processor.wait_for_line('"event":"replay_guard"')
    assert processor.http.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("replay", "words"),
    [
        ({"store": "redis", "at": "localhost"}, "HOST:PORT"),
        ({"store": "redis", "at": "localhost:0"}, "port"),
        ({"store": "redis", "at": "localhost:6379", "passwordFile": "/absent"}, "/absent cannot be read"),
        ({"store": "memory", "at": "x"}, "sqlite or redis"),
    ],
)
def test_an_address_that_is_none_is_refused(replay, words, processor):
    assert words in processor.reload(event="reload_refused", replay=replay)
