//! What a call says of itself.

use crate::ffi;
use std::ffi::CStr;
use std::fmt;
use std::os::raw::c_char;

/// What to do about a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Make the charge.
    Valid,
    /// Decline for good.
    Rejected,
    /// Decline now, and retry once the cause is gone.
    Indeterminate,
}

/// The number that a call returns. A later library may return one that has no name here: go by the verdict.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(i32);

macro_rules! statuses {
    ($($name:ident = $number:literal),* $(,)?) => {
        #[allow(missing_docs)] // docs/c-api.md tells of each
        impl Status {
            $(pub const $name: Status = Status($number);)*
        }
    };
}

statuses! {
    OK = 0,
    TOO_LARGE = 100, MALFORMED = 101, BASE64 = 102, JSON = 103, DUPLICATE_MEMBER = 104,
    ALGORITHM = 200, CRITICAL = 201, TYPE = 202, HEADER = 203,
    UNKNOWN_KEY = 300, NO_KEYS = 301, KEYS_STALE = 302, WEAK_KEY = 303, KEY_MISMATCH = 304, JWKS = 305,
    SIGNATURE = 400,
    CLAIM_MISSING = 500, CLAIM_TYPE = 501, ISSUER = 502, AUDIENCE = 503, EXPIRED = 504, NOT_YET_VALID = 505,
    LIFETIME = 506, NOT_APPROVED = 507, ENVIRONMENT = 508,
    AMOUNT = 600, CURRENCY = 601, MERCHANT = 602,
    REPLAYED = 700, REPLAY_UNAVAILABLE = 701, REVOKED = 702, STATUS_STALE = 703,
    BUNDLE = 800, ROLLBACK = 801,
    ARGUMENT = 900, NO_MEMORY = 901, IO = 902, INTERNAL = 903,
}

impl Status {
    pub(crate) fn from_code(code: i32) -> Self {
        Status(code)
    }

    /// The number itself.
    pub fn code(self) -> i32 {
        self.0
    }

    /// The constant's name in C: `PAITIFY_E_SIGNATURE`.
    pub fn name(self) -> &'static str {
        // SAFETY: takes any number.
        static_text(unsafe { ffi::paitify_status_name(self.0) })
    }

    /// A sentence that says what was found and what to do.
    pub fn message(self) -> &'static str {
        // SAFETY: as above.
        static_text(unsafe { ffi::paitify_status_message(self.0) })
    }

    /// What to do about it.
    pub fn verdict(self) -> Verdict {
        // SAFETY: as above.
        match unsafe { ffi::paitify_status_verdict(self.0) } {
            0 => Verdict::Valid,
            1 => Verdict::Rejected,
            _ => Verdict::Indeterminate,
        }
    }
}

/// The library's version, `major.minor.patch`.
pub fn version() -> &'static str {
    // SAFETY: takes nothing.
    static_text(unsafe { ffi::paitify_version() })
}

fn static_text(text: *const c_char) -> &'static str {
    // SAFETY: the library's texts are static, end in a NUL, and are never null.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or_default()
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.message())
    }
}

/// No charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token does not permit the charge: decline for good.
    Rejected(Status),
    /// Whether it does cannot be told: decline, and retry once the cause is gone.
    Indeterminate(Status),
}

impl Refusal {
    pub(crate) fn of(status: Status) -> Self {
        match status.verdict() {
            Verdict::Rejected => Refusal::Rejected(status),
            _ => Refusal::Indeterminate(status),
        }
    }

    /// Why.
    pub fn status(&self) -> Status {
        match *self {
            Refusal::Rejected(status) | Refusal::Indeterminate(status) => status,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status().fmt(f)
    }
}

impl std::error::Error for Refusal {}

/// A call that failed, other than a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: Status,
    detail: String,
}

impl Error {
    pub(crate) fn new(status: Status, detail: String) -> Self {
        Error { status, detail }
    }

    /// Why.
    pub fn status(&self) -> Status {
        self.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status.name(), self.detail)
    }
}

impl std::error::Error for Error {}
