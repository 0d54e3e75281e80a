import HTTPTypes
import Synchronization
import Testing

@testable import Server

@Suite struct `Trace context` {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    private static func context(_ parents: [String], _ states: [String] = []) -> TraceContext {
        var headers = HTTPFields()
        headers[values: .traceparent] = parents
        headers[values: .tracestate] = states
        let random = Mutex<UInt64>(0x10)
        return TraceContext(headers) {
            random.withLock { number in
                defer { number += 1 }; return number
            }
        }
    }

    @Test func `a trace that the caller is in goes on, under a span of ours`() {
        let context = Self.context(["00-\(Self.trace)-\(Self.parent)-01"])
        #expect(context.traceID == Self.trace && context.spanID == "0000000000000010" && context.flags == 1)
        #expect(context.parent == "00-\(Self.trace)-0000000000000010-01")
    }

    @Test(
        "flags that nobody has defined are not passed on",
        arguments: [("00", "00"), ("01", "01"), ("02", "02"), ("03", "03"), ("ff", "03"), ("f4", "00")])
    func flags(sent: String, passed: String) {
        #expect(Self.context(["00-\(Self.trace)-\(Self.parent)-\(sent)"]).parent.hasSuffix("-\(passed)"))
    }

    @Test(
        "a later version is read as far as this one goes",
        arguments: [
            "01-\(trace)-\(parent)-01", "cc-\(trace)-\(parent)-01-what-the-future-will-be-like",
            "fe-\(trace)-\(parent)-01-",
        ])
    func laterVersions(text: String) {
        #expect(Self.context([text]).parent == "00-\(Self.trace)-0000000000000010-01")
    }

    @Test(
        "what is not well-formed is ignored, and a trace begins",
        arguments: [
            [], [""], ["00"], ["00-\(trace)-\(parent)"], ["00-\(trace)-\(parent)-1"], ["00-\(trace)-\(parent)-011"],
            ["00-\(trace)-\(parent)-01-"], ["00-\(trace)-\(parent)-01-more"], ["cc-\(trace)-\(parent)-01.more"],
            ["cc-\(trace)-\(parent)-01more"], ["ff-\(trace)-\(parent)-01"], ["0-\(trace)-\(parent)-01"],
            ["0x-\(trace)-\(parent)-01"], ["00-00000000000000000000000000000000-\(parent)-01"],
            ["00-\(trace)-0000000000000000-01"], ["00-\(trace.uppercased())-\(parent)-01"],
            ["00-\(trace)-\(parent.uppercased())-01"], ["00-\(trace)-\(parent)-0A"], ["00-\(trace)-\(parent)-0x"],
            ["00_\(trace)-\(parent)-01"], ["00-\(trace)_\(parent)-01"], ["00-\(trace)-\(parent)_01"],
            ["00-\(trace)-\(parent)-01,00-\(trace)-\(parent)-01"],
            ["00-\(trace.dropLast())é-\(parent)-01"],
            ["00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01"],
        ])
    func malformed(parents: [String]) {
        let context = Self.context(parents, ["vendor=1"])
        #expect(context.traceID == "00000000000000110000000000000012" && context.flags == 0)
        #expect(context.state == nil, "without a traceparent there is no tracestate")
    }

    @Test func `an identifier is never all zeroes`() {
        let context = TraceContext(HTTPFields()) { 0 }
        #expect(context.parent == "00-00000000000000010000000000000000-0000000000000001-00")
    }

    @Test(
        "a tracestate is passed on as it came, its fields as one",
        arguments: [
            (["a=1"], "a=1"), (["a=1,b=2"], "a=1,b=2"), (["a=1", "b=2"], "a=1,b=2"), (["a=1 ,\tb=2"], "a=1,b=2"),
            (["a=1,,b=2", ""], "a=1,b=2"), (["fw529a3039@dt=FfIAIAI!~ x"], "fw529a3039@dt=FfIAIAI!~ x"),
            (["0tenant@vendor=1,a_-*/9=1"], "0tenant@vendor=1,a_-*/9=1"),
            ([(1...32).map { "k\($0)=v" }.joined(separator: ",")], (1...32).map { "k\($0)=v" }.joined(separator: ",")),
        ])
    func state(fields: [String], passed: String) {
        #expect(Self.context(["00-\(Self.trace)-\(Self.parent)-01"], fields).state == passed)
    }

    @Test(
        "a tracestate that is not well-formed is not passed on, and the trace goes on",
        arguments: [
            [], [""], [","], ["a"], ["a="], ["=1"], ["A=1"], ["1a=1"], ["a=1,a=2"], ["a=1", "a=2"], ["a=b=c"],
            ["a =1"], ["a@=1"], ["@a=1"], ["a@b@c=1"], ["a@1b=1"], ["a@bcdefghijklmnop=1"], ["a=é"], ["a=\u{7F}"],
            ["\(String(repeating: "a", count: 257))=1"], ["a=\(String(repeating: "b", count: 257))"],
            [(1...33).map { "k\($0)=v" }.joined(separator: ",")],
            ["a=\(String(repeating: "b", count: 255)),b=\(String(repeating: "b", count: 255))"],
        ])
    func badState(fields: [String]) {
        let context = Self.context(["00-\(Self.trace)-\(Self.parent)-01"], fields)
        #expect(context.state == nil && context.traceID == Self.trace)
    }

    @Test func `the trace is in the answer and in the log, also of a refusal`() async throws {
        let server = try await TestServer()
        let parent = "00-\(Self.trace)-\(Self.parent)-01"
        let sent: HTTPFields = [.traceparent: parent, .tracestate: "vendor=1"]
        for target in ["/healthz", "/v1/agents", "/nowhere"] {
            let answer = try await server.send(.get, target, headers: sent)
            #expect(answer.headers[.traceparent] == "00-\(Self.trace)-0123456789abcdef-01")
            #expect(answer.headers[.tracestate] == "vendor=1")
        }
        let fresh = try await server.send(
            .get, "/healthz", headers: [.traceparent: "nonsense", .tracestate: "vendor=1"])
        #expect(fresh.headers[.traceparent] == "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00")
        #expect(fresh.headers[.tracestate] == nil)
        let traces = try server.lines.contexts(of: "request").map { $0["traceId"] as? String }
        #expect(traces == [Self.trace, Self.trace, Self.trace, "0123456789abcdef0123456789abcdef"])
    }
}
