//! One charge on a token of a running issuer. usage: issuer JWKS ISSUER AMOUNT CURRENCY MERCHANT < TOKEN

use paitifyverify::{Charge, Options};
use std::error::Error;
use std::io::Read;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [jwks, issuer, amount, currency, merchant_id] =
        <[String; 5]>::try_from(arguments).map_err(|_| "usage: issuer JWKS ISSUER AMOUNT CURRENCY MERCHANT < TOKEN")?;
    let mut token = String::new();
    std::io::stdin().read_to_string(&mut token)?;

    let verifier = Options::new(issuer, ["paitify:processor"]).verifier()?;
    if let Some(left_out) = verifier.load_jwks_file(jwks)? {
        eprintln!("issuer: {left_out}");
    }
    let charge =
        Charge { amount: amount.parse()?, currency: &currency, merchant_id: &merchant_id, ..Charge::default() };
    println!("{:?}", verifier.verify(token.trim_end(), &charge)?);
    Ok(())
}
