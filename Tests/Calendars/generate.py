#!/usr/bin/env python3
"""Writes periods.csv and schedules.csv: what calendars and schedules must say, as Python's zoneinfo has it.

Nothing here is clever: a wall clock is read every quarter of an hour, which no transition of these zones and years falls
between, and the first reading of a day is its start. Run it to write the files anew; they are committed.
"""

import datetime
import pathlib
import random
import zoneinfo

HERE = pathlib.Path(__file__).parent
UTC = datetime.timezone.utc
QUARTER = datetime.timedelta(minutes=15)
DAY = datetime.timedelta(days=1)

# What is special about each, and years whose rules are settled everywhere.
ZONES = {
    "UTC": (2023, 2025),
    "America/New_York": (2023, 2025),
    "Europe/Berlin": (2023, 2025),
    "Australia/Lord_Howe": (2023, 2025),  # daylight saving of half an hour
    "Asia/Kathmandu": (2023, 2025),  # 05:45 from UTC
    "Pacific/Apia": (2010, 2013),  # had no 30 December 2011
    "America/Sao_Paulo": (2016, 2019),  # skipped midnight in spring, repeated 23:00 in autumn
    "America/St_Johns": (2009, 2011),  # set its clocks at 00:01: the day before came back for 59 minutes
    "Africa/Casablanca": (2022, 2024),  # four changes a year
    "Pacific/Chatham": (2023, 2025),  # 12:45 and 13:45 from UTC
}
INTERVALS = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
DAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
SCHEDULES = [
    ("MON TUE WED THU FRI", "09:00", "18:00"),
    ("SAT", "22:00", "06:00"),
    ("SAT SUN", "00:00", "24:00"),
    ("SUN", "02:15", "02:45"),
    ("SUN", "00:00", "00:30"),
    ("SAT", "23:30", "00:15"),
    ("MON TUE WED THU FRI SAT SUN", "18:00", "00:00"),
    ("WED SUN", "01:30", "01:30"),
]


def stamp(instant):
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def readings(zone, years):
    """Every quarter of an hour of these years, and a few days around, with what the wall clock reads."""
    info = zoneinfo.ZoneInfo(zone)
    at = datetime.datetime(years[0] - 1, 12, 1, tzinfo=UTC)
    end = datetime.datetime(years[1] + 1, 2, 1, tzinfo=UTC)
    # St. John's sets its clocks a minute after midnight.
    step = datetime.timedelta(minutes=1) if zone == "America/St_Johns" else QUARTER
    while at < end:
        yield at, at.astimezone(info).replace(tzinfo=None)
        at += step


def starts_of_days(wall):
    """The first instant at which the clock shows this date or a later one, of every date."""
    starts, latest = {}, None
    for at, reading in wall:
        date = reading.date()
        if latest is None:
            latest = date
        while latest < date:
            latest += DAY
            starts[latest] = at
    return starts


def first_of(interval, date):
    if interval == "DAILY":
        return date
    if interval == "WEEKLY":
        year, week, _ = date.isocalendar()
        return datetime.date.fromisocalendar(year, week, 1)
    if interval == "MONTHLY":
        return date.replace(day=1)
    return date.replace(month=1, day=1)


def period(interval, date, starts):
    first = first_of(interval, date)
    after = date
    while first_of(interval, after) == first:
        after += DAY
    return starts.get(first), starts.get(after)


def samples(zone, years, wall, starts, random):
    """Instants that are worth asking about: around every change of the clocks and every turn of a year, and at random."""
    chosen = set()
    before = None
    for at, reading in wall:
        offset = reading - at.replace(tzinfo=None)
        if before is not None and offset != before:
            chosen |= {at + QUARTER * n for n in (-96, -5, -3, -2, -1, 0, 1, 2, 4, 96)}
        before = offset
    for year in range(years[0], years[1] + 1):
        for month, day in [(1, 1), (1, 4), (2, 29), (3, 1), (4, 30), (12, 31)]:
            try:
                start = starts[datetime.date(year, month, day)]
            except ValueError:
                continue
            chosen |= {start - datetime.timedelta(seconds=1), start}
    first = datetime.datetime(years[0], 1, 2, tzinfo=UTC)
    seconds = int((datetime.datetime(years[1], 12, 30, tzinfo=UTC) - first).total_seconds())
    chosen |= {first + datetime.timedelta(seconds=random.randrange(seconds)) for _ in range(20)}
    return sorted(at for at in chosen if years[0] <= at.year <= years[1])


def is_open(schedule, reading):
    days, opens, closes = schedule
    minute = reading.hour * 60 + reading.minute
    opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in (opens, closes))
    length = closes - opens if closes > opens else closes - opens + 24 * 60
    # As the clock reads: is there a day on which it opened, and was that less than `length` minutes ago?
    for ago in (0, 1):
        day = reading.date() - DAY * ago
        if DAYS[day.weekday()] in days.split() and 0 <= minute + ago * 24 * 60 - opens < length:
            return True
    return False


def main():
    chance = random.Random(1)
    periods = ["zone,instant," + ",".join(f"{interval} start,{interval} end" for interval in INTERVALS)]
    schedules = ["zone,days,from,to,instant,open"]
    for zone, years in ZONES.items():
        wall = list(readings(zone, years))
        starts = starts_of_days(wall)
        info = zoneinfo.ZoneInfo(zone)
        for at in samples(zone, years, wall, starts, chance):
            reading = at.astimezone(info).replace(tzinfo=None)
            # The day that has begun, also while a clock that was set back over midnight shows the one before.
            date = reading.date()
            if at >= starts[date + DAY]:
                date += DAY
            found = [bound for interval in INTERVALS for bound in period(interval, date, starts)]
            if all(found):
                periods.append(",".join([zone, stamp(at), *map(stamp, found)]))
            for schedule in chance.sample(SCHEDULES, 2):
                open_now = int(is_open(schedule, reading))
                schedules.append(f"{zone},{schedule[0]},{schedule[1]},{schedule[2]},{stamp(at)},{open_now}")
    (HERE / "periods.csv").write_text("\n".join(periods) + "\n")
    (HERE / "schedules.csv").write_text("\n".join(schedules) + "\n")


if __name__ == "__main__":
    main()
