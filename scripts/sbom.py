#!/usr/bin/env python3
"""Writes what is in what was built, as SPDX 2.3: build/sbom/NAME.spdx.json of each library, and of the issuer, beside
which paitify-server.NOTICES has the licences of all that is compiled into it.

    scripts/sbom.py               of all that was built
    scripts/sbom.py --libraries   of the libraries alone

Nothing is taken from a list that could be out of date: the files are those of build/, what they link dynamically is
what their dynamic section names, as Debian's package of it on this machine; what the issuer links statically are the
packages whose sources its objects were compiled from, in the versions that SwiftPM resolved.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
from datetime import datetime, timezone

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "build/sbom"
NOTHING = "NOASSERTION"
# The licences of the Debian packages that the libraries may need; what is not here is not asserted.
LICENCES = {
    "libssl3": "Apache-2.0", "libjansson4": "MIT", "libc6": "LGPL-2.1-or-later", "libsqlite3-0": "blessing",
    "libmimalloc2.0": "MIT", "libcurl4": "curl", "libpq5": "PostgreSQL", "libhiredis0.14": "BSD-3-Clause", "zlib1g": "Zlib"}


def run(*command):
    return subprocess.run([str(word) for word in command], text=True, capture_output=True, check=True, cwd=ROOT).stdout


def reference(name):
    """An SPDX identifier."""
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def digest(path, kind):
    return hashlib.new(kind, path.read_bytes()).hexdigest()


class Document:
    """An SPDX document about one thing that was built, and what goes with it."""

    def __init__(self, name, version, purpose, files):
        self.name, self.packages, self.files, self.relationships = name, [], [], []
        for path in sorted(files):
            self._add_file(path)
        sums = "".join(sorted(file["checksums"][0]["checksumValue"] for file in self.files))
        self.subject = self.add(
            name, version, f"pkg:generic/{name}@{version}", "Apache-2.0", primaryPackagePurpose=purpose,
            supplier="Organization: Paitify", filesAnalyzed=True,
            packageVerificationCode={"packageVerificationCodeValue": hashlib.sha1(sums.encode()).hexdigest()},
            licenseInfoFromFiles=["Apache-2.0"])
        self.relate("SPDXRef-DOCUMENT", "DESCRIBES", self.subject)
        for file in self.files:
            self.relate(self.subject, "CONTAINS", file["SPDXID"])

    def _add_file(self, path):
        name = "./" + os.path.relpath(path, ROOT / "build")
        self.files.append({
            "SPDXID": reference("File-" + name[2:]), "fileName": name,
            "checksums": [
                {"algorithm": kind, "checksumValue": digest(path, kind.lower())} for kind in ("SHA1", "SHA256")],
            "licenseConcluded": "Apache-2.0", "licenseInfoInFiles": ["Apache-2.0"], "copyrightText": NOTHING})

    def add(self, name, version, purl, licence, location=NOTHING, **more):
        """A package; gives its identifier."""
        identifier = reference(f"Package-{name}-{version}")
        self.packages.append({
            "SPDXID": identifier, "name": name, "versionInfo": version, "downloadLocation": location,
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": NOTHING, "filesAnalyzed": False,
            "externalRefs": [
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}], **more})
        return identifier

    def relate(self, one, kind, other):
        self.relationships.append({"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other})

    def links(self, kind, *package, **more):
        self.relate(self.subject, kind, self.add(*package, **more))

    def write(self):
        created = datetime.fromtimestamp(built_at(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        content = {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": self.name,
            "creationInfo": {"created": created, "creators": ["Organization: Paitify", "Tool: paitify-sbom"]},
            "packages": self.packages, "files": self.files, "relationships": self.relationships}
        unique = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        content["documentNamespace"] = f"https://spdx.org/spdxdocs/{self.name}-{unique}"
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{self.name}.spdx.json").write_text(json.dumps(content, indent=1) + "\n")


def built_at():
    """What the packages say too: SOURCE_DATE_EPOCH, or when the source was changed last."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct"))


def add_debian_libraries(document, program):
    """The Debian packages of the shared libraries that a program names itself. (What those need is theirs to say.)"""
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", program)))
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", program), re.M))
    packages = set()
    for name in needed & found.keys():
        path = found[name]
        # Where /lib is a link to /usr/lib, dpkg knows a file by one of the two names.
        names = [path, os.path.realpath(path), path.removeprefix("/usr"), "/usr" + path]
        owners = subprocess.run(["dpkg-query", "-S", *names], text=True, capture_output=True, check=False).stdout
        packages.add(owners.split(":")[0] if owners else name)
    for package in sorted(packages):
        version = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package], text=True, capture_output=True, check=False).stdout
        if version:
            document.links("DYNAMIC_LINK", package, version, f"pkg:deb/debian/{package}@{version}",
                           LICENCES.get(package, NOTHING), supplier="Organization: Debian")
        else:  # none of Debian's: a toolchain's, say
            document.links("DYNAMIC_LINK", package, NOTHING, f"pkg:generic/{package}", NOTHING)


def add_swift(document, what):
    """What of the toolchain is compiled in."""
    version = re.search(r"Swift version (\S+)", run("swift", "--version"))[1]
    document.links("STATIC_LINK", what, version, f"pkg:github/swiftlang/swift@swift-{version}-RELEASE",
                   "Apache-2.0 WITH Swift-exception", supplier="Organization: Swift project")


def library(name, version):
    shared = (ROOT / f"build/lib/lib{name}.so").resolve()
    document = Document(f"lib{name}", version, "LIBRARY", [
        shared, ROOT / f"build/lib/lib{name}.a", ROOT / f"build/include/{name}.h"])
    add_swift(document, "swift-standard-library-embedded")
    add_debian_libraries(document, shared)
    document.write()


def linked_packages(products):
    """The packages of whose sources the issuer's objects were compiled."""
    modules = {
        pathlib.Path(line.strip("'\"")).parts[len(products.parts)]
        for line in (products / "paitify.product/Objects.LinkFileList").read_text().splitlines() if line.strip()}
    for module in modules:
        # Of Swift the compiler's list of sources, of C what each object depends on.
        lists = [products / module / "sources", *sorted((products / module).rglob("*.d"))[:1]]
        text = "".join(path.read_text() for path in lists if path.exists())
        yield from re.findall(r"/checkouts/([^/]+)/", text)[:1]


def licence_of(checkout):
    for path in sorted(checkout.glob("LICENSE*")):
        text = path.read_text()
        if "Apache License" in text:
            return "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in text else "Apache-2.0"
        if "Permission is hereby granted, free of charge" in text:
            return "MIT"
    return NOTHING


def write_notices(path, folders):
    """The licences and notices of what is compiled into the issuer, each text once, for whoever hands it on."""
    seen = {}
    with open(path, "w", encoding="utf-8") as notices:
        for name, folder in folders.items():
            wanted = [file for file in folder.rglob("*") if re.fullmatch(r"(LICENSE|NOTICE)(\.txt)?", file.name)]
            for file in sorted(wanted):
                place, text = f"{name}, {file.relative_to(folder)}", file.read_text(encoding="utf-8")
                same = seen.setdefault(text, place)
                notices.write(f"==== {place}\n\n{text if same == place else f'The same as: {same}'}\n\n")


def issuer(version, program, products):
    """Of a program, and the folder of SwiftPM's in which it was built."""
    document = Document("paitify-server", version, "APPLICATION", [program])
    add_swift(document, "swift-standard-library-and-foundation")
    linked = set(linked_packages(products))
    resolved = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    for pin in sorted(resolved, key=lambda pin: pin["identity"]):
        address, found = pin["location"].removesuffix(".git"), pin["state"]["version"]
        folder = address.rsplit("/", 1)[1]
        if folder in linked:
            document.links(
                "STATIC_LINK", folder, found, f"pkg:swift/{address.removeprefix('https://')}@{found}",
                licence_of(ROOT / ".build/checkouts" / folder), location=f"git+{address}@{found}")
    add_debian_libraries(document, program)
    document.write()
    toolchain = pathlib.Path(json.loads(run("swift", "-print-target-info"))["paths"]["runtimeResourcePath"])
    write_notices(OUT / "paitify-server.NOTICES", {
        "Swift": toolchain.parent.parent / "share/swift",
        **{name: ROOT / ".build/checkouts" / name for name in sorted(linked)}})


def main(arguments):
    if arguments not in ([], ["--libraries"]):
        print(__doc__, file=sys.stderr)
        return 64
    # What one of these names is no longer built is not to be found here.
    for old in OUT.glob("*"):
        old.unlink()
    for description in sorted((ROOT / "build/lib/pkgconfig").glob("*.pc")):
        version = re.search(r"^Version: (.*)", description.read_text(), re.M)[1]
        library(description.stem, version)
    if not arguments and (ROOT / "build/bin/paitify").exists():
        products = pathlib.Path(run("swift", "build", "-c", "release", "--show-bin-path").strip())
        issuer(version, ROOT / "build/bin/paitify", products)
    print(" ".join(str(path.relative_to(ROOT)) for path in sorted(OUT.glob("*.spdx.json"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
