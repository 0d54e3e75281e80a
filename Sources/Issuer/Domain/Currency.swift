/// A currency in which a company can spend: an ISO 4217 code that names money people pay with.
///
/// Funds codes, precious metals, testing codes and `XXX` are left out: nobody is charged in them.
public struct CurrencyCode: CheckedText {
    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        guard text.isASCII, Self.all.contains(text) else {
            throw InvalidValue(
                code: .unknownCurrency,
                "must be an ISO 4217 currency code in upper case, such as \"USD\"")
        }
        self.text = text
    }

    /// Every code there is, in alphabetical order.
    public static let allTexts = all.sorted()

    private static let all = Set(
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY \
        COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
        ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK \
        MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF \
        SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU \
        UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """.split(separator: " ").map(String.init))
}
