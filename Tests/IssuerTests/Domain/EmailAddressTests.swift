import Testing

@testable import Issuer

@Suite struct EmailAddressTests {
    @Test(
        "an address is taken in lower case",
        arguments: [
            ("Ada@Example.COM", "ada@example.com"), ("a+b.c_d@x-y.example", "a+b.c_d@x-y.example"),
            ("root@localhost", "root@localhost"),
            (String(repeating: "a", count: 64) + "@example.com", String(repeating: "a", count: 64) + "@example.com"),
        ])
    func taken(_ text: String, _ expected: String) throws {
        #expect(try EmailAddress(text).text == expected)
    }

    @Test(
        "what is none, or only looks like one, is refused",
        arguments: [
            "", "ada", "@example.com", "ada@", "a@b@c", "a b@example.com", "ada@example..com", "ada@-example.com",
            "ada@example.com\n", "ada@example.com\u{0}", "\"ada\"@example.com", "ada@[127.0.0.1]", "a,b@example.com",
            "аda@example.com", "ada@exаmple.com", "ada@\u{212A}elvin.example", "<ada@example.com>",
            String(repeating: "a", count: 65) + "@example.com", "a@" + String(repeating: "b.", count: 130) + "example",
        ])
    func refused(_ text: String) {
        #expect(throws: InvalidValue.self) { try EmailAddress(text) }
    }
}
