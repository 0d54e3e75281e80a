import ArgumentParser
import Issuer
import Verifier

/// `paitify backup`: a copy of the books, while they are in use.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the database to a file, while the server runs, and checks the copy.",
        discussion: """
            Everything acknowledged before it began is in the copy. The file is only readable by its owner (mode 0600), is \
            complete or not there at all, and never overwrites another. It contains the signing keys, sealed, but not the \
            master key: keep that elsewhere. `paitify restore` restores it.
            """)

    @Argument(help: "The file to create.", completion: .file())
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await Failure.reporting {
            let delivery = try FileDelivery(to: file)
            do {
                try await make(delivery)
            } catch {
                delivery.abandon()
                throw error
            }
        }
    }

    private func make(_ delivery: FileDelivery) async throws {
        let configuration = try App.configuration()
        try configuration.requireSQLite(for: "paitify backup", instead: "copy it with pg_dump or a base backup")
        let answer = try await Operator(configuration).copyBooks()
        let copy = try JSONDocument.parse(answer, maxDepth: 4).root
        guard let path = copy["path"]?.string, let asOf = copy["asOf"]?.string else {
            throw Failure("the server made a copy but did not say where: it is another version")
        }
        try delivery.take(path)
        let report = try await StoreCheck.run(path: delivery.partial)
        guard report.isWhole else { throw Failure("the copy is damaged, and was not kept: \(report.faults)") }
        try delivery.finish()
        try tell(report, bytes: copy["bytes"]?.int64 ?? 0, asOf: asOf)
    }

    private func tell(_ report: StoreReport, bytes: Int64, asOf: String) throws {
        guard !json else {
            return try Console.print(
                JSONWriter.text { json in
                    json.object { json in
                        json.member("file", file)
                        json.member("asOf", asOf)
                        json.member("bytes", bytes)
                        report.write(to: &json)
                    }
                })
        }
        try Console.print("\(file): \(bytes) bytes, the books as of \(asOf)\n\(report.summary)")
    }
}

extension StoreReport {
    /// What is wrong, in one line.
    var faults: String {
        var faults = damage
        if let books, !books.balances { faults.append("\(books.differenceCount) counters do not balance") }
        faults += chains.compactMap { chain in
            chain.fault.map { "the log of \(chain.companyID.text), entry \($0.sequence): \($0.problem)" }
        }
        return faults.joined(separator: "; ")
    }

    /// What was found good, in one line.
    var summary: String {
        guard let books else {
            return "checked: the file is whole; its schema is version \(schemaVersion), so the books were not recounted"
        }
        return
            "checked: the file is whole, \(books.companyCount) companies, \(books.authorizationCount) authorizations, "
            + "\(books.counterCount) counters that balance, \(chains.count) logs without a break"
    }

    /// The members that backups and restores have in common.
    func write(to json: inout JSONWriter) {
        json.member("whole", isWhole)
        json.member("schemaVersion", schemaVersion)
        json.member("companies", books.map { Int64($0.companyCount) })
        json.member("authorizations", books?.authorizationCount)
        json.member("counters", books.map { Int64($0.counterCount) })
        json.member("auditChains", Int64(chains.count))
    }
}
