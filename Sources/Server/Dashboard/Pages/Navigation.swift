import HTTPTypes
import Hummingbird
import Issuer

/// Where the frame of every page leads.
enum Navigation {
    struct Section {
        let heading: String?
        let items: [Item]
    }

    struct Item {
        let href: String
        let label: String
        let isCurrent: Bool
        let waiting: String?
    }

    static func sections(at path: String, waiting: Int64) -> [Section] {
        func item(_ href: String, _ label: String, waiting: Int64 = 0) -> Item {
            let isCurrent = path == href || path.hasPrefix("\(href)/")
            return Item(
                href: href, label: label, isCurrent: isCurrent, waiting: waiting > 0 ? MoneyText.count(waiting) : nil)
        }
        return [
            Section(
                heading: nil,
                items: [
                    item("/overview", "Overview"), item("/approvals", "Approvals", waiting: waiting),
                    item("/authorizations", "Authorizations"), item("/agents", "Agents"), item("/policies", "Policies"),
                ]),
            Section(
                heading: "Settings",
                items: [
                    item("/api-keys", "API keys"), item("/signing-keys", "Signing keys"), item("/company", "Company"),
                    item("/members", "Members"),
                    item("/sessions", "Your account"), item("/audit", "Audit log"),
                ]),
        ]
    }
}

extension Visit {
    /// The page of that template in its full frame, for whoever is signed in.
    func show(
        _ template: String, title: String, _ content: Any, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let waiting = try await issuer.heldCount(as: caller)
        return try page(
            template, Frame(title: title, visit: self, waiting: waiting), content,
            status: status)
    }
}
