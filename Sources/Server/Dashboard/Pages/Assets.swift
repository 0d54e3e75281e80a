import Hummingbird

/// `/assets/…`: style sheets, scripts and pictures, which are in the program itself.
struct AssetRoutes {
    /// Each file of Dashboard/Assets, by the name under which it is served.
    private static let files: [String: (type: String, bytes: [UInt8])] = [
        "theme.css": ("text/css; charset=utf-8", PackageResources.theme_css),
        "paitify.css": ("text/css; charset=utf-8", PackageResources.paitify_css),
        "mark.svg": ("image/svg+xml", PackageResources.mark_svg),
        "app.js": ("text/javascript; charset=utf-8", PackageResources.app_js),
        "live.js": ("text/javascript; charset=utf-8", PackageResources.live_js),
        "clerk.js": ("text/javascript; charset=utf-8", PackageResources.clerk_js),
        "approvals.js": ("text/javascript; charset=utf-8", PackageResources.approvals_js),
    ]

    func add(to pages: PageTable) {
        for (name, file) in Self.files {
            let content = StaticContent(file.bytes, file.type)
            pages.openPage("/assets/\(name)") { visit in content.response(to: visit.request) }
        }
    }
}
