"""What the documents show works as shown."""

import base64
import json
import os
import re
import shutil
import subprocess

import pytest

from harness.company import Company
from harness.paths import LIBRARY_FOLDER, PAITIFY, ROOT

DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "examples/*/*.md", "examples/*/*/*.md")
    for path in ROOT.glob(pattern)
    if path.is_file()
)


def blocks(path, language):
    """The fenced blocks of one language in a document."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_every_link_between_documents_leads_somewhere(document):
    def anchors(path):
        headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    for target in re.findall(r"\]\(([^)]+)\)", document.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_the_worked_example_of_the_contract_is_the_first_vector():
    text = (ROOT / "docs/contract.md").read_text()
    vectors = json.loads((ROOT / "Tests/Vectors/tokens.json").read_text())
    case, keys = vectors["cases"][0], vectors["jwks"]["keys"]
    example = text[text.index("## A worked example") :]
    folded = "".join(example.split())
    assert case["status"] == "PAITIFY_OK" and case["token"] in folded

    header, payload, _ = case["token"].split(".")
    decoded = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (header, payload)]
    assert json.loads(decoded[1]) == json.loads(re.search(r"^ {4}\{\n.*?^ {4}\}$", example, re.M | re.S).group(0))
    [key] = [key for key in keys if key["kid"] == json.loads(decoded[0])["kid"]]
    assert all(f'"{name}":"{value}"' in folded for name, value in key.items())


def test_the_contract_and_the_header_have_the_same_status_codes():
    contract = (ROOT / "docs/contract.md").read_text()
    header = (ROOT / "include/paitifyverify.h").read_text()
    documented = {name: int(number) for number, name in re.findall(r"\| (\d{3}) \| `(E_\w+)`", contract)}
    defined = {name: int(number) for name, number in re.findall(r"#define PAITIFY_(E_\w+) (\d+)", header)}
    for name, number in documented.items():
        assert defined[name] == number, name
    # Those that share a row, or that this version never gives, are in the text by their range.
    missing = {number for name, number in defined.items() if name not in documented}
    assert missing <= {702, 800, 901, 902, 903}


def sources(folder):
    return "\n".join(path.read_text() for path in sorted((ROOT / "Sources" / folder).rglob("*.swift")))


def test_every_setting_is_documented_and_every_documented_one_is_there():
    read = set(re.findall(r'"(PAITIFY_[A-Z_]+|LOG_LEVEL)"', sources("Server/Configuration")))
    documented = set(re.findall(r"`(PAITIFY_[A-Z_]+|LOG_LEVEL)`", (ROOT / "docs/operations.md").read_text()))
    assert read == documented


def test_every_code_of_a_problem_is_documented():
    enumeration = (ROOT / "Sources/Server/Problems/ProblemCode.swift").read_text()
    codes = set(re.findall(r'^    case \w+ = "([A-Z_]+)"$', enumeration, re.MULTILINE))
    documented = (ROOT / "docs/api.md").read_text()
    assert len(codes) > 40, codes
    assert sorted(code for code in codes if f"`{code}`" not in documented) == []


def test_the_readmes_curl_lines_authorize_and_fetch_the_keys(server, tmp_path):
    company = Company.create(server)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/demonstration").write_text(
        f"PAITIFY_URL={server.address}\nPAITIFY_API_KEY={company.key}\nPAITIFY_AGENT={company.spender(100_000)}\n"
    )
    lines = "".join(block for block in blocks(ROOT / "README.md", "sh") if "curl" in block)
    assert "/v1/authorize" in lines and "jwks.json" in lines
    finished = subprocess.run(["sh", "-ec", lines], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["decision"] == "APPROVED"
    assert json.loads((tmp_path / "jwks.json").read_text())["keys"]


def test_the_readmes_c_program_compiles_without_a_warning_and_verifies(server, tmp_path):
    company = Company.create(server)
    token = company.approved(company.spender(), 1999, merchant={"id": "m_aws"})["token"]
    [program] = blocks(ROOT / "README.md", "c")
    program = program.replace("http://localhost:8080", server.issuer)
    (tmp_path / "charge.c").write_text(program)
    (tmp_path / "jwks.json").write_bytes(company.jwks())
    line = "cc -std=c99 -Wall -Wextra -Werror -o charge charge.c $(pkg-config --cflags --libs paitifyverify)"
    environment = {"PATH": "/usr/bin:/bin", "PKG_CONFIG_PATH": str(LIBRARY_FOLDER / "pkgconfig")}
    subprocess.run(["sh", "-c", line], cwd=tmp_path, env=environment, check=True, timeout=60)

    def charge(token):
        return subprocess.run(["./charge", token], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    accepted = charge(token)
    assert accepted.returncode == 0 and agent_id(token) in accepted.stdout, accepted
    refused = charge(token[:-4] + "AAAA")
    assert refused.returncode == 1 and "PAITIFY_E_SIGNATURE" in refused.stdout


def agent_id(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]


def test_the_demonstration_runs_to_its_end(tmp_path):
    """In a project whose path has a space, too."""
    project = tmp_path / "a project"
    for folder in ("scripts", "examples/c"):
        shutil.copytree(ROOT / folder, project / folder)
    for folder in (LIBRARY_FOLDER, LIBRARY_FOLDER.parent / "include"):
        shutil.copytree(folder, project / "build" / folder.name, symlinks=True)
    environment = {"PATH": os.environ["PATH"], "PAITIFY_BIN": str(PAITIFY)}
    finished = subprocess.run(
        [str(project / "scripts/demo.sh")], env=environment, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.rstrip().endswith("The issuer has stopped, and nothing is left behind.")
