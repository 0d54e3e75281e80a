import Foundation

/// Files of tests, which are removed with the process's temporary folder.
enum TemporaryFile {
    /// A path where nothing is yet.
    static func path() -> String {
        FileManager.default.temporaryDirectory.appending(path: "paitify-\(UUID().uuidString)").path
    }
}
