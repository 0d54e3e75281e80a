#!/usr/bin/env python3
"""Records the ABI of the C libraries in packaging/abi, and tells whether today's has only grown since.

    scripts/abi.py check     prints what a host that was compiled before would stumble over; exit status 1 if anything
    scripts/abi.py record    writes the record anew; at a release, or when what is recorded was never released

Of each library NAME of build/lib:

    NAME.abi          functions, types and layouts, by libabigail's abidw
    NAME.constants    the header's constants: compiled into hosts, and in no object file

Embedded Swift leaves no C types in its debug information. So the types are those of the header: a library of empty
functions is compiled from it, with the symbols and versions of the real one. That the real one does as the header says
is what the compiler checks (@c @implementation), and the tests of the C ABI.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

from c_header import Header, whole

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORDS = ROOT / "packaging/abi"
CORE = "paitifyverify"


def run(*command, **settings):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, check=False, **settings)
    if done.returncode:
        raise SystemExit(f"abi: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def libraries():
    """The libraries that scripts/build-verifier.sh built."""
    return sorted(path.stem for path in (ROOT / "build/lib/pkgconfig").glob("*.pc"))


def exported(library):
    """What the library exports: symbol to version."""
    lines = run("nm", "-D", "--defined-only", library).split("\n")
    names = [line.split()[-1] for line in lines if line and " A " not in line]
    return dict(name.split("@@") for name in names)


class ABI:
    """What a host is compiled against: a header, with all that it includes, and a library's symbols."""

    def __init__(self, name, header, symbols, soname):
        self.name, self.header, self.symbols, self.soname = name, header, symbols, soname

    @classmethod
    def built(cls, name):
        library = ROOT / f"build/lib/lib{name}.so"
        return cls(name, whole(f"{ROOT}/include/{name}.h"), exported(library), library.readlink().name)

    def constants(self):
        """The header's constants; the core's are recorded with the core alone."""
        found = Header(self.header).constants
        if self.name != CORE:
            core = Header(whole(f"{ROOT}/include/{CORE}.h")).constants
            found = {name: value for name, value in found.items() if name not in core}
        return "".join(f"{name} {value}\n" for name, value in sorted(found.items()))

    def as_seen_by(self, host):
        """The same, as a host knows it that was compiled against that record.

        A struct that begins with struct_size may have got more fields at its end; the host says that it knows fewer.
        """
        header = self.header
        for name, fields in Header(header).structs.items():
            known = fields_in(host, name)
            if fields[0].name == "struct_size" and 0 < known < len(fields):
                body = "".join(f"    {field};\n" for field in fields[:known])
                whole_body = re.compile(r"(\bstruct %s \{\n).*?(?=^\})" % name, re.M | re.S)
                header = whole_body.sub(lambda found: found[1] + body, header)
        return ABI(self.name, header, self.symbols, self.soname)

    def dump(self):
        """What abidw says of it."""
        with tempfile.TemporaryDirectory() as folder:
            library = self._stub(pathlib.Path(folder))
            return run("abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", library)

    def _stub(self, folder):
        """A library with the header's functions, which do nothing."""
        bodies = [
            re.sub(r"\s*PAITIFY_MUST_CHECK|;$", "", text) + " { __builtin_trap(); }\n"
            for name, text in Header(self.header).prototypes.items() if name in self.symbols]
        (folder / "stub.c").write_text(self.header + "".join(bodies))
        versions = {}
        for symbol, version in self.symbols.items():
            versions.setdefault(version, []).append(symbol)
        (folder / "exports.map").write_text("".join(
            f"{version} {{ global: {'; '.join(symbols)}; }};\n" for version, symbols in versions.items()))
        library = folder / self.soname
        run("cc", "-g", "-fPIC", "-shared", "-o", library, "stub.c", f"-Wl,-soname,{self.soname}",
            "-Wl,--version-script,exports.map", cwd=folder)
        return library


def fields_in(recorded, struct):
    """How many fields a struct had."""
    declared = ElementTree.fromstring(recorded).iter("class-decl")
    return max((len(one.findall("data-member")) for one in declared if one.get("name") == struct), default=0)


def breaks(recorded, constants, abi):
    """What a host that was compiled against the record would stumble over."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = pathlib.Path(folder) / "recorded.abi", pathlib.Path(folder) / "now.abi"
        old.write_text(recorded)
        new.write_text(abi.as_seen_by(recorded).dump())
        # --harmless: a signed number for an unsigned one is that to abidiff.
        done = subprocess.run(
            ["abidiff", "--no-added-syms", "--harmless", str(old), str(new)],
            text=True, capture_output=True, check=False)
    if done.returncode:
        yield from [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    now = dict(line.split() for line in abi.constants().splitlines())
    for name, value in (line.split() for line in constants.splitlines()):
        if name not in now:
            yield f"the constant {name} is gone"
        elif now[name] != value:
            yield f"the constant {name} was {value} and is {now[name]}"


def record_of(name):
    if not (RECORDS / f"{name}.abi").exists():
        raise SystemExit(f"abi: {name} has no record in {RECORDS}; scripts/abi.py record makes it")
    return (RECORDS / f"{name}.abi").read_text(), (RECORDS / f"{name}.constants").read_text()


def main(arguments):
    if arguments not in (["check"], ["record"]):
        print(__doc__, file=sys.stderr)
        return 64
    wrong = []
    for name in libraries():
        abi = ABI.built(name)
        if arguments == ["record"]:
            (RECORDS / f"{name}.abi").write_text(abi.dump())
            (RECORDS / f"{name}.constants").write_text(abi.constants())
        else:
            wrong += [f"{name}: {line}" for line in breaks(*record_of(name), abi)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
