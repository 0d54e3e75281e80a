import Mustache

/// The templates, which are in the program itself.
///
/// A template sees `frame` (`Frame`: who is signed in, the CSRF token) and `page` (whatever its handler gave). It fills
/// the slots of layout.mustache: `{{<layout}}{{$main}}…{{/main}}{{/layout}}`.
struct Templates: Sendable {
    private let library: MustacheLibrary

    struct Missing: Error { let name: String }

    /// What a template is rendered with.
    private struct Root {
        let frame: Frame
        let page: Any
    }

    init(_ texts: [String: [UInt8]]) throws {
        MustacheContentTypes.register(HTMLText(), named: "HTML_TEXT")
        var library = MustacheLibrary()
        for (name, bytes) in texts {
            try library.register("{{% CONTENT_TYPE:HTML_TEXT}}\n" + String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
    }

    func render(_ name: String, frame: Frame, page: Any) throws -> String {
        guard let text = library.render(Root(frame: frame, page: page), withTemplate: name) else {
            throw Missing(name: name)
        }
        return text
    }

    /// Every file of Dashboard/Templates. One that is not listed here is found missing when it is rendered.
    static let embedded: Templates = {
        do {
            return try Templates([
                "agent": PackageResources.agent_mustache,
                "agents": PackageResources.agents_mustache,
                "api-keys": PackageResources.api_keys_mustache,
                "approvals": PackageResources.approvals_mustache,
                "audit": PackageResources.audit_mustache,
                "authorization": PackageResources.authorization_mustache,
                "authorization-table": PackageResources.authorization_table_mustache,
                "authorizations": PackageResources.authorizations_mustache,
                "chart": PackageResources.chart_mustache,
                "clerk": PackageResources.clerk_mustache,
                "company": PackageResources.company_mustache,
                "find": PackageResources.find_mustache,
                "get-started": PackageResources.get_started_mustache,
                "join": PackageResources.join_mustache,
                "join-provider": PackageResources.join_provider_mustache,
                "layout": PackageResources.layout_mustache,
                "mark": PackageResources.mark_mustache,
                "members": PackageResources.members_mustache,
                "meter": PackageResources.meter_mustache,
                "overview": PackageResources.overview_mustache,
                "policies": PackageResources.policies_mustache,
                "policy": PackageResources.policy_mustache,
                "policy-diff": PackageResources.policy_diff_mustache,
                "policy-form": PackageResources.policy_form_mustache,
                "policy-table": PackageResources.policy_table_mustache,
                "problem": PackageResources.problem_mustache,
                "ranked": PackageResources.ranked_mustache,
                "reset-password": PackageResources.reset_password_mustache,
                "sessions": PackageResources.sessions_mustache,
                "sign-in": PackageResources.sign_in_mustache,
                "sign-up": PackageResources.sign_up_mustache,
                "signing-keys": PackageResources.signing_keys_mustache,
            ])
        } catch {
            preconditionFailure("a template cannot be read: \(error)")
        }
    }()
}

/// Escapes each byte that could end text or an attribute's value.
///
/// swift-mustache's own escaping goes by characters as people see them: a quotation mark with a combining accent is
/// another character to it, and would end an attribute in every browser.
struct HTMLText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            case UInt8(ascii: "\""): bytes += Array("&quot;".utf8)
            case UInt8(ascii: "'"): bytes += Array("&#39;".utf8)
            case UInt8(ascii: "`"): bytes += Array("&#96;".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
