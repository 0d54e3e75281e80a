"""What the Containerfile says of the program, asked of the program: no container is built here."""

import json
import re
import shutil
import subprocess

import pytest

from harness.paths import PAITIFY, ROOT
from harness.ports import free_port

CONTAINERFILE = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text())


def healthcheck(port):
    command = json.loads(re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", CONTAINERFILE, re.M)[1])
    return subprocess.run(command, env={"PATH": "/usr/bin:/bin", "PAITIFY_PORT": str(port)}, timeout=10, check=False)


def test_the_health_check_says_yes_of_an_issuer_that_is_ready_and_no_of_none(server):
    assert healthcheck(server.port).returncode == 0
    assert healthcheck(free_port()).returncode != 0


def test_the_health_check_says_no_of_an_issuer_that_was_told_to_stop(own_server):
    server = own_server(PAITIFY_DRAIN="30", PAITIFY_SIGNING_ALGORITHM="ES256").start()
    assert healthcheck(server.port).returncode == 0
    server.process.terminate()
    while healthcheck(server.port).returncode == 0:
        assert server.process.poll() is None


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs Debian, whose packages the image has")
def test_the_image_has_every_library_of_the_program():
    headers = subprocess.run(["readelf", "-d", PAITIFY], capture_output=True, text=True, check=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", headers)
    # A debug build has the toolchain's libraries beside it, which the one that is released has in it.
    found = subprocess.run(["ldd", PAITIFY], capture_output=True, text=True, check=True).stdout
    places = dict(re.findall(r"^\s*(\S+) => (\S+)", found, re.M))
    installed = set(re.search(r"--no-install-recommends\s+(.*?)\s+&&", CONTAINERFILE)[1].split()) | {"libc6"}
    missing = []
    for library in needed:
        place = places.get(library)
        if place is None or "/usr/lib/swift/" in place or "/swift/" in place:
            continue
        for name in {place, place.removeprefix("/usr")} | {f"/usr{place}"}:
            owner = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False).stdout
            if owner:
                break
        if owner.split(":")[0] not in installed:
            missing.append(f"{library} of {owner.split(':')[0]}")
    assert not missing
    assert {"libhiredis0.14", "libpq5", "libssl3"} <= installed
