import Testing

@testable import Issuer

/// Random histories of events: what must hold after each, and between any two records of one.
@Suite struct RotationModelTests {
    struct Token {
        let kid: String
        let expires: Instant
    }

    /// The books as a store would have them, one record at a time.
    struct Recorded {
        var lives: [String: KeyLife] = [:]

        mutating func write(_ lives: [KeyLife], _ context: Comment) {
            for life in lives {
                self.lives[life.kid] = life
                #expect(self.lives.values.count(where: \.isSigning) <= 1, context)
                #expect(self.lives.values.count(where: \.isAnnounced) <= 1, context)
            }
        }
    }

    @Test(
        "one key signs, the sequence tells every change, and no live token loses its key but by revocation",
        arguments: 0..<50)
    func randomHistory(_ round: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let schedule = RotationSchedule(
            periodSeconds: Int64.random(in: 3600...1_000_000, using: &random),
            jwksMaxAgeSeconds: Int64.random(in: 1...3600, using: &random))
        var now = Instant(seconds: 1_772_445_600)
        var rotation = try Rotation(schedule: schedule, keys: [], sequence: 0)
        var recorded = Recorded()
        var tokens: [Token] = []
        var made = 0

        func carryOut(_ event: Rotation.Event, _ context: Comment) throws {
            let before = rotation
            var outcome = rotation.apply(event, at: now, freshKeys: [])
            if case .freshKeysNeeded(let count) = outcome {
                #expect(rotation == before, context)
                let keys = (0..<count).map { Rotation.FreshKey(kid: "k\(made + $0)", algorithm: .rs256) }
                made += count
                outcome = rotation.apply(event, at: now, freshKeys: keys)
            }
            switch outcome {
            case .changed(let lives): recorded.write(lives, context)
            case .unchanged, .tooManyKeys, .unknownKey, .keyTooNew: #expect(rotation == before, context)
            case .freshKeysNeeded: Issue.record("still not enough keys", severity: .error)
            }
            let published = { (rotation: Rotation) in Set(rotation.keys.filter(\.isPublished).map(\.kid)) }
            let isSameSet = published(before) == published(rotation) && before.signing?.kid == rotation.signing?.kid
            #expect(isSameSet ? rotation.sequence == before.sequence : rotation.sequence > before.sequence, context)
            #expect(published(rotation).count <= Rotation.publishedMax, context)
        }

        try carryOut(.started, "seed \(seed)")
        for step in 0..<300 {
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            now = Instant(milliseconds: now.milliseconds + Int64.random(in: -1000...200_000_000, using: &random))
            let anyKey = rotation.keys.randomElement(using: &random)?.kid ?? "none"
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let force = Bool.random(using: &random)
                try carryOut(.rotationAsked(signing: rotation.signing?.kid ?? "", force: force), context)
            case 1: try carryOut(.rotationAsked(signing: anyKey, force: true), context)
            case 2: try carryOut(.revocationAsked(kid: anyKey), context)
            case 3: try carryOut(.started, context)
            default: try carryOut(.ticked, context)
            }
            // The books give back what was put in.
            let kept = recorded.lives.values.filter { if case .gone = $0.stage { false } else { true } }
            #expect(Set(kept.map(\.kid)) == Set(rotation.keys.map(\.kid)), context)
            for life in rotation.keys { #expect(recorded.lives[life.kid] == life, context) }
            let signing = try #require(rotation.signing, context)
            tokens.append(
                Token(kid: signing.kid, expires: now.adding(seconds: Int64.random(in: 60...604_800, using: &random))))
            tokens.removeAll { $0.expires <= now }
            for token in tokens {
                let life = try #require(recorded.lives[token.kid], context)
                if case .revoked = life.stage { continue }
                #expect(life.isPublished, context)
            }
        }
    }
}
