import Testing

@testable import Issuer

@Suite struct SessionTokenTests {
    private static let company = CompanyID("co_00000000000000000000000001")!

    @Test("a token's text gives the token again, and its company")
    func roundTrip() throws {
        let token = try SessionToken.random(for: Self.company)
        #expect(SessionToken(token.text) == token && token.companyID == Self.company)
        #expect(try SessionToken.random(for: Self.company) != token)
    }

    @Test("nothing else is a token")
    func malformed() throws {
        let text = try SessionToken.random(for: Self.company).text
        let wrong = [
            "", ".", String(text.dropLast()), text + "A", text.replacing(".", with: ""), "u" + text.dropFirst(),
            text.dropLast() + "=", text.dropLast() + "+", "\(text.prefix(26)).\(text)",
        ]
        for text in wrong { #expect(SessionToken(text) == nil, "\(text)") }
    }

    @Test("the store's digest, a form's token and an invitation's digest have nothing in common")
    func separated() throws {
        let token = try SessionToken.random(for: Self.company)
        let invitation = try #require(InvitationToken(token.text))
        #expect(token.digest != invitation.digest)
        #expect(token.csrfToken(in: .live) != token.csrfToken(in: .test))
        #expect(token.isCSRFToken(token.csrfToken(in: .live), in: .live))
        #expect(!token.isCSRFToken(token.csrfToken(in: .test), in: .live))
        #expect(!token.isCSRFToken("", in: .live) && !token.isCSRFToken(token.text, in: .live))
    }

    @Test("nothing prints it")
    func silent() throws {
        let token = try SessionToken.random(for: Self.company)
        let secret = token.text.suffix(43)
        var dumped = ""
        dump(token, to: &dumped)
        dump(InvitationToken(token.text), to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains(secret))
    }
}
