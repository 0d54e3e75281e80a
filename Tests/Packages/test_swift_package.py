"""A Swift package depends on this one by its address and a version, and imports Verifier."""

import json

import pytest
from conftest import HERE, ROOT, copy_of_the_source, run


def git(folder, *words):
    run("git", "-C", folder, "-c", "user.name=test", "-c", "user.email=test@example.invalid", *words)


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """This source as a repository with a tag for a version, which is all that SwiftPM knows of a dependency."""
    folder = copy_of_the_source(tmp_path_factory.mktemp("repository") / "paitify")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    git(folder, "tag", "0.1.0")
    return folder


@pytest.fixture(scope="session")
def user(repository, tmp_path_factory):
    """A package that depends on it, resolved."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "Sources/charge").mkdir(parents=True)
    (folder / "Sources/charge/main.swift").write_text((HERE / "charge.swift").read_text())
    (folder / "Package.swift").write_text(f"""// swift-tools-version:6.2
import PackageDescription
let package = Package(
    name: "user",
    dependencies: [.package(url: "{repository.as_uri()}", from: "0.1.0", traits: [])],
    targets: [.executableTarget(name: "charge", dependencies: [.product(name: "Verifier", package: "paitify")])])
""")
    run("swift", "package", "resolve", cwd=folder)
    return folder


def test_nothing_but_this_package_is_fetched_for_the_verifier(user):
    assert [path.name for path in (user / ".build/checkouts").iterdir()] == ["paitify"]
    assert [pin["identity"] for pin in json.loads((user / "Package.resolved").read_text())["pins"]] == ["paitify"]


def test_a_package_that_imports_the_verifier_is_built_and_verifies(user, charge):
    run("swift", "build", cwd=user)
    program = [user / ".build/debug/charge"]
    assert charge.verdict(program, 5000) == (0, "PAITIFY_OK\n")
    assert charge.verdict(program, 5001) == (1, "PAITIFY_E_AMOUNT\n")


def test_the_documentation_is_built_without_a_warning():
    said = run(ROOT / "scripts/build-docs.sh")
    assert "build/docs (" in said
    page = json.loads((ROOT / "build/docs/data/documentation/verifier.json").read_text())
    grouped = {identifier for section in page["topicSections"] for identifier in section["identifiers"]}
    # Nothing public is left to the list that DocC makes of what nobody put in a group.
    assert [section["title"] for section in page["topicSections"]] == [
        "Essentials", "What went wrong", "Keys", "What a host brings", "Conformance"]
    assert any("TokenVerifier" in identifier for identifier in grouped)
