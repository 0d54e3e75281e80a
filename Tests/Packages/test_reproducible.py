"""Whoever builds the library from this source gets the same bytes, in whatever folder."""

import pytest
from conftest import BUILT, copy_of_the_source, libraries, run


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory):
    """build/lib, built anew in a folder of another name and length."""
    folder = copy_of_the_source(tmp_path_factory.mktemp("elsewhere") / "paitify-of-somebody-else")
    run("scripts/build-verifier.sh", cwd=folder)
    return folder / "build/lib"


@pytest.mark.parametrize("file", [
    name for library in libraries() for name in (f"lib{library}.so", f"lib{library}.a", f"pkgconfig/{library}.pc")])
def test_two_builds_in_two_folders_are_the_same_bytes(file, elsewhere):
    assert (elsewhere / file).read_bytes() == (BUILT / file).read_bytes()


def test_no_built_file_names_the_folder_it_was_built_in(elsewhere):
    name = bytes(elsewhere.parents[1])
    assert not [path for path in elsewhere.rglob("*") if path.is_file() and name in path.read_bytes()]
