/// What every page about the API has around its content.
enum DocumentationFrame {
    /// `name` is what the page is called after "Paitify"; `style` its own style sheet beside the common one; `head` what else
    /// stands in its head, `links` at the right of its header, `before` ahead of that.
    static func page(
        _ name: String, style: String, head: HTML = "", before: HTML = "", links: HTML, _ content: HTML
    ) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Paitify \(name)</title>
        <link rel="icon" href="assets/mark.svg" type="image/svg+xml">
        <link rel="stylesheet" href="docs/theme.css">
        <link rel="stylesheet" href="docs/frame.css">
        <link rel="stylesheet" href="\(style)">
        \(head)
        </head>
        <body>
        \(before)
        <header>
        <p class="product"><a href="/">Paitify</a> <span>\(name)</span></p>
        <p class="links">\(links)</p>
        </header>
        \(content)
        </body>
        </html>

        """
    }
}
