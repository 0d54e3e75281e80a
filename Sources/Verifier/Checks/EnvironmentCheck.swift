/// Whether the token is for real money (`live`) or was made to try things out (`test`).
enum EnvironmentCheck {
    static func check(_ claims: Claims, acceptsTest: Bool) throws(VerifyError) {
        let environment = try claims.string("env")
        if environment.isString("live") { return }
        if acceptsTest, environment.isString("test") { return }
        throw VerifyError(.environment)
    }
}
