internal import Synchronization

/// A part of the line before bcrypt, for one kind of work: whoever makes much of it keeps no API key from being checked.
/// Any thread.
final class BcryptShare: Sendable {
    private struct UnderWay {
        var count = 0
        var byCompany: [CompanyID: Int] = [:]
    }

    private let pool: BcryptPool
    private let most: Int
    private let mostPerCompany: Int
    private let underWay = Mutex(UnderWay())

    /// At most `most` jobs run or wait at once, and at most `mostPerCompany` of one company's.
    init(of pool: BcryptPool, most: Int, perCompany mostPerCompany: Int = .max) {
        self.pool = pool
        self.most = most
        self.mostPerCompany = mostPerCompany
    }

    /// Runs `job` on a thread of the pool, and throws what it does, or `IssuerError.busy` when there is no room. `company`:
    /// nil where it is nobody's.
    func run<Value: Sendable>(
        for company: CompanyID? = nil, _ job: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let hasRoom = underWay.withLock { underWay in
            let own = company.map { underWay.byCompany[$0, default: 0] } ?? 0
            guard underWay.count < most, own < mostPerCompany else { return false }
            underWay.count += 1
            if let company { underWay.byCompany[company] = own + 1 }
            return true
        }
        guard hasRoom else { throw IssuerError.busy }
        defer {
            underWay.withLock { underWay in
                underWay.count -= 1
                guard let company else { return }
                let left = underWay.byCompany[company, default: 1] - 1
                underWay.byCompany[company] = left > 0 ? left : nil
            }
        }
        return try await pool.run(job)
    }
}
