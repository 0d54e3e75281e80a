#!/usr/bin/env python3
"""Reads how PostgreSQL carries out every statement of the issuer: none touches a company's table but by the company's identifier.

check.py FILE: FILE has a statement a line, as JSON texts, as the tests on PostgreSQL have sent them (scripts/with-postgresql.sh
writes it). To be run by the same script, on a server of its own. Fails too where a statement of the sources is not among them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Documents"))

from harness import Report  # noqa: E402

SERVER = os.environ["PAITIFY_TEST_POSTGRESQL"]
PSQL = Path(os.environ["PAITIFY_TEST_POSTGRESQL_BIN"]) / "psql"
PAITIFY = os.environ.get("PAITIFY_BIN", str(ROOT / ".build/debug/paitify"))

# Belongs to no company, or is asked before it is known whose it is.
GLOBAL = {"api_key_prefixes", "user_companies", "user_identities", "company_identities"}
# Visits companies one after the other, counts for /metrics and for the whole store's check, opens what is sealed, or brings the
# schema up to date: no decision waits for it.
ACROSS = re.compile(
    r"SELECT company_id FROM companies WHERE company_id > |SELECT company_id FROM audit_heads UNION"
    r"|SELECT COUNT\(\*\) FROM authorizations WHERE status = |FROM idempotency_keys\s+WHERE outcome NOT LIKE"
    r"|SELECT company_id FROM companies WHERE company_id <>|UPDATE memberships SET provider = \("
    r"|UPDATE counters SET drop_at = period_end \+ "
    # The companies among which a person may choose.
    r"|FROM user_companies u\s+JOIN memberships m"
)
# SQLite's own, among them what `paitify restore` does to a copy; PostgreSQL's own tables; what makes or changes tables; the beginning
# and end of transactions.
ELSEWHERE = re.compile(
    r"\s*(PRAGMA|VACUUM|CREATE|ALTER|DROP|LOCK|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b|.*(sqlite_|pg_|set_config)"
    r"|\s*DELETE FROM (invitations|password_resets|sessions) RETURNING"
    r"|\s*DELETE FROM idempotency_keys WHERE company_id = \$1 AND environment = \$2 AND idempotency_key = \$3", re.S
)


def sql(database, text):
    """What psql prints, or its complaint."""
    command = [PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", SERVER.replace("dbname=postgres", f"dbname={database}")]
    done = subprocess.run([*command, "-f", "-"], input=text, capture_output=True, text=True)
    return done.stdout, done.stderr.strip()


def plan(text):
    """How it would be carried out, whatever is asked for; or why that cannot be told."""
    found, complaint = explain(text)
    if complaint:
        # The server has made parameters of constants; one that may be a text is taken for one.
        found, complaint = explain(re.sub(r"\b(THEN|ELSE) (\$\d+)", r"\1 CAST(\2 AS BIGINT)", text))
    return found, complaint


def explain(text):
    count = max((int(number) for number in re.findall(r"\$(\d+)", text)), default=0)
    arguments = f"({', '.join(['NULL'] * count)})" if count else ""
    found, complaint = sql("statements", f"""
        SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off;
        SET enable_hashjoin = off; SET enable_mergejoin = off;
        PREPARE asked AS {text};
        EXPLAIN (FORMAT JSON, COSTS OFF, VERBOSE) EXECUTE asked{arguments};""")
    return (json.loads(found)[0]["Plan"], None) if not complaint else (None, complaint)


def nodes(node):
    yield node
    for each in node.get("Plans", []):
        yield from nodes(each)


def faults(text, tables):
    """Of one statement."""
    if ACROSS.search(text):
        return []
    root, complaint = plan(text)
    if complaint:
        return [f"{complaint.splitlines()[0]}: {normal(text)[:300]}"]
    found = []
    for node in nodes(root):
        if node.get("Relation Name") not in tables:
            continue
        conditions = " ".join(str(node.get(name, "")) for name in ("Index Cond", "Recheck Cond", "Filter"))
        if node["Node Type"] == "ModifyTable":
            # What is changed is found by the nodes below; what is inserted says whose it is first, as the tables do.
            named = node["Operation"] != "Insert" or not re.search(r"INSERT INTO \w+\s*\((?!\s*company_id\b)", text)
        else:
            # Written as (company_id = $1), or with the table's name and a cast, on either side.
            named = re.search(r"company_id\b\S* = |= \(?\w*\.?company_id\b", conditions)
        if not named:
            found.append(f"{node['Node Type']} of {node['Relation Name']} by {conditions!r}: {normal(text)[:300]}")
    return found


def normal(text):
    """As two writings of a statement have it alike: no constants, no parameters' numbers, one space between words."""
    text = re.sub(r"'[^']*'|\$\d+|\b\d+\b|(?<=THEN )NULL\b", "?", text)
    return re.sub(r"\s+", " ", text).strip()


def written():
    """(place, pieces) of each statement in the sources: its text between what is put into it."""
    literal = re.compile(r'Statement\(\s*(?:\w+: )?(?:"""(.*?)"""|"((?:[^"\\]|\\.)*)")', re.S)
    for path in sorted((ROOT / "Sources/Issuer").rglob("*.swift")):
        source = path.read_text()
        for match in literal.finditer(source):
            text = match.group(1) or match.group(2) or ""
            # What is put in begins with a backslash and a parenthesis; it has none inside that is not closed.
            pieces = re.split(r"\\\((?:[^()]|\([^()]*\))*\)", text)
            line = source[: match.start()].count("\n") + 1
            yield f"{path.relative_to(ROOT)}:{line}", pieces


def missing(texts):
    """Statements of the sources that nothing has sent."""
    seen = " | ".join(normal(text) for text in texts)
    for place, pieces in written():
        if ELSEWHERE.match("".join(pieces)):
            continue
        longest = max((normal(piece) for piece in pieces), key=len)
        if longest and longest not in seen:
            yield f"{place}: {longest[:100]}"


def main(file):
    texts = sorted({json.loads(line) for line in Path(file).read_text().splitlines()})
    texts = [text for text in texts if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", text) and "pg_" not in text]
    sql("postgres", "CREATE DATABASE statements")
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "PAITIFY_DATABASE_URL": SERVER.replace("dbname=postgres", "dbname=statements"), "PAITIFY_MASTER_KEY": "5a" * 32,
            "PAITIFY_DATA_DIR": folder,
        }  # fmt: skip
        subprocess.run([PAITIFY, "migrate"], env=os.environ | settings, check=True, capture_output=True)
    named, _ = sql("statements", "SELECT DISTINCT table_name FROM information_schema.columns WHERE column_name = 'company_id'")
    tables = set(named.split()) - GLOBAL
    report = Report("statements")
    report.says("every statement of the sources was sent by some test", list(missing(texts)))
    # Tests look at tables by themselves, too.
    ours = {max((normal(piece) for piece in pieces), key=len) for _, pieces in written()} - {""}
    about = [
        text for text in texts
        if tables & set(re.findall(r"\w+", text)) and any(piece in normal(text) for piece in ours)
    ]  # fmt: skip
    report.says(
        f"each of {len(about)} statements finds what is a company's by the company's identifier",
        [fault for text in about for fault in faults(text, tables)] + ([] if len(about) >= 100 else ["there are too few"]),
    )
    for what, text in [
        ("one read all authorizations", "SELECT amount FROM authorizations WHERE status = $1"),
        ("one found an agent by its own identifier alone", "UPDATE agents SET name = $1 WHERE agent_id = $2"),
        ("one asked for any company but this", "SELECT policy_id FROM policies WHERE company_id <> $1"),
        ("one joined without the company", "SELECT a.name FROM agents a JOIN counters c ON c.subject = a.agent_id"
         " WHERE c.company_id = $1"),
    ]:  # fmt: skip
        report.finds(what, "Scan", lambda text=text: faults(text, tables))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
