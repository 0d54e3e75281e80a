"""The books' migrations only add, so that issuers of the version before go on beside a schema that is newer than theirs."""

import re
from pathlib import Path

from harness import Report, changed

MIGRATIONS = Path("Sources/Issuer/Storage/Migrations")
STATEMENT = re.compile(r'Statement\(\s*(?:\w+: )?"(?:"")?(.*?)"(?:"")?\s*[,)]', re.S)
# What an older program would stumble over: a table or a column that it names is gone, or what it writes is refused.
NOT_ADDITIVE = [
    # Without a constraint more is taken than before.
    (r"\bDROP\b(?! CONSTRAINT\b)", "takes something away"),
    (r"\bRENAME\b", "gives something another name"),
    (r"\bALTER COLUMN\b|\bSET NOT NULL\b|\bADD CONSTRAINT\b", "changes what a column may hold"),
    (r"\bCREATE UNIQUE INDEX\b", "refuses what was taken before"),
    (r"\bDELETE\b|\bTRUNCATE\b", "takes rows away"),
]
# An issuer that serves meanwhile presumes that these stand as it left them, as long as the company's revision does (Standings).
PRESUMED = r"\bUPDATE (?:companies|agents|counters|authorizations)\b(?!.*\brevision = revision \+ 1\b)"
# The last one that was made before anything was presumed.
FREE_TO_UPDATE = {"V007.swift"}


def statements(path):
    # The first version's are of nobody's past.
    if path.name != "V001.swift":
        for found in STATEMENT.finditer(path.read_text()):
            yield found[1]


def not_additive(named):
    named = list(named)
    # No older program knows a table that the same version makes.
    new = {(name, table) for name, text in named for table in re.findall(r"\bCREATE TABLE (\w+)", text)}
    for name, text in named:
        index = re.search(r"\bCREATE UNIQUE INDEX \w+ ON (\w+)", text)
        if index and (name, index[1]) in new:
            continue
        for pattern, why in NOT_ADDITIVE:
            if re.search(pattern, text, re.I):
                yield f"{name}: {why}: {' '.join(text.split())[:80]}"
        if name not in FREE_TO_UPDATE and re.search(PRESUMED, text, re.I | re.S):
            yield f"{name}: changes what issuers presume, and not the revision: {' '.join(text.split())[:80]}"
        if re.search(r"\bADD COLUMN\b.*\bNOT NULL\b(?!.*\bDEFAULT\b)", text, re.I | re.S):
            yield f"{name}: older programs do not write a column that has to be written: {' '.join(text.split())[:80]}"


def by_position(named):
    """Statements that a new column would disturb: they do not say which columns they are about."""
    for name, text in named:
        for found in re.finditer(r"SELECT\s+(?:\w+\.)?\*(?! FROM \()|INSERT INTO \w+\s+VALUES", text):
            yield f"{name}: {found[0]}"


def run():
    report = Report("migrations")
    named = [(path.name, text) for path in sorted(MIGRATIONS.glob("V*.swift")) for text in statements(path)]
    report.says("there are some, and they only add", [] if len(named) > 5 else ["none was found"])
    report.says("no version takes away or changes what the one before uses", list(not_additive(named)))
    for text, word in [
        ("ALTER TABLE agents DROP COLUMN name", "takes something away"),
        ("ALTER TABLE agents RENAME COLUMN name TO title", "another name"),
        ("ALTER TABLE agents ADD COLUMN colour TEXT NOT NULL", "has to be written"),
        ("CREATE UNIQUE INDEX one_name ON agents (company_id, name)", "refuses"),
        ("UPDATE agents SET name = 'x'", "issuers presume"),
    ]:
        report.finds(text, word, lambda text=text: not_additive([("V099.swift", text)]))
    sources = [(str(path), path.read_text()) for path in sorted(Path("Sources/Issuer").rglob("*.swift"))]
    report.says("every statement names its columns", list(by_position(sources)))
    drifted = [("a.swift", changed("SELECT name FROM agents", "name", "*"))]
    report.finds("one did not", "SELECT *", lambda: by_position(drifted))
    return report.failed
