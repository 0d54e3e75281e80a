"""An acknowledged decision is on disk: seen in the system calls of the real server."""

import re
import shutil
import subprocess

import pytest

from harness.company import Company

FLUSH = re.compile(r"\bf(data)?sync\(")
ANSWER = re.compile(r'\b(write|writev|sendmsg|sendto)\(.*HTTP/1\.1 200')


@pytest.fixture
def calls(tmp_path):
    """Follows a server's system calls: `calls(server, what)` does something and gives them, in their order."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (scripts/setup.sh test)")

    def follow(server, what):
        log = tmp_path / "calls"
        command = ["strace", "-f", "-qq", "-s", "32", "-e", "trace=fsync,fdatasync,write,writev,sendmsg,sendto"]
        with subprocess.Popen([*command, "-o", log, "-p", str(server.process.pid)], stderr=subprocess.DEVNULL) as tracer:
            try:
                # An answer that it shows: from then on it sees all.
                while not log.exists() or "HTTP/1.1 200" not in log.read_text():
                    assert tracer.poll() is None, "strace may not look at this process"
                    what.http.get("/healthz").raise_for_status()
                before = len(log.read_text().splitlines())
                assert what.spend()["decision"] == "APPROVED"
            finally:
                tracer.terminate()
        return log.read_text().splitlines()[before:]

    return follow


class Spender:
    def __init__(self, company):
        self.company, self.http, self.agent = company, company.http, company.spender()

    def spend(self):
        return self.company.approved(self.agent, 100)


def test_no_answer_leaves_before_its_commit_is_flushed(own_server, calls):
    server = own_server().start()
    spender = Spender(Company.create(server))
    spender.spend()  # the first opens a counter and warms what is made once
    seen = calls(server, spender)
    flushes = [index for index, call in enumerate(seen) if FLUSH.search(call)]
    answers = [index for index, call in enumerate(seen) if ANSWER.search(call)]
    assert flushes and answers, "\n".join(seen)
    # Nor is anything flushed after it: there is nothing left to be lost.
    assert flushes[-1] < answers[-1], "\n".join(seen)
