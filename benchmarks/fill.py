#!/usr/bin/env python3
"""Gives a store that an issuer made a past: fill.py FILE COUNT.

The latest approved authorization is copied COUNT times, confirmed, evenly over the two years before this month, with
identifiers as they would have been given then, so every index has what it would have. No issuer may have the file open.
The counters of days and months that go on stay as they are, since none of them covers what is copied; a store with
counters of longer periods is refused.
"""
import datetime
import os
import sqlite3
import sys

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
DAY = 86_400_000
YEARS_2 = 2 * 365 * DAY


def ulid(milliseconds: str, number: str) -> str:
    """SQL for a ULID: ten characters of time, sixteen of what is random in others, here scattered and never twice."""
    time = " || ".join(f"substr('{DIGITS}', (({milliseconds} >> {shift}) & 31) + 1, 1)" for shift in range(45, -1, -5))
    return f"{time} || printf('%016x', ({number} * 2654435761) & 0xffffffffffff)"


def fill(books: sqlite3.Connection, count: int) -> None:
    now = datetime.datetime.now(datetime.timezone.utc)
    end = int(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000) - DAY
    if books.execute("SELECT COUNT(*) FROM counters WHERE period_start < ?", [end]).fetchone()[0]:
        sys.exit("fill: this store has counters that cover what would be copied")
    found = books.execute(
        "SELECT rowid, authorization_id FROM authorizations WHERE decision = 'APPROVED' ORDER BY rowid DESC LIMIT 1"
    ).fetchone()
    if found is None:
        sys.exit("fill: this store has no approved authorization to copy")
    original, original_id = found
    columns = [row[1] for row in books.execute("PRAGMA table_info(authorizations)")]
    at = f"({end - YEARS_2} + past.n * {YEARS_2} / {count})"
    new_id = f"'auth_' || {ulid(at, 'past.n')}"
    past = {
        "authorization_id": new_id,
        "created_at": at,
        "authorized_at": at,
        "expires_at": f"{at} + 900000",
        "hold_expires_at": f"{at} + 4500000",
        "resolved_at": f"{at} + 60000",
        "status": "'CONFIRMED'",
        "confirmed_amount": "amount",
        "claims": f"replace(claims, '{original_id}', {new_id})",
    }
    indexes = books.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'authorizations' AND type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    books.execute("BEGIN")
    # Built once over all there is, which is quicker than row by row, and as dense as they ever are.
    for name, _ in indexes:
        books.execute(f"DROP INDEX {name}")
    books.execute(
        f"""
        WITH RECURSIVE past (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM past WHERE n < {count} - 1)
        INSERT INTO authorizations ({", ".join(columns)})
        SELECT {", ".join(past.get(name, name) for name in columns)}
        FROM past, (SELECT * FROM authorizations WHERE rowid = {original})
        """
    )
    for _, sql in indexes:
        books.execute(sql)
    books.execute("COMMIT")


def main(path: str, count: int) -> None:
    if not os.path.exists(path):
        sys.exit(f"fill: there is no {path}")
    # Sorting an index takes room beside the store, not where the system keeps its temporary files.
    os.environ["SQLITE_TMPDIR"] = os.path.dirname(os.path.abspath(path))
    books = sqlite3.connect(path, isolation_level=None)
    settings = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "foreign_keys = OFF",
                "cache_size = -500000", "threads = 2")
    for setting in settings:
        books.execute(f"PRAGMA {setting}")
    fill(books, count)
    # The program that decides has the store so, and made it so.
    books.execute("PRAGMA locking_mode = NORMAL")
    books.execute("PRAGMA journal_mode = WAL")
    books.close()


if len(sys.argv) != 3 or not sys.argv[2].isdigit() or sys.argv[2] == "0":
    sys.exit(__doc__)
main(sys.argv[1], int(sys.argv[2]))
