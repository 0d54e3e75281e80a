//! How a verifier is made.

use crate::{ffi, report, text, view, Error, Verifier};
use std::mem::{self, MaybeUninit};
use std::os::raw::c_void;
use std::panic::{self, AssertUnwindSafe};
use std::ptr::{self, NonNull};

/// The signatures that a verifier may accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5, with SHA-256.
    RS256 = 1,
    /// RSA, PSS, with SHA-256.
    PS256 = 2,
    /// ECDSA with P-256 and SHA-256.
    ES256 = 4,
    /// Ed25519.
    EdDSA = 8,
}

/// What a replay guard is asked: may this transaction have the authorization `jti`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The token's issuer.
    pub issuer: &'a str,
    /// The authorization's id.
    pub jti: &'a str,
    /// Unix seconds, until when the answer has to be kept, under `issuer` and `jti` together.
    pub expires_at: i64,
    /// The charge's.
    pub transaction_id: &'a str,
}

/// What a replay guard answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayAnswer {
    /// Nobody claimed it before, and now it is claimed.
    First = 0,
    /// This very transaction claimed it before: a retry, which passes.
    SameTransaction = 1,
    /// Another transaction claimed it.
    Seen = 2,
    /// It cannot be told.
    Unavailable = 3,
}

type Clock = dyn Fn() -> i64 + Send + Sync;
type Guard = dyn Fn(&Claim<'_>) -> ReplayAnswer + Send + Sync;

/// What the library's `context` points to.
#[derive(Default)]
struct Callbacks {
    now: Option<Box<Clock>>,
    replay_claim: Option<Box<Guard>>,
}

/// What a verifier accepts. docs/c-api.md tells what each option means, and its default and bounds.
pub struct Options {
    issuer: String,
    audiences: Vec<String>,
    raw: ffi::Options,
    callbacks: Callbacks,
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $($(#[$doc])* #[must_use] pub fn $name(mut self, value: u32) -> Self {
            self.raw.$name = value;
            self
        })*
    };
}

impl Options {
    /// The defaults, for tokens of this issuer that name one of these audiences.
    pub fn new<S: Into<String>>(issuer: impl Into<String>, audiences: impl IntoIterator<Item = S>) -> Self {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: init sets every field, since it is told the size.
        let raw = unsafe {
            ffi::paitify_options_init(raw.as_mut_ptr(), mem::size_of::<ffi::Options>() as u32);
            raw.assume_init()
        };
        Options {
            issuer: issuer.into(),
            audiences: audiences.into_iter().map(Into::into).collect(),
            raw,
            callbacks: Callbacks::default(),
        }
    }

    /// The algorithms, instead of RS256 alone.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.raw.algorithms = algorithms.into_iter().fold(0, |all, one| all | one as u32);
        self
    }

    /// Whether tokens of the test environment are accepted too.
    #[must_use]
    pub fn accept_test(mut self, accept: bool) -> Self {
        self.raw.flags = if accept { ffi::ACCEPT_TEST } else { 0 };
        self
    }

    numbers! {
        /// How far clocks may differ.
        leeway_s,
        /// The longest life of a token.
        max_lifetime_s,
        /// The longest token.
        max_token_bytes,
        /// How long keys are fresh.
        keys_fresh_s,
        /// How old keys may be and verify.
        keys_max_stale_s,
        /// The least time between two attempts to refresh.
        keys_cooldown_s,
    }

    /// A clock in Unix seconds instead of the system's. One that panics has failed: nothing verifies.
    #[must_use]
    pub fn now(mut self, now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.callbacks.now = Some(Box::new(now));
        self
    }

    /// Asked last, once everything else permits a charge; has to claim in one step, for all processes that charge. It
    /// runs on the thread that verifies, which waits for it. One that panics is [`ReplayAnswer::Unavailable`].
    #[must_use]
    pub fn replay_claim(mut self, guard: impl Fn(&Claim<'_>) -> ReplayAnswer + Send + Sync + 'static) -> Self {
        self.callbacks.replay_claim = Some(Box::new(guard));
        self
    }

    /// Makes a verifier without keys.
    ///
    /// # Errors
    /// [`Status::ARGUMENT`](crate::Status::ARGUMENT) for an option out of its bounds: the words name it.
    pub fn verifier(mut self) -> Result<Verifier, Error> {
        let audiences: Vec<ffi::Bytes> = self.audiences.iter().map(|name| view(name.as_bytes())).collect();
        self.raw.issuer = view(self.issuer.as_bytes());
        self.raw.audiences = audiences.as_ptr();
        self.raw.audience_count = audiences.len();
        if self.callbacks.now.is_some() {
            self.raw.now = Some(now);
        }
        if self.callbacks.replay_claim.is_some() {
            self.raw.replay_claim = Some(replay_claim);
        }
        let callbacks = Box::into_raw(Box::new(self.callbacks));
        self.raw.context = callbacks.cast();
        self.raw.release = Some(release);

        let mut made = ptr::null_mut();
        // SAFETY: the options and what they point to live until the call is over; the library copies them.
        let reported = report(|error| unsafe { ffi::paitify_verifier_new(&self.raw, &mut made, error) });
        if let Err(error) = reported {
            // SAFETY: a call that failed leaves the context to its caller.
            drop(unsafe { Box::from_raw(callbacks) });
            return Err(error);
        }
        Ok(Verifier::owning(NonNull::new(made).expect("a verifier that was made is not null")))
    }
}

/// Runs a callback's body. Nothing may unwind into C.
fn contained<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    panic::catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        mem::forget(payload); // its drop could panic again
        otherwise
    })
}

extern "C" fn now(context: *mut c_void) -> i64 {
    contained(-1, || {
        // SAFETY: the context is what `verifier` made it, and lives until `release`. Shared, for threads call at once.
        let callbacks = unsafe { &*context.cast::<Callbacks>() };
        callbacks.now.as_ref().map_or(-1, |now| now())
    })
}

extern "C" fn replay_claim(
    context: *mut c_void,
    issuer: ffi::Bytes,
    jti: ffi::Bytes,
    expires_at: i64,
    transaction_id: ffi::Bytes,
) -> i32 {
    contained(ReplayAnswer::Unavailable, || {
        // SAFETY: as in `now`; and the bytes live as long as this call.
        let (callbacks, issuer, jti, transaction_id) =
            unsafe { (&*context.cast::<Callbacks>(), text(issuer), text(jti), text(transaction_id)) };
        let claim = Claim { issuer, jti, expires_at, transaction_id };
        callbacks.replay_claim.as_ref().map_or(ReplayAnswer::Unavailable, |guard| guard(&claim))
    }) as i32
}

extern "C" fn release(context: *mut c_void) {
    // SAFETY: called once, after the last use of the context.
    contained((), || drop(unsafe { Box::from_raw(context.cast::<Callbacks>()) }));
}
