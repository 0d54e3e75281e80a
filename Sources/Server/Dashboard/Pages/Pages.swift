import Issuer

/// The dashboard's pages.
struct Pages {
    func add(to pages: PageTable) {
        AssetRoutes().add(to: pages)
        for path in ["/", "/dashboard"] {
            pages.openPage(path) { $0.redirect(to: ReturnPath.home) }
        }
        pages.page("/overview") { visit in
            let agents = try await visit.issuer.agents(page: .init(limit: 10), as: visit.caller)
            return try visit.page("overview", title: "Overview", OverviewPage(agents: agents.items.map(\.name.text)))
        }
    }
}

/// `page` in overview.mustache.
struct OverviewPage {
    let agents: [String]
}
