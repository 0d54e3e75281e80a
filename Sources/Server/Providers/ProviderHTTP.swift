import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Asks an identity provider, within bounds: TLS except on this machine, no redirect, so long, so much.
struct ProviderHTTP: Sendable {
    static let bytesMax = 65_536

    /// For one request, from the look-up of the name to the last byte.
    var timeout: TimeAmount = .seconds(5)

    struct Answer: Sendable {
        let status: UInt
        let body: [UInt8]
        /// What Cache-Control says, in seconds.
        let maxAge: UInt32?
    }

    /// `authorization` is the header field's whole value.
    func get(_ url: String, authorization: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        return try await send(request)
    }

    /// Posts a form.
    func post(
        _ url: String, form: [(String, String)], authorization: String?
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        let body = form.map { PercentEncoding.encoded($0) + "=" + PercentEncoding.encoded($1) }
        request.body = .bytes(ByteBuffer(string: body.joined(separator: "&")))
        return try await send(request)
    }

    /// Whether it is an https URL, or an http one of this machine, without user, query or fragment.
    static func isAllowed(_ url: String) -> Bool {
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !url.contains(where: "@#\\".contains) else {
            return false
        }
        if url.hasPrefix("https://") { return url.dropFirst(8).first.map { $0 != "/" } ?? false }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" }.lowercased()
        return Sites.loopbackNames.contains { authority == $0 || authority.hasPrefix("\($0):") }
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        guard Self.isAllowed(request.url) else {
            throw ProviderFailure.unavailable("it names an address that is not https: \(request.url.prefix(200))")
        }
        var request = request
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: "paitify/\(Release.version)")
        var configuration = HTTPClient.Configuration()
        // Another address is another party: what it says was not said by the provider.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        let (asked, timeout, bytesMax) = (request, timeout, Self.bytesMax)
        do {
            return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let deadline = NIODeadline.now() + timeout
                let response = try await client.execute(asked, deadline: deadline)
                let body = try await response.body.collect(upTo: bytesMax)
                return Answer(
                    status: response.status.code, body: Array(body.readableBytesView),
                    maxAge: Self.maxAge(response.headers.first(name: "cache-control")))
            }
        } catch is NIOTooManyBytesError {
            throw ProviderFailure.unavailable("its answer is longer than \(bytesMax) bytes")
        } catch {
            throw ProviderFailure.unavailable("it did not answer: \(error)")
        }
    }

    private static func maxAge(_ field: String?) -> UInt32? {
        for part in (field ?? "").lowercased().split(separator: ",") {
            let part = part.filter { $0 != " " }
            if part == "no-store" || part == "no-cache" { return 0 }
            if part.hasPrefix("max-age=") { return UInt32(part.dropFirst("max-age=".count)) }
        }
        return nil
    }
}
