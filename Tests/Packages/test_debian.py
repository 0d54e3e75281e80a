"""The Debian packages are what Debian expects, and serve whoever installs them: a C processor, an operator."""

import re
import shutil
import subprocess

import pytest
from conftest import HERE, ROOT, libraries, requirements, run

UNIT = ROOT / "debian/paitify-server.paitify.service"


def packages(folder):
    """The packages of a folder: name to its fields."""
    return {
        path.name.split("_")[0]: dict(re.findall(r"^ (\S+): (.*)$", run("dpkg-deb", "--info", path), re.M))
        for path in folder.glob("*.deb")}


def test_every_library_has_a_package_and_one_for_developers(debs):
    expected = {f"lib{library}{kind}" for library in libraries() for kind in ("1", "-dev")}
    assert packages(debs).keys() == expected | {"paitify-audit-check"}


def development_packages(library):
    """Debian's packages of what a library's pkg-config file requires: static programs link it."""
    for name in requirements(library):
        path = f"{run('pkg-config', '--variable=pcfiledir', name).strip()}/{name}.pc"
        yield run("dpkg-query", "-S", path).split(":")[0]


def test_a_package_depends_on_what_its_library_needs(debs):
    found = packages(debs)
    needed = {name: set(re.findall(r"(?:^|, )([^ ,]+)", fields["Depends"])) for name, fields in found.items()}
    assert needed["libpaitifyverify1"] == {"libc6", "libjansson4", "libssl3"}
    for library in libraries():
        assert {f"lib{library}1", *development_packages(library)} <= needed[f"lib{library}-dev"]


def test_lintian_has_nothing_to_say(debs):
    # Swift calls memcpy and its like itself, with bounds that the language checks: glibc has no checked form that fits.
    said = run(
        "lintian", "--allow-root", "--display-info", "--pedantic", "--suppress-tags", "hardening-no-fortify-functions",
        *sorted(debs.glob("*.deb")))
    assert not re.findall(r"^[EWIPX]: .*", said, re.M), said


IN_THE_ROOT = """
set -eu
dpkg -i /given/*.deb >/dev/null
dpkg --audit
cd "$(mktemp -d)"
cc -std=c99 -Wall -Wextra -Werror -o shared /given/charge.c $(pkg-config --cflags --libs paitifyverify)
cc -static -o static /given/charge.c $(pkg-config --static --cflags --libs paitifyverify) 2>/dev/null
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.13)
project(charge C)
find_package(paitifyverify CONFIG REQUIRED COMPONENTS @COMPONENTS@)
add_executable(cmade /given/charge.c)
target_link_libraries(cmade PRIVATE PaitifyVerify::paitifyverify @TARGETS@)
END
cmake . >/dev/null
cmake --build . >/dev/null
for program in shared static cmade; do
    ./$program /given/jwks.json "$(cat /given/token)" 5000 @NOW@
    ./$program /given/jwks.json "$(cat /given/token)" 5001 @NOW@ || true
done
ldd shared | grep -o '/lib.*libpaitifyverify.so.1'
man -w paitify_verify_jws | grep -o 'man3/paitify_verify.3.gz'
dpkg --purge $(dpkg-query -W -f '${Package}\\n' '*paitify*') >/dev/null
find /etc /usr /var -xdev -name '*paitify*' ! -path '/var/cache/*' ! -path '/var/tmp/*'
"""


def test_installed_in_a_fresh_root_they_serve_a_c_user_and_purged_they_are_gone(debs, charge, version, tmp_path):
    for package in debs.glob("*.deb"):
        shutil.copy(package, tmp_path)
    shutil.copy(HERE / "charge.c", tmp_path)
    shutil.copy(charge.keys, tmp_path / "jwks.json")
    (tmp_path / "token").write_text(charge.token)
    plugins = [library.removeprefix("paitifyverify-") for library in libraries() if library != "paitifyverify"]
    (tmp_path / "try.sh").write_text(
        IN_THE_ROOT.replace("@NOW@", str(charge.now)).replace("@COMPONENTS@", " ".join(plugins)).replace(
            "@TARGETS@", " ".join(f"PaitifyVerify::paitifyverify-{plugin}" for plugin in plugins)))
    done = subprocess.run(
        [HERE / "in-fresh-root.sh", ROOT, tmp_path, "sh", "/given/try.sh"], capture_output=True, text=True, check=False)
    if done.returncode == 125:
        pytest.skip(done.stderr.strip())
    line = f"by libpaitifyverify {version}"
    assert done.stdout.splitlines() == [
        *[f"PAITIFY_OK, {line}", f"PAITIFY_E_AMOUNT, {line}"] * 3, f"/lib/{run('cc', '-print-multiarch').strip()}/"
        "libpaitifyverify.so.1", "man3/paitify_verify.3.gz"], done.stdout + done.stderr


def test_the_service_is_confined():
    """systemd's own measure, from 10 (anything) to 0 (nothing): below 2 it calls a service OK."""
    said = run("systemd-analyze", "security", "--offline=true", UNIT)
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", said)[1]) < 1.5


def test_the_service_names_no_setting_that_systemd_does_not_know(tmp_path):
    # The program and its user are not installed here: a service that is the same, but for those, has nothing wrong.
    text = UNIT.read_text().replace("/usr/bin/paitify", "/bin/true").replace("User=paitify", "User=daemon")
    (tmp_path / "paitify.service").write_text(text.replace("Group=paitify", "Group=daemon"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "paitify.service"],
        capture_output=True, text=True, check=False)
    assert not [line for line in done.stderr.splitlines() if "paitify" in line], done.stderr


def test_the_settings_that_the_service_suggests_are_settings():
    known = set(re.findall(r"PAITIFY_\w+", (ROOT / "docs/operations.md").read_text()))
    for path in (ROOT / "debian/paitify.env", UNIT):
        assert set(re.findall(r"PAITIFY_\w+", path.read_text())) <= known
