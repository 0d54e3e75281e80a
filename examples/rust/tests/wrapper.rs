//! What the wrapper adds to the library: errors, closures, sharing, and the ends of things. The contract itself is for
//! examples/vectors.rs.

#[path = "../examples/json/mod.rs"]
mod json;

use json::Json;
use paitifyverify::{Authorization, Charge, Options, Refusal, ReplayAnswer, Status, Verdict, Verifier};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

const CHARGE: Charge<'_> = Charge {
    amount: 5000,
    currency: "USD",
    merchant_id: "mrc_books",
    transaction_id: "tx_1",
    exact: false,
    any_merchant: false,
};

fn file() -> Json {
    Json::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Tests/Vectors/tokens.json"))
}

fn token(file: &Json) -> String {
    file["cases"].elements()[0]["token"].as_str().unwrap().to_owned()
}

fn options(file: &Json) -> Options {
    let now = file["now"].as_i64().unwrap();
    Options::new("https://issuer.paitify.example", ["paitify:processor"]).now(move || now)
}

fn with_keys(options: Options, file: &Json) -> Verifier {
    let verifier = options.verifier().unwrap();
    assert_eq!(verifier.install_jwks(file["jwks"].to_string(), file["now"].as_i64().unwrap()), Ok(None));
    verifier
}

/// Without the message that a panic prints, for one that is meant.
fn quietly<T>(body: impl FnOnce() -> T) -> T {
    std::panic::set_hook(Box::new(|_| ()));
    let result = body();
    drop(std::panic::take_hook());
    result
}

#[test]
fn the_authorization_has_the_claims_of_the_token() {
    let file = file();
    let found = with_keys(options(&file), &file).verify(token(&file), &CHARGE).unwrap();
    let texts = [
        ("jti", found.id()),
        ("sub", found.agent_id()),
        ("company", found.company_id()),
        ("currency", found.currency()),
        ("id", found.merchant_id().unwrap()),
    ];
    for (name, value) in texts {
        assert!(found.payload().contains(&format!("\"{name}\":\"{value}\"")), "{name} {value}");
    }
    for (name, value) in [("max_amount", found.max_amount()), ("iat", found.issued_at()), ("exp", found.expires_at())] {
        assert!(found.payload().contains(&format!("\"{name}\":{value},")), "{name} {value}");
    }
    assert_eq!(Some(found.key_id()), file["jwks"]["keys"].elements()[0]["kid"].as_str());
}

#[test]
fn an_authorization_outlives_its_verifier_and_goes_to_another_thread() {
    let file = file();
    let found: Authorization = with_keys(options(&file), &file).verify(token(&file), &CHARGE).unwrap();
    assert_eq!(thread::spawn(move || found.max_amount()).join().unwrap(), 5000);
}

#[test]
fn a_refusal_says_what_to_do_and_why() {
    let file = file();
    let verifier = with_keys(options(&file), &file);
    let refusal = verifier.verify("no token", &CHARGE).unwrap_err();
    assert_eq!(refusal, Refusal::Rejected(Status::MALFORMED));
    assert_eq!(refusal.status().verdict(), Verdict::Rejected);
    assert!(refusal.to_string().starts_with("PAITIFY_E_MALFORMED: "));
    let misspelt = Charge { currency: "DOLLARS", ..CHARGE };
    assert_eq!(verifier.verify(token(&file), &misspelt).unwrap_err(), Refusal::Indeterminate(Status::ARGUMENT));
    let error = options(&file).leeway_s(301).verifier().unwrap_err();
    assert!(error.status() == Status::ARGUMENT && error.to_string().contains("leeway_s"), "{error}");
    assert_eq!(verifier.load_jwks_file("a\0path").unwrap_err().status(), Status::ARGUMENT);
    assert_eq!(Status::SIGNATURE.name(), "PAITIFY_E_SIGNATURE");
}

#[test]
fn a_callback_that_panics_permits_nothing_and_the_verifier_serves_on() {
    let file = file();
    let broken = Arc::new(AtomicBool::new(true));
    let clock = Arc::clone(&broken);
    let now = file["now"].as_i64().unwrap();
    let guard = Arc::clone(&broken);
    let verifier = with_keys(
        options(&file).replay_claim(move |_| {
            assert!(!guard.load(Ordering::Relaxed), "the table is away");
            ReplayAnswer::First
        }),
        &file,
    );
    let refused = quietly(|| verifier.verify(token(&file), &CHARGE)).unwrap_err();
    assert_eq!(refused, Refusal::Indeterminate(Status::REPLAY_UNAVAILABLE));
    broken.store(false, Ordering::Relaxed);
    assert!(verifier.verify(token(&file), &CHARGE).is_ok());

    let verifier = with_keys(
        options(&file).now(move || if clock.load(Ordering::Relaxed) { panic!("the clock is away") } else { now }),
        &file,
    );
    broken.store(true, Ordering::Relaxed);
    let refused = quietly(|| verifier.verify(token(&file), &CHARGE)).unwrap_err();
    assert_eq!(refused, Refusal::Indeterminate(Status::INTERNAL));
}

#[test]
fn closures_are_dropped_once_with_the_last_reference_or_where_no_verifier_came_to_be() {
    let file = file();
    let held = Arc::new(AtomicI64::new(file["now"].as_i64().unwrap()));
    let holding = |held: &Arc<AtomicI64>| {
        let held = Arc::clone(held);
        options(&file).now(move || held.load(Ordering::Relaxed))
    };
    let first = holding(&held).verifier().unwrap();
    let second = first.clone();
    drop(first);
    assert_eq!(Arc::strong_count(&held), 2);
    drop(second);
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(holding(&held).leeway_s(301).verifier().is_err());
    drop(holding(&held));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn threads_share_a_verifier_while_its_keys_are_replaced() {
    let file = file();
    let verifier = with_keys(options(&file).replay_claim(|_| ReplayAnswer::First), &file);
    let start = Barrier::new(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..200 {
                    assert!(verifier.verify(token(&file), &CHARGE).is_ok());
                }
            });
        }
        start.wait();
        for _ in 0..50 {
            verifier.install_jwks(file["jwks"].to_string(), file["now"].as_i64().unwrap()).unwrap();
        }
    });
}

#[test]
fn saved_keys_are_loaded() {
    let file = file();
    let path = std::env::temp_dir().join(format!("paitify-{}.json", std::process::id()));
    with_keys(options(&file), &file).save_jwks_file(&path).unwrap();
    let fresh = options(&file).verifier().unwrap();
    assert_eq!(fresh.verify(token(&file), &CHARGE).unwrap_err(), Refusal::Indeterminate(Status::NO_KEYS));
    assert_eq!(fresh.refresh_due_in_ms(), 0);
    fresh.refresh_failed();
    assert!(fresh.refresh_due_in_ms() > 0);
    fresh.load_jwks_file(&path).unwrap();
    assert!(fresh.verify(token(&file), &CHARGE).is_ok());
    std::fs::remove_file(&path).unwrap();
}
