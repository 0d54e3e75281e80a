internal import Foundation

/// What an idempotency key was answered with, where that holds a secret: sealed, and base64 to stand in a text column.
enum SealedOutcome {
    /// What it is sealed for: it opens under no other key, and for no other company. `name`: as the key is kept.
    static func context(_ company: CompanyID, _ environment: Environment, _ name: String) -> String {
        "idempotency:\(company):\(environment.rawValue):\(name)"
    }

    static func seal(_ text: String, under masterKey: MasterKey, _ context: String) throws -> String {
        Foundation.Data(try Sealing.seal(Array(text.utf8), under: masterKey, context: context)).base64EncodedString()
    }

    static func open(_ text: String, under masterKey: MasterKey, _ context: String) throws -> String {
        guard let box = Foundation.Data(base64Encoded: text) else {
            throw StorageError.corrupt("an idempotency record is not base64")
        }
        return String(decoding: try Sealing.open(Array(box), under: masterKey, context: context), as: UTF8.self)
    }
}
