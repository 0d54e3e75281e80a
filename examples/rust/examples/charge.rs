//! Three charges on one token: the first of the vectors, with the clock at its time. usage: charge VECTORS

mod json;

use json::Json;
use paitifyverify::{Charge, Claim, Options, Refusal, ReplayAnswer, Verifier};
use std::collections::HashMap;
use std::sync::Mutex;

/// A replay guard for one process. Several share a table, where a claim is a row that can be inserted once.
#[derive(Default)]
struct Claims {
    owners: Mutex<HashMap<(String, String), String>>,
}

impl Claims {
    fn claim(&self, claim: &Claim<'_>) -> ReplayAnswer {
        let mut owners = self.owners.lock().unwrap(); // a panic permits nothing either
        let key = (claim.issuer.to_owned(), claim.jti.to_owned());
        match owners.get(&key) {
            None => {
                owners.insert(key, claim.transaction_id.to_owned()); // a real one forgets none before expires_at
                ReplayAnswer::First
            }
            Some(owner) if owner == claim.transaction_id && !owner.is_empty() => ReplayAnswer::SameTransaction,
            Some(_) => ReplayAnswer::Seen,
        }
    }
}

fn attempt(verifier: &Verifier, token: &str, amount: i64, transaction_id: &str) {
    let charge = Charge { amount, currency: "USD", merchant_id: "mrc_books", transaction_id, ..Charge::default() };
    match verifier.verify(token, &charge) {
        // Here, and nowhere else, a processor moves the money.
        Ok(authorization) => println!("charge: {} permits {amount} USD", authorization.id()),
        Err(Refusal::Rejected(status)) => {
            println!("charge: {amount} USD as {transaction_id} is declined: {status}");
        }
        Err(Refusal::Indeterminate(status)) => {
            println!("charge: {amount} USD as {transaction_id} is declined for now, and may be retried: {status}");
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: charge VECTORS")?;
    let file = Json::read(&format!("{folder}/tokens.json"));
    let token = file["cases"].elements()[0]["token"].as_str().ok_or("no token")?;
    let now = file["now"].as_i64().ok_or("no time")?;

    let claims = Claims::default();
    let verifier = Options::new("https://issuer.paitify.example", ["paitify:processor"])
        .now(move || now) // a processor leaves this out, and has the system's clock
        .replay_claim(move |claim| claims.claim(claim))
        .verifier()?;
    if let Some(left_out) = verifier.install_jwks(file["jwks"].to_string(), now)? {
        eprintln!("charge: {left_out}");
    }
    attempt(&verifier, token, 5001, "tx_1");
    attempt(&verifier, token, 5000, "tx_2");
    attempt(&verifier, token, 5000, "tx_3");
    Ok(())
}
