import HTTPTypes
import Testing

@testable import Server

/// Bad bodies, each with the status, the code and every field that the answer must name.
struct BadBody: Sendable, CustomTestStringConvertible {
    let name: String
    let json: String
    let status: Int
    let code: String
    let fields: [String]
    let says: String

    init(_ name: String, _ json: String, _ status: Int, _ code: String, _ fields: [String] = [], says: String = "") {
        (self.name, self.json, self.status, self.code, self.fields, self.says) = (
            name, json, status, code, fields, says
        )
    }

    var testDescription: String { name }

    /// A good request but for `members`.
    static func with(_ members: String) -> String {
        #"{"agentId":"agt_01m85fr8hs0d8d2hjnb2ys4f7g","currency":"USD",\#(members)}"#
    }

    static let syntax: [BadBody] = [
        BadBody("an empty body", "", 400, "MALFORMED_JSON", says: "empty"),
        BadBody("white space", "  ", 400, "MALFORMED_JSON"),
        BadBody("an array", "[]", 400, "MALFORMED_JSON", says: "object"),
        BadBody("a number", "7", 400, "MALFORMED_JSON"),
        BadBody("null", "null", 400, "MALFORMED_JSON"),
        BadBody("a broken literal", "{\n \"amount\": tru\n}", 400, "MALFORMED_JSON", says: "line 2"),
        BadBody("a cut text", #"{"amount":1"#, 400, "MALFORMED_JSON", says: "ends too early"),
        BadBody("a trailing comma", #"{"amount":1,}"#, 400, "MALFORMED_JSON"),
        BadBody("something after the object", #"{"amount":1} x"#, 400, "MALFORMED_JSON", says: "follows"),
        BadBody("two objects", "{}{}", 400, "MALFORMED_JSON"),
        BadBody("NaN", #"{"amount":NaN}"#, 400, "MALFORMED_JSON"),
        BadBody("Infinity", #"{"amount":Infinity}"#, 400, "MALFORMED_JSON"),
        BadBody("a leading zero", #"{"amount":01}"#, 400, "MALFORMED_JSON"),
        BadBody("a leading plus", #"{"amount":+1}"#, 400, "MALFORMED_JSON"),
        BadBody("a comment", #"{"amount":1/**/}"#, 400, "MALFORMED_JSON"),
        BadBody("a byte order mark", "\u{FEFF}{}", 400, "MALFORMED_JSON"),
        BadBody("a doubled member", #"{"amount":1,"amount":2}"#, 400, "DUPLICATE_MEMBER", says: #""amount""#),
        BadBody("a doubled member, escaped", #"{"amount":1,"\u0061mount":2}"#, 400, "DUPLICATE_MEMBER"),
        BadBody(
            "a doubled member within", #"{"merchant":{"id":"a","id":"b"}}"#, 400, "DUPLICATE_MEMBER",
            says: "merchant.id"),
        BadBody("half a surrogate pair", #"{"description":"\ud800"}"#, 400, "MALFORMED_JSON", says: "Unicode"),
        BadBody("U+0000, escaped", #"{"description":"\u0000"}"#, 400, "MALFORMED_JSON", says: "U+0000"),
        BadBody("U+0000 in a name", #"{"a\u0000b":1}"#, 400, "MALFORMED_JSON", says: "U+0000"),
        BadBody("a raw control character", "{\"description\":\"a\u{01}b\"}", 400, "MALFORMED_JSON"),
        BadBody(
            "17 levels", String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17), 400,
            "JSON_TOO_DEEP", says: "16"),
        BadBody("60,000 brackets", String(repeating: "[", count: 60_000), 400, "JSON_TOO_DEEP"),
    ]

    static let amounts: [BadBody] = [
        BadBody("no amount", with(#""description":"x""#), 422, "REQUIRED", ["amount REQUIRED"]),
        BadBody("null", with(#""amount":null"#), 422, "REQUIRED", ["amount REQUIRED"]),
        BadBody("0", with(#""amount":0"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("-0", with(#""amount":-0"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("-1", with(#""amount":-1"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("2^53", with(#""amount":9007199254740992"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("2^63", with(#""amount":9223372036854775808"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("-2^63 - 1", with(#""amount":-9223372036854775809"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("1e400", with(#""amount":1e400"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody("-1e400", with(#""amount":-1e400"#), 422, "OUT_OF_RANGE", ["amount OUT_OF_RANGE"]),
        BadBody(
            "a thousand digits", with(#""amount":\#(String(repeating: "9", count: 1000))"#), 422, "OUT_OF_RANGE",
            ["amount OUT_OF_RANGE"]),
        BadBody("5.0", with(#""amount":5.0"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("19.99", with(#""amount":19.99"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("1e3", with(#""amount":1e3"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("1E-400", with(#""amount":1E-400"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("text", with(#""amount":"5""#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("true", with(#""amount":true"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("an array", with(#""amount":[5]"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
        BadBody("an object", with(#""amount":{}"#), 422, "WRONG_TYPE", ["amount WRONG_TYPE"]),
    ]

    static let fields: [BadBody] = [
        BadBody("nothing", "{}", 422, "REQUIRED", ["agentId REQUIRED", "amount REQUIRED", "currency REQUIRED"]),
        BadBody(
            "a misspelt field", with(#""amount":5,"expiresin":60"#), 422, "UNKNOWN_FIELD", ["expiresin UNKNOWN_FIELD"],
            says: "expiresIn"),
        BadBody(
            "a misspelt required field", with(#""ammount":5"#), 422, "UNKNOWN_FIELD",
            ["ammount UNKNOWN_FIELD", "amount REQUIRED"], says: #"did you mean "amount"?"#),
        BadBody(
            "a field of another request", with(#""amount":5,"limits":[]"#), 422, "UNKNOWN_FIELD",
            ["limits UNKNOWN_FIELD"]),
        BadBody("an empty name", with(#""amount":5,"":1"#), 422, "UNKNOWN_FIELD", [" UNKNOWN_FIELD"]),
        BadBody(
            "a field unknown to the merchant", with(#""amount":5,"merchant":{"nmae":"x"}"#), 422, "UNKNOWN_FIELD",
            ["merchant.nmae UNKNOWN_FIELD"], says: #"did you mean "name"?"#),
        BadBody(
            "every wrong field at once",
            #"{"agentId":7,"amount":1e400,"currency":"usd","merchant":{"id":"","country":"us","category":"57"},"#
                + #""metadata":{"k":1},"description":"\u0007","audience":"","expiresIn":59}"#,
            422, "VALIDATION_FAILED",
            [
                "agentId WRONG_TYPE", "amount OUT_OF_RANGE", "currency UNKNOWN_CURRENCY", "merchant.id INVALID_VALUE",
                "merchant.category INVALID_VALUE", "merchant.country INVALID_VALUE", "description INVALID_VALUE",
                "metadata.k WRONG_TYPE", "audience INVALID_VALUE", "expiresIn OUT_OF_RANGE",
            ]),
        BadBody(
            "a lower-case currency", with(#""amount":5,"currency2":1"#), 422, "UNKNOWN_FIELD",
            ["currency2 UNKNOWN_FIELD"]),
        BadBody(
            "too long a life", with(#""amount":5,"expiresIn":604801"#), 422, "OUT_OF_RANGE", ["expiresIn OUT_OF_RANGE"]),
        BadBody(
            "a merchant that is text", with(#""amount":5,"merchant":"aws""#), 422, "WRONG_TYPE", ["merchant WRONG_TYPE"]
        ),
        BadBody(
            "metadata whose names are the same characters",
            with("\"amount\":5,\"metadata\":{\"\u{E9}\":\"1\",\"e\u{301}\":\"2\"}"), 422,
            "INVALID_VALUE", ["metadata.e\u{301} INVALID_VALUE"]),
        BadBody(
            "metadata that is an array", with(#""amount":5,"metadata":[]"#), 422, "WRONG_TYPE", ["metadata WRONG_TYPE"]),
        BadBody(
            "a hidden direction mark", with(#""amount":5,"merchant":{"name":"a\u202eb"}"#), 422, "INVALID_VALUE",
            ["merchant.name INVALID_VALUE"]),
        BadBody(
            "an identifier of another kind", #"{"agentId":"pol_x","amount":5,"currency":"USD"}"#, 422, "INVALID_VALUE",
            ["agentId INVALID_VALUE"]),
        BadBody("an agent there cannot be", #"{"agentId":"agt_x","amount":5,"currency":"USD"}"#, 404, "NOT_FOUND"),
        BadBody("an agent there is not", with(#""amount":5"#), 404, "NOT_FOUND"),
    ]

    static let policies: [BadBody] = [
        BadBody("nothing", "{}", 422, "REQUIRED", ["name REQUIRED", "currency REQUIRED"]),
        BadBody("a schedule of nothing", policy(#""schedule":{}"#), 422, "INVALID_VALUE", ["schedule INVALID_VALUE"]),
        BadBody(
            "a schedule of days and times there are not",
            policy(#""schedule":{"days":["MON","Tue"],"from":"9:00","to":"24:01","until":"18:00"}"#), 422,
            "UNKNOWN_FIELD",
            [
                "schedule.until UNKNOWN_FIELD", "schedule.days[1] INVALID_VALUE", "schedule.from INVALID_VALUE",
                "schedule.to INVALID_VALUE",
            ]),
        BadBody(
            "a schedule from the end of the day", policy(#""schedule":{"from":"24:00"}"#), 422, "INVALID_VALUE",
            ["schedule.from INVALID_VALUE"], says: "00:00"),
        BadBody(
            "a rolling limit of no length", policy(#""limits":[{"interval":"ROLLING","amount":1}]"#), 422, "REQUIRED",
            ["limits[0].seconds REQUIRED"]),
        BadBody(
            "rolling limits too short and too long",
            policy(
                #""limits":[{"interval":"ROLLING","amount":1,"seconds":59},"#
                    + #"{"interval":"ROLLING","count":1,"seconds":2678401}]"#), 422, "OUT_OF_RANGE",
            ["limits[0].seconds OUT_OF_RANGE", "limits[1].seconds OUT_OF_RANGE"]),
        BadBody(
            "an interval there is not", policy(#""limits":[{"interval":"HOURLY","amount":1}]"#), 422, "INVALID_VALUE",
            ["limits[0].interval INVALID_VALUE"], says: "ROLLING"),
        BadBody(
            "a misspelt limit", policy(#""limits":[{"interval":"DAILY","amount":1},{"interval":"DAILY","amonut":2}]"#),
            422,
            "UNKNOWN_FIELD", ["limits[1].amonut UNKNOWN_FIELD", "limits[1] INVALID_VALUE"],
            says: #"did you mean "amount"?"#),
        BadBody(
            "a limit out of range", policy(#""limits":[{"interval":"DAILY","amount":18446744073709551616}]"#), 422,
            "OUT_OF_RANGE", ["limits[0].amount OUT_OF_RANGE"]),
        BadBody(
            "a limit of nothing", policy(#""limits":[{"interval":"DAILY"}]"#), 422, "INVALID_VALUE",
            ["limits[0] INVALID_VALUE"]),
        BadBody(
            "a limit of null", policy(#""limits":[{"interval":"DAILY","amount":null,"count":null}]"#), 422,
            "INVALID_VALUE", ["limits[0] INVALID_VALUE"]),
        BadBody(
            "a schedule of null", policy(#""schedule":{"days":null,"from":null}"#), 422, "INVALID_VALUE",
            ["schedule INVALID_VALUE"]),
        BadBody(
            "seconds where there are none", policy(#""limits":[{"interval":"DAILY","amount":1,"seconds":60}]"#), 422,
            "INVALID_VALUE", ["limits[0].seconds INVALID_VALUE"]),
        BadBody("a mode there is not", policy(#""mode":"enforce""#), 422, "INVALID_VALUE", ["mode INVALID_VALUE"]),
        BadBody("enabled as text", policy(#""enabled":"yes""#), 422, "WRONG_TYPE", ["enabled WRONG_TYPE"]),
        BadBody("enabled as 1e999", policy(#""enabled":1e999"#), 422, "WRONG_TYPE", ["enabled WRONG_TYPE"]),
        BadBody(
            "a zone there is not", policy(#""timeZone":"Mars/Olympus""#), 422, "INVALID_VALUE",
            ["timeZone INVALID_VALUE"]),
        BadBody(
            "wrong items of lists",
            policy(#""countries":{"allow":["US","usa"],"blok":[]},"categories":{"block":[5734]}"#), 422,
            "UNKNOWN_FIELD",
            ["categories.block[0] WRONG_TYPE", "countries.blok UNKNOWN_FIELD", "countries.allow[1] INVALID_VALUE"]),
        BadBody(
            "too long a list",
            policy(#""merchants":{"allow":[\#((0...500).map { "\"m\($0)\"" }.joined(separator: ","))]}"#), 422,
            "TOO_MANY", ["merchants.allow TOO_MANY"]),
        BadBody("an approval of nothing", policy(#""approval":{}"#), 422, "REQUIRED", ["approval.above REQUIRED"]),
    ]

    private static func policy(_ members: String) -> String {
        #"{"name":"Cloud","currency":"USD",\#(members)}"#
    }
}

@Suite struct `Bad requests` {
    @Test("POST /v1/authorize says what is wrong", arguments: BadBody.syntax + BadBody.amounts + BadBody.fields)
    func authorize(_ row: BadBody) async throws {
        try await check(row, at: "/v1/authorize")
    }

    @Test("POST /v1/policies says what is wrong", arguments: BadBody.policies)
    func policies(_ row: BadBody) async throws {
        try await check(row, at: "/v1/policies")
    }

    private func check(_ row: BadBody, at path: String) async throws {
        let answer = try await TestCompany.shared.value.post(path, row.json)
        #expect(answer.status == row.status)
        #expect(answer.code == row.code)
        #expect(answer.fieldErrors == row.fields)
        #expect(try answer.text("detail").contains(row.says))
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func `text that is not UTF-8 is refused`() async throws {
        let company = try await TestCompany.make()
        let body = Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        let answer = try await company.server.send(
            .post, "/v1/agents", headers: [.apiKey: company.key, .contentType: "application/json"], body: body)
        #expect(answer.status == 400)
        #expect(answer.code == "MALFORMED_JSON")
        #expect(try answer.text("detail").contains("UTF-8"))
    }

    @Test func `a text made of nothing but mistakes costs little and says a hundred`() async throws {
        let company = try await TestCompany.shared.value
        let numbers = (0..<6000).map { "\"k\($0)\":9e999" }.joined(separator: ",")
        let names = (0..<5000).map { "\"k\($0)\":1" }.joined(separator: ",")
        let start = ContinuousClock.now
        #expect(try await company.post("/v1/agents", "{\(String(numbers.prefix(65_000)))}").status == 400)
        let answer = try await company.post("/v1/agents", "{\(names)}")
        #expect(answer.status == 422)
        #expect(answer.fieldErrors.count == Findings.errorsMax)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test(
        "a query is read as strictly as a body",
        arguments: [
            ("limt=5", "limt UNKNOWN_PARAMETER"), ("limit=0", "limit OUT_OF_RANGE"),
            ("limit=201", "limit OUT_OF_RANGE"),
            ("limit=x", "limit OUT_OF_RANGE"), ("limit=5&limit=5", "limit DUPLICATE_PARAMETER"),
            ("limit=%zz", "limit INVALID_VALUE"), ("limit=%ff", "limit INVALID_VALUE"),
            ("cursor=%20", "cursor INVALID_VALUE"), ("status=pending", "status INVALID_VALUE"),
            ("from=yesterday", "from INVALID_VALUE"), ("%00=1", "\0 UNKNOWN_PARAMETER"),
        ])
    func queries(query: String, error: String) async throws {
        let answer = try await TestCompany.shared.value.get("/v1/authorizations?\(query)")
        #expect(answer.status == 422)
        #expect(answer.fieldErrors == [error])
    }

    @Test func `a misspelt dryRun reserves nothing`() async throws {
        let company = try await TestCompany.make()
        let answer = try await company.post("/v1/authorize?dryrun=true", BadBody.with(#""amount":5"#))
        #expect(answer.status == 422)
        #expect(try await company.get("/v1/authorizations").list().isEmpty)
    }
}
