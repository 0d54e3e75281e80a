#!/usr/bin/env python3
"""Finds functions of a program that lose the register of their error: Swift 6.3.1 optimises some so.

A synchronous function of Swift that throws has its error, or none, in r12 when it ends. Where it returns a large struct, the
optimiser may end it in a jump to memcpy, and leave in r12 what it kept there meanwhile: the caller takes it for an error. Such a
function does not save r12 at its beginning, and neither restores it from the stack before the jump nor clears it. What helps is
to return less, or in another way (docs/architecture.md). Run on the program before it is stripped.
"""

import re
import subprocess
import sys

OURS = re.compile(r"\$s(?:6Issuer|6Server|8Verifier|11RedisClient|11PluginParts|5POSIX)")
FUNCTION = re.compile(r"[0-9a-f]+ <(.*)>:$")
# A jump into another function, and none within this one: that would be to its name and an offset.
ENDS_IN = re.compile(r"jmp\s+\w+ <[^+>]*>$")
WRITES = re.compile(r"(?!cmp|test|push).*,%r12[dwb]?$")
SAVED = re.compile(r"mov\s+%r12,(-0x[0-9a-f]+\(%rbp\))$")


def loses_its_error(instructions):
    if "push   %r12" in instructions:
        return False
    kept = {f"mov    {found[1]},%r12" for one in instructions if (found := SAVED.match(one))} | {"xor    %r12d,%r12d"}
    last = None
    for one in instructions:
        if ENDS_IN.match(one) and last and last not in kept:
            return True
        if WRITES.match(one):
            last = one
    return False


def functions(lines):
    name, instructions = None, []
    for line in lines:
        if not line.startswith(" "):
            if name:
                yield name, instructions
            found = FUNCTION.match(line)
            name, instructions = found and found[1], []
        elif name and len(parts := line.rstrip().split("\t")) > 1:
            one = parts[1].split("#")[0].strip()
            # Functions without a name may follow one that has it.
            if one == "push   %rbp" and instructions:
                yield name, instructions
                instructions = []
            instructions.append(one)
    if name:
        yield name, instructions


def main(program):
    with subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", program], stdout=subprocess.PIPE, text=True) as listing:
        head = listing.stdout.readline() + listing.stdout.readline()
        if "file format elf64-x86-64" not in head:
            listing.kill()
            print(f"{program}: not looked through for what the optimiser spoils: that is known of x86-64 alone", file=sys.stderr)
            return
        ours = [(name, code) for name, code in functions(listing.stdout) if OURS.match(name)]
    if listing.returncode:
        sys.exit(f"{program}: objdump ended with {listing.returncode}")
    if len(ours) < 1000:
        sys.exit(f"{program}: only {len(ours)} functions of ours are named in it: it was stripped")
    lost = [name for name, code in ours if loses_its_error(code)]
    for name in lost:
        print(f"{program}: {name} loses the register of its error", file=sys.stderr)
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main(sys.argv[1])
