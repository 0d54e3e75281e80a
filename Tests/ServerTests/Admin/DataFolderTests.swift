import Foundation
import Testing

@testable import Server

@Suite struct `The data folder` {
    @Test func `is made for its owner alone and locked by one`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "paitify-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try DataFolder(path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        var lock = try folder.lock()
        #expect(lock != nil)
        #expect(try folder.lock() == nil)
        lock = nil
        #expect(try folder.lock() != nil)
    }

    @Test func `cannot have a path too long for a socket`() {
        let path = "/tmp/" + String(repeating: "x", count: 100)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: DataFolderError.self) { try DataFolder(path) }
        #expect(error?.description.contains("too long") == true)
    }

    @Test func `that cannot be made says so`() {
        let error = #expect(throws: DataFolderError.self) { try DataFolder("/proc/nowhere") }
        #expect(error?.description.contains("/proc/nowhere") == true)
    }
}
