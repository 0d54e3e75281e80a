#!/usr/bin/env python3
"""Draws what scale.sh measured: curve.py CSV SVG. With --ratios CSV it prints how flat each series is."""
import csv
import math
import sys

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 44, 46
INK, FAINT, LINE, FLOOR = "#222", "#ddd", "#0b62c4", "#b3261e"
TITLES = {"past": "stored authorizations", "policies": "policies of the company"}


def series(rows, name):
    return [(float(row["x"]), float(row["rate"]), float(row["p99_at_half_us"])) for row in rows if row["series"] == name]


def text(x, y, words, anchor="middle", size=12, colour=INK):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{words}</text>'


def short(number):
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:g} {letter}"
    return f"{number:g}"


def step(top):
    """A round number, of which four or five make the axis."""
    raw = top / 5
    magnitude = 10 ** math.floor(math.log10(raw))
    return next(magnitude * factor for factor in (1, 2, 5, 10) if magnitude * factor >= raw)


def panel(points, title, column, unit, floor, left, top):
    """One curve: x is logarithmic, y begins at 0."""
    values = [point[column] for point in points]
    highest = max(values + ([floor] if floor else [])) * 1.08
    first, last = math.log10(points[0][0]), math.log10(points[-1][0])

    def at(x, y):
        across = (math.log10(x) - first) / (last - first or 1)
        return (left + LEFT + across * (WIDTH - LEFT - RIGHT), top + HEIGHT - BOTTOM - y / highest * (HEIGHT - TOP - BOTTOM))

    drawn = [text(left + LEFT, top + 22, unit, "start", 13)]
    line = 0.0
    while line <= highest:
        (x1, y), (x2, _) = at(points[0][0], line), at(points[-1][0], line)
        drawn.append(f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{FAINT}"/>')
        drawn.append(text(x1 - 8, y + 4, f"{line:,.0f}", "end", 11))
        line += step(highest)
    if floor:
        (x1, y), (x2, _) = at(points[0][0], floor), at(points[-1][0], floor)
        drawn.append(f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{FLOOR}" stroke-dasharray="5 4"/>')
        drawn.append(text(x2, y + 15, "raw RSA-2048 signatures", "end", 11, FLOOR))
    places = [at(point[0], point[column]) for point in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    drawn.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for (x, y), point in zip(places, points):
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{LINE}"/>')
        drawn.append(text(x, y - 9, f"{point[column]:,.0f}", size=11, colour=LINE))
        drawn.append(text(x, top + HEIGHT - BOTTOM + 18, short(point[0]), size=11))
    drawn.append(text(left + (LEFT + WIDTH - RIGHT) / 2, top + HEIGHT - 8, title))
    return drawn


def draw(rows):
    drawn = []
    shown = [(name, series(rows, name)) for name in TITLES]
    shown = [(name, points) for name, points in shown if points]
    for column, (name, points) in enumerate(shown):
        row = next(row for row in rows if row["series"] == name)
        floor = float(row["rate"]) / float(row["rate_over_floor"])
        drawn += panel(points, TITLES[name], 1, "authorizations a second", floor, column * WIDTH, 0)
        points = [(x, rate, microseconds / 1000) for x, rate, microseconds in points]
        drawn += panel(points, TITLES[name], 2, "99th percentile at half of that rate, ms", None, column * WIDTH, HEIGHT)
    width, height = WIDTH * len(shown), 2 * HEIGHT
    body = "\n".join(drawn)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="DejaVu Sans, Helvetica, Arial, sans-serif">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')


def ratios(rows):
    """The slowest of each series over the fastest, and what is compared with something else."""
    for name, title in TITLES.items():
        rates = [point[1] for point in series(rows, name)]
        if rates:
            yield f"slowest over fastest, by {title}", min(rates) / max(rates)
    found = {(row["series"], row["x"]): float(row["rate"]) for row in rows}
    hot = found.get(("budgets", "1"))
    apart = next((rate for (name, x), rate in found.items() if name == "budgets" and x != "1"), None)
    if hot and apart:
        yield "one hot budget over budgets apart", hot / apart
    es256 = found.get(("algorithm", "ES256"))
    rs256 = next((float(row["rate"]) for row in rows if row["series"] == "policies"), None)
    if es256 and rs256:
        yield "ES256 over RS256", es256 / rs256


def main(words):
    with open(words[-1] if words[0] == "--ratios" else words[0], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if words[0] == "--ratios":
        for title, ratio in ratios(rows):
            print(f"  {title:<62} {ratio:>12.2f}")
    else:
        with open(words[1], "w", encoding="utf-8") as file:
            file.write(draw(rows))


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(sys.argv[1:])
