import Testing
import Verifier

@testable import Server

@Suite struct `An outside verifier` {
    private static func row(_ name: String, bytes: Int = 0) -> ConformanceCase {
        let line = #"{"case":"\#(name)"}"# + String(repeating: " ", count: bytes)
        return ConformanceCase(name: name, line: Array(line.utf8), expected: .signature)
    }

    /// What a shell command answers to cases of these names.
    private static func answers(
        _ command: String, to names: [String] = ["one", "two", "three"], timeout: Duration = .seconds(10)
    ) throws -> [String] {
        let verifier = OutsideVerifier(command: command, timeout: timeout, verdicts: false)
        defer { verifier.finish() }
        return try names.map { "\(try verifier.ask(row($0)))" }
    }

    private static let signature = "PAITIFY_E_SIGNATURE"

    @Test(arguments: [
        "while read -r line; do echo 400; done",
        "read -r line; echo E_SIGNATURE",  // ends after each answer
        "while read -r line; do echo PAITIFY_E_SIGNATURE; done; exec >&-; while :; do read -r line || exit; done",
    ])
    func `answers case by case, and may end after any`(command: String) throws {
        #expect(try Self.answers(command) == [Self.signature, Self.signature, Self.signature])
    }

    @Test func `that dies spoils its own case and no other`() throws {
        let command = #"while read -r line; do case $line in *two*) exit 3;; esac; echo 400; done"#
        #expect(try Self.answers(command) == [Self.signature, "it ended with exit code 3", Self.signature])
        let killed = #"while read -r line; do case $line in *two*) kill -9 $$;; esac; echo 400; done"#
        #expect(try Self.answers(killed) == [Self.signature, "it died of signal 9", Self.signature])
    }

    @Test func `that hangs is ended`() throws {
        let command = #"while read -r line; do case $line in *two*) cat <&3;; esac; echo 400; done 3<&0"#
        let answers = try Self.answers(command, timeout: .seconds(3))
        #expect(answers == [Self.signature, "it gave no answer within 3.0 seconds", Self.signature])
    }

    @Test func `that talks out of turn is not believed`() throws {
        let talking = #"while read -r line; do case $line in *two*) printf '0\n0\n';; *) echo 400;; esac; done"#
        let answers = try Self.answers(talking)
        #expect(answers[0] == Self.signature && answers[2] == Self.signature)
        #expect(answers[1].hasPrefix("it wrote more than one line"))
    }

    @Test func `that says what is no status gives no answer`() throws {
        let answers = try Self.answers("while read -r line; do echo maybe; done", to: ["one"])
        #expect(answers == [#""maybe", which is no status"#])
    }

    @Test func `that writes and writes is ended`() throws {
        let answers = try Self.answers("read -r line; head -c 200000 /dev/zero; read -r line", to: ["one"])
        #expect(answers[0].hasSuffix("and no line end"))
    }

    @Test func `may read a case of any length slowly, or not at all`() throws {
        let verifier = OutsideVerifier(command: "wc -c; exit", timeout: .milliseconds(300), verdicts: false)
        // wc waits for the end of its input, which does not come.
        #expect(try "\(verifier.ask(Self.row("long", bytes: 1 << 20)))" == "it gave no answer within 0.3 seconds")
        let deaf = OutsideVerifier(command: "exec <&-; echo 400; exit", timeout: .seconds(10), verdicts: false)
        _ = try deaf.ask(Self.row("long", bytes: 1 << 20))
        let reading = OutsideVerifier(
            command: "while read -r line; do echo 400; done", timeout: .seconds(10), verdicts: false)
        #expect(try reading.ask(Self.row("long", bytes: 1 << 20)) == .status(.signature))
    }

    @Test func `that never answers is given up`() throws {
        let error = #expect(throws: Failure.self) { try Self.answers("exit 127") }
        #expect(error?.exitCode == 2)
        #expect(error?.description.contains("it ended with exit code 127") == true)
        #expect(throws: Failure.self) {
            try Self.answers(
                "read -r line; case $line in *0*) echo 400;; esac", to: (0...20).map { "\($0 == 0 ? 0 : 1)" })
        }
    }
}
