/// A way back from a forgotten password, and which identity providers a person is linked to.
enum V005 {
    static let statements: [Statement] = PasswordResets.schema + [Identities.byUser]
}
