"""Whoever builds the library from this source gets the same bytes, in whatever folder."""

import pytest
from conftest import BUILT, libraries, run


@pytest.mark.parametrize("file", [
    name for library in libraries() for name in (f"lib{library}.so", f"lib{library}.a", f"pkgconfig/{library}.pc")])
def test_two_builds_in_two_folders_are_the_same_bytes(file, elsewhere):
    assert (elsewhere / "build/lib" / file).read_bytes() == (BUILT / file).read_bytes()


def test_no_built_file_names_the_folder_it_was_built_in(elsewhere):
    built = [path for path in (elsewhere / "build/lib").rglob("*") if path.is_file()]
    assert len(built) >= 3 * len(libraries())
    assert not [path for path in built if bytes(elsewhere) in path.read_bytes()]


def test_two_builds_of_the_debian_packages_are_the_same_bytes(elsewhere, debs):
    """Their times are that of debian/changelog, and what else differs between two folders is in none of them."""
    run("scripts/build-deb.sh", "--libraries", cwd=elsewhere)
    here, there = ({path.name: path.read_bytes() for path in folder.glob("*.deb")} for folder in (
        debs, elsewhere / "build/deb"))
    assert len(here) > 2 * len(libraries())
    assert [name for name in here.keys() | there.keys() if here.get(name) != there.get(name)] == []
