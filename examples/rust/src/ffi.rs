//! As much of include/paitifyverify.h as the wrapper needs.

use std::os::raw::{c_char, c_void};

#[repr(C)]
pub struct Verifier {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct VerificationResult {
    _opaque: [u8; 0],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bytes {
    pub data: *const u8,
    pub length: usize,
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub status: i32,
    pub message: [c_char; 192],
}

pub const ACCEPT_TEST: u32 = 1;

pub type Now = extern "C" fn(context: *mut c_void) -> i64;
pub type ReplayClaim =
    extern "C" fn(context: *mut c_void, issuer: Bytes, jti: Bytes, expires_at: i64, transaction_id: Bytes) -> i32;
pub type Release = extern "C" fn(context: *mut c_void);

#[repr(C)]
pub struct Options {
    pub struct_size: u32,
    pub flags: u32,
    pub issuer: Bytes,
    pub audiences: *const Bytes,
    pub audience_count: usize,
    pub algorithms: u32,
    pub leeway_s: u32,
    pub max_lifetime_s: u32,
    pub max_token_bytes: u32,
    pub keys_fresh_s: u32,
    pub keys_max_stale_s: u32,
    pub keys_cooldown_s: u32,
    pub context: *mut c_void,
    pub now: Option<Now>,
    pub replay_claim: Option<ReplayClaim>,
    pub keys_wanted: *const c_void,
    pub audit: *const c_void,
    pub release: Option<Release>,
}

pub const CHARGE_EXACT: u32 = 1;
pub const CHARGE_ANY_MERCHANT: u32 = 2;

#[repr(C)]
pub struct Charge {
    pub struct_size: u32,
    pub flags: u32,
    pub amount: i64,
    pub currency: [u8; 4],
    pub merchant_id: Bytes,
    pub transaction_id: Bytes,
}

extern "C" {
    pub fn paitify_status_name(status: i32) -> *const c_char;
    pub fn paitify_status_message(status: i32) -> *const c_char;
    pub fn paitify_status_verdict(status: i32) -> i32;
    pub fn paitify_version() -> *const c_char;

    pub fn paitify_options_init(options: *mut Options, struct_size: u32);
    pub fn paitify_charge_init(charge: *mut Charge, struct_size: u32);
    pub fn paitify_verifier_new(options: *const Options, verifier: *mut *mut Verifier, error: *mut Error) -> i32;
    pub fn paitify_verifier_retain(verifier: *mut Verifier) -> *mut Verifier;
    pub fn paitify_verifier_release(verifier: *mut Verifier);

    pub fn paitify_install_jwks(verifier: *mut Verifier, jwks: Bytes, fetched_at: i64, error: *mut Error) -> i32;
    pub fn paitify_load_jwks_file(verifier: *mut Verifier, path: *const c_char, error: *mut Error) -> i32;
    pub fn paitify_save_jwks_file(verifier: *mut Verifier, path: *const c_char, error: *mut Error) -> i32;
    pub fn paitify_refresh_due_in_ms(verifier: *const Verifier) -> i64;
    pub fn paitify_refresh_failed(verifier: *mut Verifier);

    pub fn paitify_result_new(result: *mut *mut VerificationResult) -> i32;
    pub fn paitify_result_free(result: *mut VerificationResult);
    pub fn paitify_verify(
        verifier: *mut Verifier,
        token: Bytes,
        charge: *const Charge,
        result: *mut VerificationResult,
    ) -> i32;

    pub fn paitify_result_authorization_id(result: *const VerificationResult) -> Bytes;
    pub fn paitify_result_agent_id(result: *const VerificationResult) -> Bytes;
    pub fn paitify_result_company_id(result: *const VerificationResult) -> Bytes;
    pub fn paitify_result_merchant_id(result: *const VerificationResult) -> Bytes;
    pub fn paitify_result_key_id(result: *const VerificationResult) -> Bytes;
    pub fn paitify_result_max_amount(result: *const VerificationResult) -> i64;
    pub fn paitify_result_currency(result: *const VerificationResult) -> Bytes;
    pub fn paitify_result_issued_at(result: *const VerificationResult) -> i64;
    pub fn paitify_result_expires_at(result: *const VerificationResult) -> i64;
    pub fn paitify_result_payload(result: *const VerificationResult) -> Bytes;
}
