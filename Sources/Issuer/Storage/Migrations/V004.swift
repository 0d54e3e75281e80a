/// People: who signs in, to which companies, and where they are signed in now.
enum V004 {
    static let statements: [Statement] =
        Users.schema + Memberships.schema + Sessions.schema + Invitations.schema + Identities.schema
}
