"""What the README says to paste, pasted."""

import json
import re
import shutil
import subprocess

from harness.paths import LIBRARY_FOLDER
from program import EXAMPLE, Processor

TEXT = (EXAMPLE / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


def test_the_first_blocks_build_it_and_charge(server, company, tmp_path):
    start, charge = BLOCKS[:2]
    copied = tmp_path / "examples/processor"
    shutil.copytree(EXAMPLE, copied, ignore=shutil.ignore_patterns("*.o", "processor", "state"))
    *preparations, run = start.strip().splitlines()
    assert run == "./processor processor.example.json"
    assert preparations[0].split("#")[0].strip() == "make -C ../.. library", "which the tests have done"
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PKG_CONFIG_PATH": str(LIBRARY_FOLDER / "pkgconfig")}
    subprocess.run(
        ["sh", "-ec", "\n".join(preparations[1:])], cwd=copied, env=environment, check=True, capture_output=True
    )

    configuration = json.loads((copied / "processor.example.json").read_text())
    configuration["listen"]["port"] = 0
    configuration["issuer"] = server.issuer
    configuration["keys"]["url"] = f"{server.address}/.well-known/jwks.json"
    processor = Processor(copied / "processor", copied, server.address, server.issuer)
    processor.configuration = configuration
    processor.configuration["ledger"] = str(copied / "state/charges.jsonl")
    processor.configuration["keys"]["file"] = str(copied / "state/keys.json")
    processor.configuration["replay"]["at"] = str(copied / "state/claims.db")
    processor.configuration["audit"] = str(copied / "state/audit.jsonl")
    processor.start()
    try:
        agent = company.spender()
        (tmp_path / "data").mkdir()
        (tmp_path / "data/demonstration").write_text(
            f"PAITIFY_URL={server.address}\nPAITIFY_API_KEY={company.key}\nPAITIFY_AGENT={agent}\n"
        )
        pasted = charge.replace("http://localhost:8090", f"http://127.0.0.1:{processor.port}")
        said = subprocess.run(
            ["sh", "-ec", pasted], cwd=copied, env=environment, check=True, capture_output=True, text=True
        )
        answer = json.loads(said.stdout.strip().splitlines()[-1])
        assert (answer["status"], answer["transactionId"], answer["amount"]) == ("charged", "order-1", 1999)
    finally:
        assert processor.stop() == 0


def test_every_member_of_the_configuration_is_described():
    source = (EXAMPLE / "configuration.c").read_text()
    members = set(re.findall(r'"(\w+)", ?\n? *&', source)) - {""}
    assert len(members) > 15
    for member in members:
        assert f"`{member}`" in TEXT or f".{member}`" in TEXT, member


def test_every_file_is_described_and_short():
    for file in sorted([*EXAMPLE.glob("*.c"), *EXAMPLE.glob("*.h"), *EXAMPLE.glob("load/*.c")]):
        assert len(file.read_text().splitlines()) <= 300, file
        if file.suffix == ".c":
            assert f"`{file.name}`" in TEXT or f"`load/{file.name}`" in TEXT, file.name


# ---- docs/processors.md ----

PAGE = (EXAMPLE.parents[1] / "docs/processors.md").read_text()


def test_every_metric_that_the_page_alerts_on_is_exported(processor):
    exported = processor.http.get("/metrics").text
    named = set(re.findall(r"processor_\w+", PAGE))
    assert len(named) > 12
    for metric in named:
        assert re.search(rf"^{metric}(_bucket)?[ {{]", exported, re.MULTILINE), metric
    # The labels that it asks for are those that there are; a status is exported once it was decided.
    for name, label, value in re.findall(r'(processor_\w+)\{(\w+)="(\w+)"\}', PAGE):
        if not value.startswith("PAITIFY_E_") and value != "indeterminate":
            assert re.search(rf'^{name}{{[^}}]*{label}="{value}"', exported, re.MULTILINE), (name, label, value)


def test_every_metric_is_on_the_page_or_plain_from_its_help(processor):
    for line in processor.http.get("/metrics").text.splitlines():
        if line.startswith("# HELP "):
            assert len(line.split(" ", 3)[3]) > 10, line


def test_the_page_names_real_codes():
    header = (EXAMPLE.parents[1] / "include/paitifyverify.h").read_text()
    for code in re.findall(r"`(E_\w+)`", PAGE):
        assert f"PAITIFY_{code} " in header, code
