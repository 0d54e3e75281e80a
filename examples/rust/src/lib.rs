//! Verifies Paitify spend authorizations offline, with libpaitifyverify.
//!
//! ```no_run
//! use paitifyverify::{Charge, Options, Refusal};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let token = "";
//! let verifier = Options::new("https://issuer.example", ["paitify:processor"]).verifier()?;
//! verifier.load_jwks_file("jwks.json")?;
//! let charge = Charge { amount: 4200, currency: "USD", merchant_id: "mrc_books", ..Charge::default() };
//! match verifier.verify(token, &charge) {
//!     Ok(authorization) => println!("charge it: {}", authorization.id()),
//!     Err(Refusal::Rejected(status)) => println!("decline: {status}"),
//!     Err(Refusal::Indeterminate(status)) => println!("decline, and retry later: {status}"),
//! }
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs, unsafe_op_in_unsafe_fn)]

mod ffi;
mod options;
mod status;

pub use options::{Algorithm, Claim, Options, ReplayAnswer};
pub use status::{version, Error, Refusal, Status, Verdict};

use std::ffi::{CStr, CString};
use std::fmt;
use std::mem::{self, MaybeUninit};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{self, NonNull};

/// What is about to be charged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Charge<'a> {
    /// Minor units: 4200 is USD 42.00. At least 1.
    pub amount: i64,
    /// ISO 4217: three capital letters.
    pub currency: &'a str,
    /// Must equal the token's, where it names one.
    pub merchant_id: &'a str,
    /// The processor's own id of this charge, by which a replay guard knows a retry.
    pub transaction_id: &'a str,
    /// The amount must equal the authorized one, not just stay within it.
    pub exact: bool,
    /// Do not compare the merchant.
    pub any_merchant: bool,
}

/// Options and keys. A clone is another reference to the same; the last that is dropped frees it.
pub struct Verifier(NonNull<ffi::Verifier>);

// SAFETY: the library says that any threads may use and release a verifier, and the callbacks that it calls on them are
// Send and Sync.
unsafe impl Send for Verifier {}
unsafe impl Sync for Verifier {}

impl Verifier {
    fn owning(verifier: NonNull<ffi::Verifier>) -> Self {
        Verifier(verifier)
    }

    /// Installs a JWKS document that was fetched at that time (Unix seconds). Where a key may not verify and was left
    /// out, the answer says which and why: log it.
    ///
    /// # Errors
    /// A document that cannot be used; what was installed before still serves.
    pub fn install_jwks(&self, document: impl AsRef<[u8]>, fetched_at: i64) -> Result<Option<String>, Error> {
        let document = view(document.as_ref());
        // SAFETY: the document is borrowed for the call.
        report(|error| unsafe { ffi::paitify_install_jwks(self.0.as_ptr(), document, fetched_at, error) })
    }

    /// The same, of a file: one that was saved, or any JWKS.
    ///
    /// # Errors
    /// As [`install_jwks`](Self::install_jwks), or the file cannot be read.
    pub fn load_jwks_file(&self, path: impl AsRef<Path>) -> Result<Option<String>, Error> {
        let path = c_path(path.as_ref())?;
        // SAFETY: the path is borrowed for the call.
        report(|error| unsafe { ffi::paitify_load_jwks_file(self.0.as_ptr(), path.as_ptr(), error) })
    }

    /// Saves the installed document, so that a process that starts without a network verifies at once.
    ///
    /// # Errors
    /// Nothing is installed, or the file cannot be written.
    pub fn save_jwks_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = c_path(path.as_ref())?;
        // SAFETY: as above.
        report(|error| unsafe { ffi::paitify_save_jwks_file(self.0.as_ptr(), path.as_ptr(), error) }).map(drop)
    }

    /// In how many milliseconds to fetch the keys again; 0 is now, -1 that the clock failed.
    pub fn refresh_due_in_ms(&self) -> i64 {
        // SAFETY: the verifier lives.
        unsafe { ffi::paitify_refresh_due_in_ms(self.0.as_ptr()) }
    }

    /// Tells that a fetch failed, so that the next one waits. A document that was refused counts as one by itself.
    pub fn refresh_failed(&self) {
        // SAFETY: as above.
        unsafe { ffi::paitify_refresh_failed(self.0.as_ptr()) }
    }

    /// The authorization, if the token permits this charge. Takes no lock, does no I/O, and waits for nothing but a
    /// replay guard.
    ///
    /// # Errors
    /// Any [`Refusal`] is to be declined; which one it is says whether for good.
    pub fn verify(&self, token: impl AsRef<[u8]>, charge: &Charge<'_>) -> Result<Authorization, Refusal> {
        let authorization = Authorization::empty()?;
        let given = charge.given();
        let token = view(token.as_ref());
        // SAFETY: token and charge are borrowed for the call, and the result is nobody else's.
        let status = unsafe { ffi::paitify_verify(self.0.as_ptr(), token, &given, authorization.0.as_ptr()) };
        match Status::from_code(status) {
            Status::OK => Ok(authorization),
            status => Err(Refusal::of(status)),
        }
    }
}

impl Clone for Verifier {
    fn clone(&self) -> Self {
        // SAFETY: this reference keeps it alive meanwhile.
        unsafe { ffi::paitify_verifier_retain(self.0.as_ptr()) };
        Verifier(self.0)
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        // SAFETY: the reference is this one's.
        unsafe { ffi::paitify_verifier_release(self.0.as_ptr()) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verifier").field(&self.0).finish()
    }
}

/// A token that permits the charge it was verified against: the permission itself. Its texts are the library's, and
/// not copied.
pub struct Authorization(NonNull<ffi::VerificationResult>);

// SAFETY: a result belongs to one thread at a time, and not always to the same. So it is Send, and not Sync.
unsafe impl Send for Authorization {}

impl Authorization {
    fn empty() -> Result<Self, Refusal> {
        let mut result = ptr::null_mut();
        // SAFETY: the pointer is written.
        let status = unsafe { ffi::paitify_result_new(&mut result) };
        NonNull::new(result).map(Authorization).ok_or_else(|| Refusal::of(Status::from_code(status)))
    }

    /// `jti`.
    pub fn id(&self) -> &str {
        self.text_of(ffi::paitify_result_authorization_id)
    }

    /// `sub`.
    pub fn agent_id(&self) -> &str {
        self.text_of(ffi::paitify_result_agent_id)
    }

    /// `company`.
    pub fn company_id(&self) -> &str {
        self.text_of(ffi::paitify_result_company_id)
    }

    /// `merchant.id`, where the token names one.
    pub fn merchant_id(&self) -> Option<&str> {
        Some(self.text_of(ffi::paitify_result_merchant_id)).filter(|id| !id.is_empty())
    }

    /// The `kid` of the key that verified.
    pub fn key_id(&self) -> &str {
        self.text_of(ffi::paitify_result_key_id)
    }

    /// The limit, in minor units; not the charge.
    pub fn max_amount(&self) -> i64 {
        self.number_of(ffi::paitify_result_max_amount)
    }

    /// ISO 4217.
    pub fn currency(&self) -> &str {
        self.text_of(ffi::paitify_result_currency)
    }

    /// Unix seconds.
    pub fn issued_at(&self) -> i64 {
        self.number_of(ffi::paitify_result_issued_at)
    }

    /// Unix seconds.
    pub fn expires_at(&self) -> i64 {
        self.number_of(ffi::paitify_result_expires_at)
    }

    /// The verified JSON.
    pub fn payload(&self) -> &str {
        self.text_of(ffi::paitify_result_payload)
    }

    fn text_of(&self, claim: unsafe extern "C" fn(*const ffi::VerificationResult) -> ffi::Bytes) -> &str {
        // SAFETY: the result lives as long as what is returned, and is not used for another token.
        unsafe { text(claim(self.0.as_ptr())) }
    }

    fn number_of(&self, claim: unsafe extern "C" fn(*const ffi::VerificationResult) -> i64) -> i64 {
        // SAFETY: the result lives.
        unsafe { claim(self.0.as_ptr()) }
    }
}

impl Drop for Authorization {
    fn drop(&mut self) {
        // SAFETY: the result is this one's.
        unsafe { ffi::paitify_result_free(self.0.as_ptr()) }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorization({})", self.payload())
    }
}

impl Charge<'_> {
    /// The same as C has it, which borrows the texts. A currency that does not fit is left empty, which is
    /// [`Status::ARGUMENT`].
    fn given(&self) -> ffi::Charge {
        let mut given = MaybeUninit::uninit();
        // SAFETY: init sets every field, since it is told the size.
        let mut given: ffi::Charge = unsafe {
            ffi::paitify_charge_init(given.as_mut_ptr(), mem::size_of::<ffi::Charge>() as u32);
            given.assume_init()
        };
        if self.exact {
            given.flags |= ffi::CHARGE_EXACT;
        }
        if self.any_merchant {
            given.flags |= ffi::CHARGE_ANY_MERCHANT;
        }
        given.amount = self.amount;
        if self.currency.len() < given.currency.len() {
            given.currency[..self.currency.len()].copy_from_slice(self.currency.as_bytes());
        }
        given.merchant_id = view(self.merchant_id.as_bytes());
        given.transaction_id = view(self.transaction_id.as_bytes());
        given
    }
}

/// Bytes as C takes them; good as long as those are borrowed.
fn view(bytes: &[u8]) -> ffi::Bytes {
    ffi::Bytes { data: bytes.as_ptr(), length: bytes.len() }
}

/// A text of the library's, which has all of them from JSON or from the caller, and so in UTF-8.
///
/// # Safety
/// The bytes have to live for as long as the caller says.
unsafe fn text<'a>(bytes: ffi::Bytes) -> &'a str {
    if bytes.length == 0 {
        return "";
    }
    // SAFETY: the library says that there are so many.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.data, bytes.length) };
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn c_path(path: &Path) -> Result<CString, Error> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::new(Status::ARGUMENT, "a path has no NUL in it".to_owned()))
}

/// What a call with an error says: what it warns of, or why it failed.
fn report(call: impl FnOnce(*mut ffi::Error) -> i32) -> Result<Option<String>, Error> {
    let mut error =
        ffi::Error { struct_size: mem::size_of::<ffi::Error>() as u32, status: Status::OK.code(), message: [0; 192] };
    let status = Status::from_code(call(&mut error));
    // SAFETY: the message ends in a NUL.
    let detail = unsafe { CStr::from_ptr(error.message.as_ptr()) }.to_string_lossy().into_owned();
    match status {
        Status::OK => Ok(Some(detail).filter(|words| !words.is_empty())),
        _ => Err(Error::new(status, detail)),
    }
}
