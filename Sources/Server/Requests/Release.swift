/// This program, as it names itself to others.
enum Release {
    static let version = "0.1.0"
}
