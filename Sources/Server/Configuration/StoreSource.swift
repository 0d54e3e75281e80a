import Issuer

/// Where the books are.
enum StoreSource: Sendable {
    /// A file in the data folder, which one server at a time has.
    case sqlite
    /// A database that any number of issuers share.
    case postgreSQL(PostgreSQLAddress, PostgreSQLStore.Connections)

    var isSQLite: Bool {
        switch self {
        case .sqlite: true
        case .postgreSQL: false
        }
    }
}

extension Configuration {
    mutating func readStore(_ variables: Variables) throws(ConfigurationError) {
        var connections = PostgreSQLStore.Connections()
        try variables.readInteger("PAITIFY_DATABASE_CONNECTIONS", 1...100, &connections.lanes)
        try variables.read(
            "PAITIFY_DATABASE_URL",
            "sqlite: (in the data folder), or how libpq connects to PostgreSQL: postgres://user:password@host/database",
            &store
        ) { text in
            text == "sqlite:" ? .sqlite : PostgreSQLAddress(text).map { .postgreSQL($0, connections) }
        }
    }

    /// With PostgreSQL there is no one folder to keep a master key in: every issuer has to have the same.
    func checkMasterKeyIsShared() throws(ConfigurationError) {
        guard !store.isSQLite, case .dataFolder = masterKey else { return }
        throw ConfigurationError(
            variable: "PAITIFY_MASTER_KEY",
            expected: "a value, here or in the file that PAITIFY_MASTER_KEY_FILE names, as PAITIFY_DATABASE_URL is of "
                + "PostgreSQL, whose issuers have one master key (openssl rand -hex 32)", shape: "nothing")
    }
}
