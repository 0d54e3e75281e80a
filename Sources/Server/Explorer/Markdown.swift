/// The little of CommonMark that the document's descriptions use: paragraphs, lists, `code` and **strong** words.
enum Markdown {
    static func html(_ text: String) -> HTML {
        HTML(
            text.split(separator: "\n\n").map { block in
                let lines = block.split(separator: "\n")
                guard lines.allSatisfy({ $0.hasPrefix("- ") }) else { return "<p>\(inline(String(block)))</p>\n" }
                return "<ul>\n\(HTML(lines.map { "<li>\(inline(String($0.dropFirst(2))))</li>\n" }))</ul>\n"
            })
    }

    /// One paragraph, without the paragraph's tags.
    static func inline(_ text: String) -> HTML {
        // Every second part is code.
        HTML(
            text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
                index % 2 == 1 ? "<code>\(String(part))</code>" : strong(String(part))
            })
    }

    private static func strong(_ text: String) -> HTML {
        HTML(
            text.split(separator: "**", omittingEmptySubsequences: false).enumerated().map { index, part in
                index % 2 == 1 ? "<strong>\(String(part))</strong>" : HTML(escaping: String(part))
            })
    }
}
