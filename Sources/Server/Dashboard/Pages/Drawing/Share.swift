/// Parts of a whole as SVG takes them, `43.21%`: integers from end to end.
enum Share {
    /// 0 to 100 per cent, rounded down; something that is not nothing shows.
    static func percent(_ part: Int64, of whole: Int64) -> String {
        let hundredths = hundredths(part, of: whole)
        return text(part > 0 ? max(hundredths, 30) : hundredths)
    }

    static func hundredths(_ part: Int64, of whole: Int64) -> Int64 {
        guard part > 0, whole > 0 else { return 0 }
        guard part < whole else { return 10_000 }
        let product = part.multipliedFullWidth(by: 10_000)
        return whole.dividingFullWidth(product).quotient
    }

    static func text(_ hundredths: Int64) -> String {
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
    }
}
