/// Which of a company's two worlds a key opens: real money or trial. They share nothing but the company.
public enum Environment: String, Sendable, Codable, CaseIterable {
    case live
    case test
}
