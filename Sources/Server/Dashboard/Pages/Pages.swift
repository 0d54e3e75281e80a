/// The dashboard's pages.
struct Pages {
    func add(to pages: PageTable) {
        AssetRoutes().add(to: pages)
        for path in ["/", "/dashboard"] {
            pages.openPage(path) { $0.redirect(to: ReturnPath.home) }
        }
        OverviewPages().add(to: pages)
        GetStarted().add(to: pages)
        EventRoutes().add(to: pages)
        ApprovalPages().add(to: pages)
        AuthorizationPages().add(to: pages)
        AgentPages().add(to: pages)
        PolicyPages().add(to: pages)
        APIKeyPages().add(to: pages)
        SigningKeyPages().add(to: pages)
        CompanyPages().add(to: pages)
        MemberPages().add(to: pages)
        SessionPages().add(to: pages)
        AuditPages().add(to: pages)
        Theme.add(to: pages)
    }
}
