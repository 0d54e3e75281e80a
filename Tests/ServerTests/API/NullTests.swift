import Testing

@testable import Server

@Suite struct `A member that is null is absent` {
    @Test(
        "a limit counts what is not null in it",
        arguments: [
            (#"{"interval":"DAILY","amount":null,"count":1}"#, #"{"interval":"DAILY","count":1}"#),
            (#"{"interval":"DAILY","amount":5,"count":null}"#, #"{"interval":"DAILY","amount":5}"#),
            (#"{"interval":"DAILY","amount":5,"seconds":null}"#, #"{"interval":"DAILY","amount":5}"#),
        ])
    func limits(sent: String, kept: String) async throws {
        let answer = try await TestCompany.shared.value.post(
            "/v1/policies", #"{"name":"Cloud","currency":"USD","limits":[\#(sent)]}"#)
        #expect(answer.status == 201)
        #expect(answer.string.contains(#""limits":[\#(kept)]"#))
    }
}
