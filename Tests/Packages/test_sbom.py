"""What is in the libraries and the issuer is written down, in SPDX 2.3, and is what is in them."""

import hashlib
import json
import pathlib
import sys

import pytest
from conftest import ROOT, libraries, requirements, run
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

sys.path.insert(0, str(ROOT / "scripts"))
import sbom  # noqa: E402

DEBUG = ROOT / ".build/debug"


@pytest.fixture(scope="session")
def documents():
    """Every document, by the name of what it is about; the issuer's where one was built, in debug, as the tests do."""
    run(ROOT / "scripts/sbom.py", "--libraries")
    if (DEBUG / "paitify.product/Objects.LinkFileList").exists():
        sbom.issuer("0.1.0", DEBUG.resolve() / "paitify", DEBUG.resolve())
    return {path.name.removesuffix(".spdx.json"): path for path in sbom.OUT.glob("*.spdx.json")}


def packages(path):
    """What goes with the document's subject: name to (version, relationship)."""
    content = json.loads(path.read_text())
    kinds = {one["relatedSpdxElement"]: one["relationshipType"] for one in content["relationships"]}
    return {one["name"]: (one["versionInfo"], kinds[one["SPDXID"]]) for one in content["packages"]}


def test_every_document_is_valid(documents):
    assert documents.keys() >= {f"lib{library}" for library in libraries()}
    for path in documents.values():
        assert [problem.validation_message for problem in validate_full_spdx_document(parse_file(str(path)))] == []


def test_an_invalid_one_would_be_found(documents, tmp_path):
    content = json.loads(documents["libpaitifyverify"].read_text())
    content["relationships"][0]["relatedSpdxElement"] = "SPDXRef-Nothing"
    (tmp_path / "other.spdx.json").write_text(json.dumps(content))
    assert validate_full_spdx_document(parse_file(str(tmp_path / "other.spdx.json")))


@pytest.mark.parametrize("library", libraries())
def test_a_librarys_files_and_needs_are_those_it_has(library, documents):
    content = json.loads(documents[f"lib{library}"].read_text())
    for file in content["files"]:
        sums = {one["algorithm"]: one["checksumValue"] for one in file["checksums"]}
        assert sums["SHA256"] == hashlib.sha256((ROOT / "build" / file["fileName"]).read_bytes()).hexdigest()
    assert {pathlib.Path(file["fileName"]).suffix for file in content["files"]} == {".0", ".a", ".h"}
    dynamic = [name for name, (_, kind) in packages(documents[f"lib{library}"]).items() if kind == "DYNAMIC_LINK"]
    # The C library, and a package for each that its pkg-config file requires.
    assert "libc6" in dynamic and len(dynamic) == 1 + len(requirements(library))


def test_the_issuers_packages_are_those_it_was_linked_of(documents):
    if "paitify-server" not in documents:
        pytest.skip("no issuer was built here")
    found = packages(documents["paitify-server"])
    resolved = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    versions = {pin["location"].removesuffix(".git").rsplit("/", 1)[1]: pin["state"]["version"] for pin in resolved}
    for name in ("hummingbird", "swift-nio", "GRDB.swift", "swift-argument-parser"):
        assert found[name] == (versions[name], "STATIC_LINK")
    assert found["libssl3"][1] == found["libsqlite3-0"][1] == "DYNAMIC_LINK"
    # Every licence is known: none was overlooked.
    content = json.loads(documents["paitify-server"].read_text())
    assert not [one["name"] for one in content["packages"] if one["name"] in versions and
                one["licenseDeclared"] == "NOASSERTION"]


def test_the_issuers_notices_have_the_licence_of_all_that_is_in_it(documents):
    if "paitify-server" not in documents:
        pytest.skip("no issuer was built here")
    text = (sbom.OUT / "paitify-server.NOTICES").read_text()
    static = [name for name, (_, kind) in packages(documents["paitify-server"]).items() if kind == "STATIC_LINK"]
    assert len(static) > 10
    for name in static:
        assert f"==== {'Swift' if name.startswith('swift-standard-library') else name}, LICENSE" in text
