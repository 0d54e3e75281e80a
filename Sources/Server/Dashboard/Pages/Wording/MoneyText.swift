import Issuer

/// Amounts as people read and write them: `1,204.50`. Integers from end to end.
enum MoneyText {
    /// Minor units with the currency's decimals and commas between thousands.
    static func figure(_ minorUnits: Int64, _ currency: CurrencyCode) -> String {
        let digits = currency.minorUnitDigits
        var figures = String(minorUnits.magnitude)
        if figures.count <= digits { figures = String(repeating: "0", count: digits + 1 - figures.count) + figures }
        let whole = grouped(figures.dropLast(digits))
        let sign = minorUnits < 0 ? "-" : ""
        return digits == 0 ? sign + whole : "\(sign)\(whole).\(figures.suffix(digits))"
    }

    /// The same after its currency: `USD 1,204.50`.
    static func text(_ minorUnits: Int64, _ currency: CurrencyCode) -> String {
        "\(currency.text)\u{A0}\(figure(minorUnits, currency))"
    }

    static func text(_ money: Money) -> String {
        text(money.minorUnits, money.currency)
    }

    /// Without commas, as files for other programs have it.
    static func plain(_ minorUnits: Int64, _ currency: CurrencyCode) -> String {
        figure(minorUnits, currency).replacing(",", with: "")
    }

    static func count(_ count: Int64) -> String {
        (count < 0 ? "-" : "") + grouped(Substring(String(count.magnitude)))
    }

    static func spends(_ count: Int64) -> String {
        "\(self.count(count)) spend\(count == 1 ? "" : "s")"
    }

    private static func grouped(_ digits: Substring) -> String {
        var groups: [Substring] = []
        var rest = digits
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        return ([rest] + groups).joined(separator: ",")
    }

    /// Reads `1204.5` and `1,204.50`: digits, commas or spaces between thousands, and at most the currency's decimals
    /// after a point. An amount is never rounded.
    static func minorUnits(_ text: String, _ currency: CurrencyCode) throws(InvalidValue) -> Int64 {
        let digits = currency.minorUnitDigits
        let wrong = InvalidValue("must be an amount in \(currency.text), such as \(figure(123_450, currency))")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { throw wrong }
        let whole = try ungrouped(first, wrong)
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.allSatisfy(isDigit), !whole.isEmpty, parts.count == 1 || !fraction.isEmpty else {
            throw wrong
        }
        guard fraction.count <= digits else {
            throw InvalidValue(
                digits == 0
                    ? "has decimals, and \(currency.text) has none"
                    : "has \(fraction.count) decimals, and \(currency.text) has \(digits)")
        }
        let all = whole + fraction + String(repeating: "0", count: digits - fraction.count)
        guard let value = Int64(all), value <= Money.minorUnitsMax else {
            throw InvalidValue(code: .outOfRange, "must be at most \(figure(Money.minorUnitsMax, currency))")
        }
        return value
    }

    /// Groups must be of three: `1,5` is an amount with a decimal comma, which would be read as something else.
    private static func ungrouped(_ text: Substring, _ wrong: InvalidValue) throws(InvalidValue) -> String {
        let groups = text.split(omittingEmptySubsequences: false) { ", '\u{A0}".contains($0) }
        guard groups.allSatisfy({ $0.utf8.allSatisfy(isDigit) }), groups.dropFirst().allSatisfy({ $0.count == 3 }),
            groups.count == 1 || (1...3).contains(groups[0].count)
        else { throw wrong }
        return groups.joined()
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
