import Synchronization
import Verifier

/// A replay guard for one process. Several share a table, where a claim is a row that can be inserted once.
final class Claims: ReplayGuard {
    private struct Key: Hashable {
        let issuer: String
        let authorizationID: String
    }

    private let owners = Mutex<[Key: String]>([:])

    func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        guard let issuer = String(utf8: issuer), let id = String(utf8: authorizationID),
            let transactionID = String(utf8: transactionID)
        else { return .unavailable }
        return claim(Key(issuer: issuer, authorizationID: id), for: transactionID)
    }

    private func claim(_ key: Key, for transactionID: String) -> ReplayAnswer {
        owners.withLock { owners in
            guard let owner = owners[key] else {
                owners[key] = transactionID
                return .first
            }
            return !transactionID.isEmpty && owner == transactionID ? .sameTransaction : .seen
        }
    }
}

extension String {
    /// A copy; nil where the bytes are no UTF-8.
    fileprivate init?(utf8 bytes: Span<UInt8>) {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        self.init(copying: text)
    }
}
