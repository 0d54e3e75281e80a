"""Text as man(7) wants it."""

import re
import textwrap

from c_header import joined


class Roff:
    """Writes names in the fonts that manuals have for them; knows which are functions, and which this page has."""

    def __init__(self, functions, own):
        self.functions, self.own = functions, own

    def inline(self, text):
        """A line of prose, its names in the fonts that manuals have for them."""
        text = text.replace("\\", "\\e").replace("`", "")

        def name(found):
            word = found[0]
            if word.startswith("PAITIFY_"):
                return f"\\fB{word}\\fP"
            if word in self.functions:
                return f"\\fB{word}\\fP" + ("()" if word in self.own else "(3)")
            return f"\\fI{word}\\fP"
        return re.sub(r"\b(?:PAITIFY|paitify)_[A-Za-z0-9_]+(?<!_)", name, text)

    def prose(self, text):
        """A paragraph, a sentence begun on a line of its own: so that pages differ only where words do."""
        for sentence in re.split(r"(?<=[a-z0-9_)\"]\.) (?=[A-Z\"<])", joined(text)):
            for line in textwrap.wrap(self.inline(sentence), 78, break_long_words=False, break_on_hyphens=False):
                yield "\\&" + line if line[0] in ".'" else line

    def paragraphs(self, lines):
        """Paragraphs, which empty lines part, with their lists and their code."""
        begun = False
        for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
            if begun and not re.match(r" {2,3}\S", block):
                yield ".PP"
            begun = True
            if all(line.startswith("    ") for line in block.splitlines()):
                yield from (".nf", *(f"    {line[4:]}".replace("\\", "\\e") for line in block.splitlines()), ".fi")
            else:
                yield from self.paragraph(block)

    def paragraph(self, block):
        """Prose, and then perhaps a list: two or three spaces, a word or two, what they mean from one column on."""
        first, *items = re.split(r"^ {2,3}(?=\S)", block, flags=re.M)
        yield from self.prose(first) if first.strip() else ()
        margins = [len(line) - len(line.lstrip()) for item in items for line in item.splitlines()[1:]]
        for item in items:
            # Of the item's first line the margin is cut off already.
            column = min(margins) - 2 if margins else re.search(r" {2,}|$", item).end()
            yield from (".TP", f".B {item[:column].strip()}", *self.prose(item[column:]))
