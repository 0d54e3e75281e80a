/// What people call the browser that a `User-Agent` is of. Whoever sends one says what they like: it is shown, and decides
/// nothing.
enum BrowserName {
    /// In this order: each of them also claims to be those after it.
    private static let browsers = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
        ("Chromium/", "Chromium"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// The text itself where it is none that is known.
    static func text(_ userAgent: String) -> String {
        guard !userAgent.isEmpty else { return "Unknown browser" }
        guard let browser = browsers.first(where: { userAgent.contains($0.0) })?.1 else { return userAgent }
        let name = userAgent.contains("HeadlessChrome/") ? "Headless Chrome" : browser
        guard let system = systems.first(where: { userAgent.contains($0.0) })?.1 else { return name }
        return "\(name) on \(system)"
    }
}
