//! As much of JSON as the vectors are written in: no fractions. It saves these programs a dependency; others have
//! serde_json.

#![allow(dead_code)] // each program uses a part of it

use std::fmt;
use std::ops::Index;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a file; panics, saying where, if there is something else in it.
    pub fn read(path: &str) -> Json {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut reader = Reader { text: &text, at: 0 };
        let value = reader.value();
        reader.skip_space();
        assert_eq!(reader.at, text.len(), "{path}: something comes after the value");
        value
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements; none, where this is no array.
    pub fn elements(&self) -> &[Json] {
        match self {
            Json::Array(elements) => elements,
            _ => &[],
        }
    }

    /// Whether this is an object that has such a member.
    pub fn has(&self, name: &str) -> bool {
        matches!(self, Json::Object(members) if members.iter().any(|(key, _)| key == name))
    }
}

/// The member of that name; null, where this is no object that has it.
impl Index<&str> for Json {
    type Output = Json;

    fn index(&self, name: &str) -> &Json {
        match self {
            Json::Object(members) => {
                members.iter().find(|(key, _)| key == name).map_or(&Json::Null, |(_, value)| value)
            }
            _ => &Json::Null,
        }
    }
}

/// Compact JSON.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, index: usize| if index > 0 { f.write_str(",") } else { Ok(()) };
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Integer(value) => write!(f, "{value}"),
            Json::Text(text) => write_text(f, text),
            Json::Array(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    list(f, index)?;
                    write!(f, "{element}")?;
                }
                f.write_str("]")
            }
            Json::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    list(f, index)?;
                    write_text(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(character))?,
            _ => write!(f, "{character}")?,
        }
    }
    f.write_str("\"")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Json {
        self.skip_space();
        match self.peek() {
            b'{' => Json::Object(self.list(b'}', |reader| {
                reader.skip_space();
                let name = reader.string();
                reader.skip_space();
                reader.expect(":");
                (name, reader.value())
            })),
            b'[' => Json::Array(self.list(b']', Reader::value)),
            b'"' => Json::Text(self.string()),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.integer(),
        }
    }

    fn list<T>(&mut self, end: u8, mut element: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut elements = Vec::new();
        self.at += 1;
        self.skip_space();
        while self.peek() != end {
            if !elements.is_empty() {
                self.expect(",");
            }
            elements.push(element(self));
            self.skip_space();
        }
        self.at += 1;
        elements
    }

    fn integer(&mut self) -> Json {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
        self.at += length;
        Json::Integer(rest[..length].parse().unwrap_or_else(|_| self.fail("an integer")))
    }

    fn string(&mut self) -> String {
        self.expect("\"");
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(['"', '\\']).unwrap_or_else(|| self.fail("the end of a text"));
            text.push_str(&rest[..plain]);
            self.at += plain + 1;
            if rest.as_bytes()[plain] == b'"' {
                return text;
            }
            self.at += 1;
            text.push(match rest.as_bytes()[plain + 1] {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'u' => self.unicode(),
                other => char::from(other), // a quote, a backslash, a slash
            });
        }
    }

    /// What \u stands for, of which the four digits come next, and perhaps a second half.
    fn unicode(&mut self) -> char {
        let mut units = vec![self.unit()];
        if (0xd800..0xdc00).contains(&units[0]) {
            self.expect("\\u");
            units.push(self.unit());
        }
        String::from_utf16(&units).ok().and_then(|text| text.chars().next()).unwrap_or_else(|| self.fail("a character"))
    }

    fn unit(&mut self) -> u16 {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_else(|| self.fail("four digits"));
        self.at += 4;
        u16::from_str_radix(digits, 16).unwrap_or_else(|_| self.fail("four digits"))
    }

    fn word(&mut self, word: &str, value: Json) -> Json {
        self.expect(word);
        value
    }

    fn expect(&mut self, wanted: &str) {
        if !self.text[self.at..].starts_with(wanted) {
            self.fail::<()>(wanted);
        }
        self.at += wanted.len();
    }

    fn peek(&self) -> u8 {
        *self.text.as_bytes().get(self.at).unwrap_or_else(|| self.fail("a value"))
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len();
    }

    fn fail<T>(&self, wanted: &str) -> T {
        panic!("{wanted} is missing at byte {}", self.at)
    }
}
