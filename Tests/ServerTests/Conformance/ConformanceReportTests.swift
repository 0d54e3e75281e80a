import Testing
import Verifier

@testable import Server

@Suite struct `What an answer gets wrong` {
    @Test(arguments: [
        (VerificationStatus.ok, ConformanceAnswer.status(.ok), ConformanceMistake?.none),
        (.signature, .status(.signature), nil),
        (.keysStale, .status(.keysStale), nil),
        (.signature, .status(.ok), .acceptedBad),
        (.keysStale, .status(.ok), .acceptedBad),
        (.argument, .status(.ok), .acceptedBad),
        (.ok, .status(.signature), .refusedGood),
        (.ok, .status(.keysStale), .refusedGood),
        (.unknownKey, .status(.signature), .rejectedUndecided),
        (.signature, .status(.unknownKey), .undecidedBad),
        (.json, .status(.malformed), .wrongCode),
        (.noKeys, .status(.keysStale), .wrongCode),
        (.ok, .none("it died"), .noAnswer),
        (.signature, .unreadable("no"), .noAnswer),
        (.signature, .verdict(.valid), .acceptedBad),
        (.signature, .verdict(.rejected), .wrongCode),
    ])
    func `is one kind of mistake, or none`(
        expected: VerificationStatus, answer: ConformanceAnswer, mistake: ConformanceMistake?
    ) {
        #expect(ConformanceMistake(expected: expected, answer: answer, verdicts: false) == mistake)
        // Where verdicts alone are compared, a right verdict is right.
        let byVerdict = mistake == .wrongCode ? nil : mistake
        #expect(ConformanceMistake(expected: expected, answer: answer, verdicts: true) == byVerdict)
    }

    @Test(arguments: [
        ("PAITIFY_OK", ConformanceAnswer.status(.ok)), ("OK", .status(.ok)), ("0", .status(.ok)),
        ("PAITIFY_E_SIGNATURE", .status(.signature)), ("E_SIGNATURE", .status(.signature)),
        ("400", .status(.signature)),
        ("  E_JSON\r", .status(.json)), ("VALID", .unreadable("VALID")), ("1", .unreadable("1")), ("", .unreadable("")),
        ("e_signature", .unreadable("e_signature")), ("OK OK", .unreadable("OK OK")), ("399", .unreadable("399")),
    ])
    func `is read as a status, by name or number`(line: String, answer: ConformanceAnswer) {
        #expect(ConformanceAnswer(line: line, verdicts: false) == answer)
    }

    @Test(arguments: [
        ("VALID", ConformanceAnswer.verdict(.valid)), ("0", .verdict(.valid)), ("REJECTED", .verdict(.rejected)),
        ("1", .verdict(.rejected)), ("INDETERMINATE", .verdict(.indeterminate)), ("2", .verdict(.indeterminate)),
        ("E_EXPIRED", .status(.expired)), ("504", .status(.expired)), ("OK", .status(.ok)), ("3", .unreadable("3")),
    ])
    func `is read as a verdict where those are asked for`(line: String, answer: ConformanceAnswer) {
        #expect(ConformanceAnswer(line: line, verdicts: true) == answer)
    }
}

@Suite struct `The report of conformance` {
    private static func note(
        _ report: inout ConformanceReport, _ name: String, _ expected: VerificationStatus, _ line: String
    ) {
        report.note(
            ConformanceCase(name: name, line: [], expected: expected), ConformanceAnswer(line: line, verdicts: false))
    }

    @Test func `has the worst first, and names the first of each pair`() {
        var report = ConformanceReport(verdicts: false)
        Self.note(&report, "right", .ok, "OK")
        Self.note(&report, "code", .json, "E_MALFORMED")
        Self.note(&report, "declined", .ok, "E_EXPIRED")
        for count in 1...3 { Self.note(&report, "forged \(count)", .signature, "OK") }
        Self.note(&report, "old", .expired, "OK")
        #expect(report.wrong == 6)
        #expect(
            report.text(namesShown: 2) == """
                7 cases: 1 right, 6 wrong

                     4  accepted what must be refused
                     0  gave no answer
                     1  refused what is valid
                     0  rejected for good what cannot be told yet
                     0  could not tell what must be rejected for good
                     1  right verdict, wrong code

                Accepted what must be refused:
                  PAITIFY_E_SIGNATURE, answered PAITIFY_OK: 3
                    forged 1
                    forged 2
                    and 1 more
                  PAITIFY_E_EXPIRED, answered PAITIFY_OK: 1
                    old

                Refused what is valid:
                  PAITIFY_OK, answered PAITIFY_E_EXPIRED: 1
                    declined

                Right verdict, wrong code:
                  PAITIFY_E_JSON, answered PAITIFY_E_MALFORMED: 1
                    code
                """)
        #expect(report.text(namesShown: nil).contains("forged 3"))
    }

    @Test func `has nothing in it where every answer is right`() {
        var report = ConformanceReport(verdicts: true)
        Self.note(&report, "another code", .json, "E_MALFORMED")
        #expect(report.wrong == 0)
        #expect(!report.text(namesShown: nil).contains("wrong code"))
    }
}
