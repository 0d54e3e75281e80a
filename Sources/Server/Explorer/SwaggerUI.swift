import Foundation

/// Swagger UI's own files, which are no part of this program: they are fetched when it is set up.
struct SwaggerUI: Sendable {
    /// Of its distribution, those that the page needs.
    static let fileNames = ["swagger-ui.css", "swagger-ui-bundle.js"]

    /// By name; empty where they are not all there.
    let files: [String: [UInt8]]

    /// Reads them from `folder`.
    init(folder: String) {
        var files: [String: [UInt8]] = [:]
        for name in Self.fileNames {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                self.files = [:]
                return
            }
            files[name] = Array(bytes)
        }
        self.files = files
    }

    /// Where `make swagger-ui` and `make install` put them: beside the program, in `share`. What a package put into
    /// /usr/bin looks into /usr/local, since nobody but packages writes to /usr.
    static func usualFolder(program: String) -> String {
        let folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        let prefix = folder.deletingLastPathComponent().path
        return (prefix == "/usr" ? "/usr/local" : prefix) + "/share/paitify/swagger-ui"
    }
}
