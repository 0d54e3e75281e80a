import Foundation

/// Many simulations, of seeds that follow one another, a few at a time.
struct Campaign: Sendable {
    let firstSeed: UInt64
    let count: UInt64
    /// How many run at once.
    var width = ProcessInfo.processInfo.activeProcessorCount

    /// What a schedule that failed says, with how to run it again alone.
    struct Failure: Sendable {
        let seed: UInt64
        let reason: String
    }

    /// Runs them all. `ended` is told of each, in any order: nil of one that went well.
    func run(ended: @escaping @Sendable (Failure?) -> Void) async throws {
        try await withFolder { folder in
            let templates = try await World.makeTemplates(in: folder)
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<width {
                    group.addTask {
                        for number in stride(from: UInt64(worker), to: count, by: width) {
                            let seed = firstSeed + number
                            let template = templates[Int(seed % UInt64(templates.count))]
                            ended(await Self.simulate(seed, template, in: "\(folder)/\(worker)"))
                        }
                    }
                }
            }
        }
    }

    private static func simulate(_ seed: UInt64, _ template: World.Template, in folder: String) async -> Failure? {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var simulation = try await Simulation(seed: seed, template: template, folder: folder)
            try await simulation.run()
            return nil
        } catch {
            return Failure(seed: seed, reason: "\(error)")
        }
    }

    /// A folder in memory where there is one: what is tested is what was written, not how long the disk takes.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/paitify-simulation-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
