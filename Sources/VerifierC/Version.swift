/// The release that this library belongs to.
let version: StaticString = "0.1.0"
