extension CurrencyCode {
    /// How many digits of an amount in minor units are after the decimal point when people read it (ISO 4217, "minor
    /// unit"): 2 for USD, 0 for JPY, 3 for KWD.
    public var minorUnitDigits: Int {
        if Self.withoutMinorUnit.contains(text) { return 0 }
        return Self.withThousandths.contains(text) ? 3 : 2
    }

    private static let withoutMinorUnit: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ]
    private static let withThousandths: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
}
