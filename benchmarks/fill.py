#!/usr/bin/env python3
"""Gives a store that an issuer made a past: fill.py FILE COUNT.

The latest authorization is copied COUNT times, confirmed, evenly over the two years before this month, with identifiers
as they would have been given then, so every index has what it would have. No issuer may have the file open. The
counters of the periods that go on stay as they are, since none of them covers what is copied.
"""
import datetime
import sqlite3
import sys

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
YEARS_2 = 2 * 365 * 86_400_000


def ulid_time(milliseconds: str) -> str:
    """SQL for the first ten characters of a ULID."""
    return " || ".join(f"substr('{DIGITS}', (({milliseconds} >> {shift}) & 31) + 1, 1)" for shift in range(45, -1, -5))


def main(path: str, count: int) -> None:
    books = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF"):
        books.execute(f"PRAGMA {setting}")
    indexes = books.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'authorizations' AND type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    columns = [row[1] for row in books.execute("PRAGMA table_info(authorizations)")]
    now = datetime.datetime.now(datetime.timezone.utc)
    end = int(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000) - 86_400_000
    at = f"({end - YEARS_2} + past.n * {YEARS_2} / {count})"
    past = {
        "authorization_id": f"'auth_' || {ulid_time(at)} || lower(hex(randomblob(8)))",
        "created_at": at,
        "authorized_at": at,
        "expires_at": f"{at} + 900000",
        "hold_expires_at": f"{at} + 4500000",
        "resolved_at": f"{at} + 60000",
        "status": "'CONFIRMED'",
        "confirmed_amount": "amount",
    }
    books.execute("BEGIN")
    for name, _ in indexes:
        books.execute(f"DROP INDEX {name}")
    books.execute(
        f"""
        WITH RECURSIVE past (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM past WHERE n < {count} - 1)
        INSERT INTO authorizations ({", ".join(columns)})
        SELECT {", ".join(past.get(name, name) for name in columns)}
        FROM past, (SELECT * FROM authorizations WHERE decision = 'APPROVED' ORDER BY rowid DESC LIMIT 1)
        """
    )
    for _, sql in indexes:
        books.execute(sql)
    books.execute("COMMIT")
    books.execute("PRAGMA journal_mode = WAL")
    books.close()


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(sys.argv[1], int(sys.argv[2]))
