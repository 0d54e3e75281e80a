"""Rows of a file, as they are collected."""


def status(name):
    return "PAITIFY_OK" if name == "OK" else "PAITIFY_E_" + name


class Rows:
    """Rows of one file; each has a name of its own."""

    def __init__(self):
        self.rows = []
        self.names = set()

    def append(self, row):
        assert row["name"] not in self.names, row["name"]
        self.names.add(row["name"])
        self.rows.append(row)


class Tokens(Rows):
    """Rows of one token each: what it is, the token, its status, and what differs from what the file says."""

    def add(self, name, token, expected="OK", **rest):
        self.append({"name": name, "token": token, "status": status(expected), **rest})

    def table(self, rows, make, expected):
        """Rows of (name, what `make` takes), all of one status."""
        for name, argument in rows:
            self.add(name, make(argument), expected)
