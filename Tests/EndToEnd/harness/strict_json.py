"""RFC 8259 to the letter, as docs/contract.md asks for it: an independent reading, slow and plain, to hold the library to."""

import re

DEPTH_MAX = 8
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": True, "false": False, "null": None}


class NotJSON(Exception):
    pass


class Number:
    """A number as it is spelled; `integer` is None unless it is one, and fits 64 bits."""

    def __init__(self, text):
        value = int(text) if re.fullmatch(r"-?[0-9]+", text) else None
        self.integer = value if value is not None and -(2**63) <= value < 2**63 else None


class Document:
    """`root` is the object, with the first of two members of one name; `members` counts those of every object."""

    def __init__(self, data):
        try:
            self.text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotJSON from error
        self.position = 0
        self.members = 0
        self.has_duplicate = False
        self.root = self._value(0)
        self._white_space()
        if self.position != len(self.text) or not isinstance(self.root, dict):
            raise NotJSON

    def _white_space(self):
        while self.text[self.position : self.position + 1] in (" ", "\t", "\n", "\r"):
            self.position += 1

    def _take(self, expected):
        """Whether the text goes on so, which is then behind us."""
        self._white_space()
        found = self.text.startswith(expected, self.position)
        self.position += len(expected) if found else 0
        return found

    def _need(self, expected):
        if not self._take(expected):
            raise NotJSON

    def _value(self, depth):
        if self._take("{"):
            return self._object(depth + 1)
        if self._take("["):
            return self._array(depth + 1)
        if self._take('"'):
            return self._string()
        for word, value in WORDS.items():
            if self._take(word):
                return value
        match = NUMBER.match(self.text, self.position)
        if match is None:
            raise NotJSON
        self.position = match.end()
        return Number(match.group())

    def _object(self, depth):
        if depth > DEPTH_MAX:
            raise NotJSON
        members = {}
        if self._take("}"):
            return members
        while True:
            self._need('"')
            name = self._string()
            self._need(":")
            self.members += 1
            self.has_duplicate |= name in members
            members.setdefault(name, self._value(depth))
            if self._take("}"):
                return members
            self._need(",")

    def _array(self, depth):
        if depth > DEPTH_MAX:
            raise NotJSON
        elements = []
        if self._take("]"):
            return elements
        while True:
            elements.append(self._value(depth))
            if self._take("]"):
                return elements
            self._need(",")

    def _string(self):
        """The rest of a string, behind its first quote."""
        letters = []
        while True:
            letter = self.text[self.position : self.position + 1]
            self.position += 1
            if letter == '"':
                return "".join(letters)
            if letter < " ":  # the end of the text, too
                raise NotJSON
            letters.append(self._escape() if letter == "\\" else letter)

    def _escape(self):
        letter = self.text[self.position : self.position + 1]
        self.position += 1
        if letter in ESCAPES:
            return ESCAPES[letter]
        if letter != "u":
            raise NotJSON
        code = self._hexadecimal()
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.position):
            self.position += 2
            low = self._hexadecimal()
            if not 0xDC00 <= low < 0xE000:
                raise NotJSON
            return chr(0x10000 + (code - 0xD800 << 10) + low - 0xDC00)
        if code == 0 or 0xD800 <= code < 0xE000:
            raise NotJSON
        return chr(code)

    def _hexadecimal(self):
        digits = self.text[self.position : self.position + 4]
        if not re.fullmatch("[0-9a-fA-F]{4}", digits):
            raise NotJSON
        self.position += 4
        return int(digits, 16)
