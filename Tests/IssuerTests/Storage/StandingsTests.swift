import Testing

@testable import Issuer

/// What a connection presumes of companies, from what its groups have left.
@Suite struct StandingsTests {
    private static func company(_ number: Int) -> CompanyID {
        let digits = String(number)
        return CompanyID("co_" + String(repeating: "0", count: 26 - digits.count) + digits)!
    }

    private let company = StandingsTests.company(1)

    /// As a group leaves it that has raised the company's revision to this.
    private func memory(
        _ revision: Int64?, of company: CompanyID? = nil, keysHaveChanged: Bool = false
    ) -> GroupMemory {
        let memory = GroupMemory()
        memory.keySetSequence = 7
        memory[company ?? self.company].revision = revision
        if revision != nil, !keysHaveChanged {
            memory[company ?? self.company].admission = Companies.Admission(policyVersion: 1, keyVersion: 2)
        }
        return memory
    }

    @Test("a company is presumed to stand as it was left once that was so for three groups in a row")
    func calm() {
        var standings = Standings()
        for revision in Int64(5)...8 {
            #expect(standings.presumed(of: company) == nil)
            standings.committed(company, memory(revision))
        }
        let left = standings.presumed(of: company)
        #expect(left?.revision == 8 && left?.keySetSequence == 7)
        #expect(standings.presumed(of: Self.company(2)) == nil)
        // Somebody else has raised it to 9.
        standings.committed(company, memory(10))
        #expect(standings.presumed(of: company) == nil)
        for revision in Int64(11)...13 { standings.committed(company, memory(revision)) }
        #expect(standings.presumed(of: company)?.revision == 13)
    }

    @Test("after it was presumed in vain, a hundred more groups ask")
    func failed() {
        var standings = Standings()
        for revision in Int64(1)...4 { standings.committed(company, memory(revision)) }
        #expect(standings.presumed(of: company) != nil)
        standings.failed(company)
        var revision: Int64 = 5
        while standings.presumed(of: company) == nil, revision < 1000 {
            revision += 1
            standings.committed(company, memory(revision))
        }
        #expect(revision == 5 + 1 + 100 + Int64(Standings.calmMin))
    }

    @Test("a group that only looked changes nothing, and what changes keys or policies last is forgotten")
    func looked() {
        var standings = Standings()
        for revision in Int64(1)...4 { standings.committed(company, memory(revision)) }
        standings.committed(company, memory(nil))
        #expect(standings.presumed(of: company)?.revision == 4)
        standings.committed(company, memory(6, keysHaveChanged: true))
        #expect(standings.presumed(of: company) == nil)
    }

    @Test("of more companies than there is room for, some are asked for again")
    func bounded() {
        var standings = Standings()
        for number in 0..<Standings.companiesMax + 10 {
            let company = Self.company(number)
            for revision in Int64(1)...4 { standings.committed(company, memory(revision, of: company)) }
        }
        let known = (0..<Standings.companiesMax + 10).count { standings.presumed(of: Self.company($0)) != nil }
        #expect(known == Standings.companiesMax)
    }
}
