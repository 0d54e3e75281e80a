#!/usr/bin/env python3
"""What a number of authorizations a day takes, from what one costs: processors, commits, log, disk, connections.

The costs are those that benchmarks/scaling.sh measures; those given here are of docs/scaling.md. It adds and multiplies, no more:
it knows nothing of networks, of caches that are too small, or of vacuum falling behind.
"""
import argparse
import math

DAY = 86_400
MIB, TIB = 1 << 20, 1 << 40


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--a-day", type=float, default=1e9, help="authorizations a day")
    parser.add_argument("--peak", type=float, default=3, help="the busiest second, as times the average one")
    parser.add_argument("--changes", type=float, default=1, help="confirmations and voids for each authorization")
    parser.add_argument("--change-share", type=float, default=0.6, help="what one of them costs of an authorization")
    parser.add_argument("--issuers", type=int, default=100)
    parser.add_argument("--lanes", type=int, default=8, help="PAITIFY_DATABASE_CONNECTIONS of each issuer")
    parser.add_argument("--issuer-us", type=float, default=300, help="an issuer's processor time, each")
    parser.add_argument("--postgresql-us", type=float, default=250, help="PostgreSQL's, each")
    parser.add_argument("--log-bytes", type=float, default=3000, help="of write-ahead log, each")
    parser.add_argument("--disk-bytes", type=float, default=1700, help="of tables and indexes, each")
    parser.add_argument("--group", type=float, default=1.2, help="authorizations that one commit carries")
    parser.add_argument("--utilization", type=float, default=0.5, help="how busy a processor may be on average at the peak")
    parser.add_argument("--shard-cores", type=int, default=32, help="processors of one PostgreSQL server")
    parser.add_argument("--shard-tib", type=float, default=8, help="what one PostgreSQL server keeps")
    parser.add_argument("--kept-days", type=float, default=90, help="how long an authorization stays in the database")
    return parser.parse_args()


def rows(given: argparse.Namespace) -> list[tuple[str, str]]:
    average = given.a_day / DAY
    peak = average * given.peak
    work = peak * (1 + given.changes * given.change_share)
    issuer_cores = work * given.issuer_us / 1e6 / given.utilization
    server_cores = work * given.postgresql_us / 1e6 / given.utilization
    disk = given.a_day * given.disk_bytes * given.kept_days / TIB
    shards = max(1, math.ceil(server_cores / given.shard_cores), math.ceil(disk / given.shard_tib))
    commits = peak * (1 + given.changes) / given.group
    log_day = given.a_day * given.log_bytes * (1 + given.changes * given.change_share)
    disk_day = given.a_day * given.disk_bytes
    connections = given.issuers * (given.lanes + 3)
    return [
        ("authorizations a second, on average and at the peak", f"{average:,.0f} {peak:,.0f}"),
        (f"each of {given.issuers} issuers at the peak, a second", f"{peak / given.issuers:,.0f}"),
        ("processors for issuers", f"{issuer_cores:,.0f}"),
        ("processors for PostgreSQL", f"{server_cores:,.0f}"),
        (f"servers of {given.shard_cores} processors and {given.shard_tib:g} TiB", f"{shards}"),
        ("commits a second at the peak, all and each server", f"{commits:,.0f} {commits / shards:,.0f}"),
        ("log a second at the peak, each server", f"{log_day / DAY * given.peak / shards / MIB:,.0f} MiB"),
        ("log a day, all servers", f"{log_day / TIB:,.2f} TiB"),
        ("tables and indexes grow a day by", f"{disk_day / TIB:,.2f} TiB"),
        (f"tables and indexes with {given.kept_days:g} days of it", f"{disk:,.0f} TiB"),
        ("the same on each server", f"{disk / shards:,.1f} TiB"),
        ("connections to each server, if each issuer serves all companies", f"{connections:,}"),
        ("connections to each server, if an issuer serves one server's", f"{connections / shards:,.0f}"),
    ]


for what, figure in rows(arguments()):
    print(f"  {what:<70} {figure:>18}")
