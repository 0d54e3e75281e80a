import Hummingbird

/// Light, dark, or what the browser asks for: kept in a cookie, so that a page is never drawn in the other first.
struct Theme {
    struct Choice: Sendable {
        let themeValue: String
        let themeName: String
        let themePressed: Bool
    }

    private static let cookie = Cookie(name: "paitify_theme")
    private static let names = [("system", "Auto"), ("light", "Light"), ("dark", "Dark")]
    private static let seconds: Int64 = 400 * 86_400

    /// Nil: what the browser asks for.
    let attribute: String?

    init(of visit: Visit) {
        let value = Self.cookie.value(in: visit.request, at: visit.site)
        attribute = value == "light" || value == "dark" ? value : nil
    }

    var choices: [Choice] {
        Self.names.map { value, name in
            Choice(themeValue: value, themeName: name, themePressed: value == attribute ?? "system")
        }
    }

    static func add(to pages: PageTable) {
        pages.form("/theme") { visit, form in
            var response = visit.redirect(to: ReturnPath.checked(try form.optional("return")))
            let value = try form.text("theme")
            if value == "light" || value == "dark" {
                cookie.set(value, seconds: seconds, at: visit.site, on: &response)
            } else {
                cookie.clear(at: visit.site, on: &response)
            }
            return response
        }
    }
}
