"""What `make install` puts in its place serves C users: by pkg-config and by CMake, shared and static, moved or not."""

import os
import shlex
import subprocess

import pytest
from conftest import BUILT, HERE, ROOT, declared_functions, libraries, requirements, run

MULTIARCH = "lib/" + run("cc", "-print-multiarch").strip()
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def install(*options, **places):
    return run(ROOT / "scripts/install.sh", "--libraries", *options, env={**os.environ, **places})


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def pkg_config(prefix, *words, library="lib"):
    environment = {**os.environ, "PKG_CONFIG_PATH": f"{prefix}/{library}/pkgconfig"}
    return shlex.split(run("pkg-config", *words, env=environment))


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """An installation in a folder of its own, whose name has a space."""
    folder = tmp_path_factory.mktemp("installed") / "a prefix"
    install(PREFIX=str(folder))
    return folder


@pytest.fixture(scope="session")
def moved(tmp_path_factory):
    """An installation that was made elsewhere, and moved."""
    before, after = (tmp_path_factory.mktemp(name) / "paitify" for name in ("before", "after"))
    install(PREFIX=str(before), LIBDIR=f"{before}/{MULTIARCH}")
    before.rename(after)
    return after


def compile_c(program, source, flags):
    run("cc", *STRICT, "-O1", "-o", program, source, *flags)
    return program


def test_a_program_is_built_by_pkg_config(prefix, charge, version, tmp_path):
    assert pkg_config(prefix, "--modversion", "paitifyverify") == [version]
    flags = pkg_config(prefix, "--cflags", "--libs", "paitifyverify")
    program = compile_c(tmp_path / "charge", HERE / "charge.c", flags)
    charge.judge([program], version)


def test_a_static_program_is_built_by_pkg_config(prefix, charge, version, tmp_path):
    flags = ["-static", *pkg_config(prefix, "--static", "--cflags", "--libs", "paitifyverify")]
    # OpenSSL's own uses of dlopen and getaddrinfo are warned of by the linker.
    run("cc", "-O1", "-o", tmp_path / "charge", HERE / "charge.c", *flags)
    assert "NEEDED" not in run("readelf", "-dW", tmp_path / "charge")
    charge.judge([tmp_path / "charge"], version)


def test_an_installation_may_be_moved_as_a_whole(moved, charge, version, tmp_path):
    flags = pkg_config(moved, "--cflags", "--libs", "paitifyverify", library=MULTIARCH)
    charge.judge([compile_c(tmp_path / "charge", HERE / "charge.c", flags)], version)
    assert not [path for path in moved.rglob("*") if path.is_file() and b"/before" in path.read_bytes()]


@pytest.mark.parametrize("place", ["prefix", "moved"])
@pytest.mark.parametrize("name", ["paitifyverify", "PaitifyVerify"])
def test_programs_are_built_by_cmake(place, name, charge, version, tmp_path, request):
    prefix = request.getfixturevalue(place)
    (tmp_path / "CMakeLists.txt").write_text(f"""
cmake_minimum_required(VERSION 3.13)
project(charge C)
find_package({name} {version} CONFIG REQUIRED)
foreach(library paitifyverify paitifyverify_static)
  add_executable(with_${{library}} "{HERE}/charge.c")
  target_link_libraries(with_${{library}} PRIVATE PaitifyVerify::${{library}})
endforeach()
""")
    environment = {**os.environ, "PKG_CONFIG_PATH": ""}
    run("cmake", "-S", tmp_path, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_LIBRARY_ARCHITECTURE={MULTIARCH.removeprefix('lib/')}", env=environment)
    run("cmake", "--build", tmp_path)
    for library, shared in (("paitifyverify", True), ("paitifyverify_static", False)):
        program = tmp_path / f"with_{library}"
        assert ("libpaitifyverify.so.1" in run("readelf", "-dW", program)) == shared
        charge.judge([program], version)


@pytest.mark.parametrize("wanted, found", [
    ("0.0.1", True), ("0.1.0 EXACT", True), ("0.1...0.2", True), ("0.1.1", False), ("1.0", False), ("0.2...0.3", False),
    ("0.1.0 COMPONENTS carrier-pigeon", False)])
def test_cmake_takes_what_is_new_enough_and_whole(prefix, wanted, found, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(f"""
cmake_minimum_required(VERSION 3.19)
project(look C)
find_package(paitifyverify {wanted} CONFIG QUIET)
if(paitifyverify_FOUND)
  message(STATUS "it was found")
endif()
""")
    said = run("cmake", "-S", tmp_path, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}")
    assert ("it was found" in said) == found


@pytest.mark.parametrize("library", libraries())
def test_every_library_of_the_kit_links_shared_and_static(library, prefix, tmp_path):
    functions = declared_functions(ROOT / f"include/{library}.h")
    source = tmp_path / "all.c"
    source.write_text(f"#include <{library}.h>\n#include <stdio.h>\nint main(void)\n{{\n" + "".join(
        f'    printf("%d", {function} != NULL);\n' for function in functions) + "    return 0;\n}\n")
    # Compilers know that the address of a function is not null, and say so.
    flags = pkg_config(prefix, "--cflags", "--libs", library)
    assert run(compile_c(tmp_path / "shared", source, [*flags, "-Wno-address"])) == "1" * len(functions)
    # The library alone is static: what it needs need not be had so (Debian's curl is not).
    own = [f"-l:lib{word[2:]}.a" if word[2:] in libraries() else word for word in flags]
    needs = pkg_config(prefix, "--libs", *requirements(library))
    assert run(compile_c(tmp_path / "static", source, [*own, *needs, "-Wno-address"])) == "1" * len(functions)
    assert "libpaitifyverify" not in run("readelf", "-dW", tmp_path / "static")


def test_a_packager_gets_the_files_below_destdir_and_absolute_paths_in_usr(tmp_path):
    install(DESTDIR=str(tmp_path), PREFIX="/usr", LIBDIR=f"/usr/{MULTIARCH}")
    assert {name.split("/")[0] for name in files(tmp_path)} == {"usr"}
    for library in libraries():
        text = (tmp_path / f"usr/{MULTIARCH}/pkgconfig/{library}.pc").read_text()
        assert text.startswith(f"prefix=/usr\nlibdir=/usr/{MULTIARCH}\nincludedir=${{prefix}}/include\n")
        assert "rpath" not in text and str(tmp_path) not in text


def test_uninstalling_leaves_what_was_there_and_nothing_else(tmp_path):
    for mine in ("include/mine.h", "lib/mine.a", "lib/cmake/mine/mine-config.cmake", "share/man/man3/mine.3"):
        (tmp_path / mine).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / mine).write_text("mine")
    before = files(tmp_path)
    install(PREFIX=str(tmp_path))
    assert len(files(tmp_path)) > len(before) + 10
    install("--uninstall", PREFIX=str(tmp_path))
    assert files(tmp_path) == before
    assert not (tmp_path / "share/paitify").exists() and not (tmp_path / "lib/cmake/paitifyverify").exists()


@pytest.mark.parametrize("places", [{"PREFIX": "usr"}, {"PREFIX": "/usr", "LIBDIR": "lib"}])
def test_a_prefix_that_is_no_path_is_refused(places, tmp_path):
    environment = {**os.environ, "DESTDIR": f"{tmp_path}/", **places}
    done = subprocess.run([ROOT / "scripts/install.sh"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 64 and "absolute" in done.stderr


def test_the_installed_files_are_those_that_were_built(prefix):
    for library in libraries():
        assert (prefix / f"lib/lib{library}.so").resolve().read_bytes() == (BUILT / f"lib{library}.so").read_bytes()
        assert (prefix / f"include/{library}.h").read_bytes() == (ROOT / f"include/{library}.h").read_bytes()
