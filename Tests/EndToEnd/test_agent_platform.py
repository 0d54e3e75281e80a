"""The example agent platform, with the example processor, against a real issuer: as their READMEs say."""

import os
import re
import subprocess

import pytest

from harness.company import CLOUD_STORE, limit
from harness.paths import ROOT
from harness.processor import ANY_PROCESSOR, build_example

# Built with the tests, from the sources that examples/agent-platform is a package of.
PLATFORM = ROOT / ".build/debug/agent-platform"


@pytest.fixture(scope="module")
def processor(tmp_path_factory):
    return build_example("processor", tmp_path_factory.mktemp("processor"))


@pytest.fixture
def spend(server, company, processor, tmp_path):
    """Starts the platform on one spend of an agent, at a processor that knows the issuer by `issuer`."""
    (tmp_path / "jwks.json").write_bytes(company.jwks())
    running = []

    def start(agent, amount, issuer=server.issuer):
        command = [str(PLATFORM), str(amount), "USD", CLOUD_STORE["id"], str(processor)]
        command += ["--jwks", str(tmp_path / "jwks.json"), "--issuer", issuer, "--audience", ANY_PROCESSOR]
        environment = {
            "PATH": os.environ["PATH"], "PAITIFY_URL": server.address, "PAITIFY_API_KEY": company.key,
            "PAITIFY_AGENT": agent,
        }
        running.append(subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def ended(process):
    """What it printed, on both outputs, and its exit status."""
    said, complained = process.communicate(timeout=60)
    return said, complained, process.returncode


def test_a_spend_is_authorized_charged_and_confirmed(company, spend):
    agent = company.spender(10_000)
    said, complained, status = ended(spend(agent, 1999))
    assert (complained, status) == ("", 0)
    # As its README shows it, of which the second line is the other processor's, which tells less.
    shown = (ROOT / "examples/agent-platform/README.md").read_text().split("What it prints:\n\n")[1].split("\n\n")[0]
    wanted, found = [re.sub(r"_01\w*…?", "_", text).split("\n") for text in (shown, said.rstrip("\n"))]
    assert found[0] == wanted[0].strip() and found[2:] == [wanted[2].strip()]
    assert found[1].startswith("VALID auth_ agent=agt_ ") and " max=1999 USD" in found[1]
    budget = company.budget(agent)
    assert (budget["confirmed"], budget["reserved"]) == (1999, 0)


def test_a_denial_is_told_with_its_reasons(company, spend):
    said, complained, status = ended(spend(company.spender(1000), 1001))
    assert (said, status) == ("", 1)
    assert "is DENIED. ALL_TIME_LIMIT_EXCEEDED: " in complained


def test_what_the_processor_declines_is_given_back(company, spend):
    agent = company.spender(1000)
    said, complained, status = ended(spend(agent, 100, issuer="https://elsewhere.example"))
    assert "PAITIFY_E_ISSUER" in said and complained.endswith("is VOIDED.\n") and status == 1
    assert company.budget(agent)["remaining"] == 1000


def test_a_held_spend_waits_for_a_person(company, spend):
    agent = company.agent()
    company.policy(limit(10_000), agent=agent, approval={"above": 5000})
    process = spend(agent, 5001)
    held = re.match(r"(auth_\w+) waits for a person: POST /v1/approvals/(\w+)/approve", process.stdout.readline())
    assert held and held[1] == held[2]
    assert company.http.post(f"/v1/approvals/{held[1]}/approve").status_code == 200
    said, complained, status = ended(process)
    assert (complained, status) == ("", 0) and said.endswith(f"{held[1]} is CONFIRMED: 5001 USD spent.\n")
