//! Every case of the contract's vectors, through the library. usage: vectors VECTORS

mod json;

use json::Json;
use paitifyverify::{Algorithm, Charge, Options, ReplayAnswer, Status, Verifier};
use std::fmt::Debug;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// The clock of a case.
type Now = Arc<AtomicI64>;

/// In what the library differs from a case.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn expect<T: PartialEq + Debug>(&mut self, what: &str, found: T, expected: T) {
        if found != expected {
            self.0.push(format!("{what}{found:?}, not {expected:?}"));
        }
    }

    fn expect_status(&mut self, what: &str, found: Status, expected: &Json) {
        self.expect(what, found.name(), text(expected));
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn integer(value: &Json) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("no integer: {value}"))
}

/// The options of the case, and of its file where the case has none of its own.
fn options(file: &Json, case: &Json, now: &Now) -> Options {
    let option = |name: &str| match &case["options"][name] {
        Json::Null => &file["options"][name],
        own => own,
    };
    let now = Arc::clone(now);
    let audiences = option("audiences").elements().iter().map(text);
    let mut options = Options::new(text(option("issuer")), audiences)
        .algorithms(option("algorithms").elements().iter().map(algorithm))
        .accept_test(option("accept_test").as_bool().unwrap_or(false))
        .now(move || now.load(Ordering::Relaxed));
    type Set = fn(Options, u32) -> Options;
    let numbers: [(&str, Set); 5] = [
        ("leeway_s", Options::leeway_s),
        ("max_lifetime_s", Options::max_lifetime_s),
        ("max_token_bytes", Options::max_token_bytes),
        ("keys_fresh_s", Options::keys_fresh_s),
        ("keys_max_stale_s", Options::keys_max_stale_s),
    ];
    for (name, set) in numbers {
        if let Some(value) = option(name).as_i64() {
            options = set(options, value.try_into().expect("32 bits"));
        }
    }
    options
}

fn algorithm(name: &Json) -> Algorithm {
    match text(name) {
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        other => panic!("an unknown algorithm: {other}"),
    }
}

fn replay_answer(name: &str) -> ReplayAnswer {
    match name {
        "FIRST" => ReplayAnswer::First,
        "SAME_TRANSACTION" => ReplayAnswer::SameTransaction,
        "SEEN" => ReplayAnswer::Seen,
        "UNAVAILABLE" => ReplayAnswer::Unavailable,
        other => panic!("an unknown answer: {other}"),
    }
}

fn charge(given: &Json) -> Charge<'_> {
    Charge {
        amount: integer(&given["amount"]),
        currency: text(&given["currency"]),
        merchant_id: text(&given["merchant_id"]),
        transaction_id: given["transaction_id"].as_str().unwrap_or_default(),
        exact: given["exact"].as_bool().unwrap_or(false),
        any_merchant: given["any_merchant"].as_bool().unwrap_or(false),
    }
}

/// The status of the installation, and whether a key was left out.
fn install(verifier: &Verifier, document: &Json, fetched_at: &Json) -> (Status, bool) {
    match verifier.install_jwks(text(document), integer(fetched_at)) {
        Ok(left_out) => (Status::OK, left_out.is_some()),
        Err(error) => (error.status(), false),
    }
}

fn verify(verifier: &Verifier, token: &Json, given: &Json) -> Status {
    verifier.verify(text(token), &charge(given)).map_or_else(|refusal| refusal.status(), |_| Status::OK)
}

fn token_case(file: &Json, case: &Json, differences: &mut Differences) {
    let now = Now::new(integer(&file["now"]).into());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut options = options(file, case, &now);
    if let Some(name) = case["replay"].as_str() {
        let (answer, asked) = (replay_answer(name), Arc::clone(&asked));
        options = options.replay_claim(move |claim| {
            let [issuer, jti, transaction_id] = [claim.issuer, claim.jti, claim.transaction_id].map(str::to_owned);
            asked.lock().unwrap().push((issuer, jti, claim.expires_at, transaction_id));
            answer
        });
    }
    let verifier = options.verifier().expect("the case's options");
    verifier.install_jwks(file["jwks"].to_string(), integer(&file["now"])).expect("the file's keys");

    let given = if case.has("charge") { &case["charge"] } else { &file["charge"] };
    match verifier.verify(text(&case["token"]), &charge(given)) {
        Ok(authorization) => {
            differences.expect_status("", Status::OK, &case["status"]);
            let has_claims = !authorization.payload().is_empty() && authorization.max_amount() > 0;
            differences.expect("there are claims: ", has_claims, true);
        }
        Err(refusal) => differences.expect_status("", refusal.status(), &case["status"]),
    }
    let claimed = &case["claimed"];
    let field = |name: &str| text(&claimed[name]).to_owned();
    let expected = match claimed {
        Json::Null => vec![],
        _ => vec![(field("issuer"), field("jti"), integer(&claimed["expires_at"]), field("transaction_id"))],
    };
    differences.expect("the guard was asked ", asked.lock().unwrap().clone(), expected);
}

fn key_set_case(file: &Json, case: &Json, differences: &mut Differences) {
    let now = Now::new(integer(&file["now"]).into());
    let verifier = options(file, case, &now).verifier().expect("the case's options");
    let (status, left_out) = install(&verifier, &case["document"], &file["now"]);
    differences.expect_status("", status, &case["status"]);
    if status == Status::OK {
        differences.expect("a key was left out: ", left_out, integer(&case["left_out"]) > 0);
    }
    if case.has("token") {
        let status = verify(&verifier, &case["token"], &file["charge"]);
        differences.expect_status("then ", status, &case["token_status"]);
    }
}

fn sequence_case(file: &Json, case: &Json, differences: &mut Differences) {
    let now = Now::default();
    let verifier = options(file, case, &now).verifier().expect("the case's options");
    for (number, step) in case["steps"].elements().iter().enumerate() {
        now.store(integer(&step["now"]), Ordering::Relaxed);
        let status = if step.has("token") {
            verify(&verifier, &step["token"], &file["charge"])
        } else {
            install(&verifier, &step["document"], &step["fetched_at"]).0
        };
        differences.expect_status(&format!("step {number}: "), status, &step["status"]);
    }
}

type Run = fn(&Json, &Json, &mut Differences);
const KINDS: [(&str, Run); 4] =
    [("tokens", token_case), ("algorithms", token_case), ("key-sets", key_set_case), ("sequences", sequence_case)];

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).expect("usage: vectors VECTORS");
    let (mut total, mut right) = (0, 0);
    for (name, run) in KINDS {
        let file = Json::read(&format!("{folder}/{name}.json"));
        for case in file["cases"].elements() {
            let mut differences = Differences::default();
            run(&file, case, &mut differences);
            for difference in &differences.0 {
                println!("{name}: {}: {difference}", text(&case["name"]));
            }
            total += 1;
            right += u32::from(differences.0.is_empty());
        }
    }
    println!("vectors: {total} cases, {right} as the contract says");
    if total > 0 && right == total {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
