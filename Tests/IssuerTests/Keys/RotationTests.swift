import Testing

@testable import Issuer

@Suite struct RotationTests {
    static let start = Instant(seconds: 1_772_445_600)
    static let schedule = RotationSchedule(periodSeconds: 30 * 86_400, jwksMaxAgeSeconds: 300)

    static func fresh(_ kids: String...) -> [Rotation.FreshKey] {
        kids.map { Rotation.FreshKey(kid: $0, algorithm: .rs256) }
    }

    /// `a` signs since `start`, `b` is announced.
    static func started() throws -> Rotation {
        var rotation = try Rotation(schedule: schedule, keys: [], sequence: 0)
        let outcome = rotation.apply(.started, at: start, freshKeys: fresh("a", "b"))
        try #require(outcome == .changed(rotation.keys))
        return rotation
    }

    static func states(_ rotation: Rotation) -> [String: SigningKeyInfo.State] {
        Dictionary(uniqueKeysWithValues: rotation.keys.map(SigningKeyInfo.init).map { ($0.kid, $0.state) })
    }

    @Test("the first start makes a key that signs and one that is announced")
    func firstStart() throws {
        let rotation = try Self.started()
        #expect(Self.states(rotation) == ["a": .signing, "b": .announced])
        #expect(rotation.sequence == Self.start.seconds)
    }

    @Test("a later start changes nothing")
    func laterStart() throws {
        var rotation = try Self.started()
        let before = rotation
        #expect(
            rotation.apply(.started, at: Self.start.adding(seconds: 1), freshKeys: Self.fresh("c", "d")) == .unchanged)
        #expect(rotation == before)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let announcedAfter: Int64
        let afterMilliseconds: Int64
        let rotates: Bool

        var testDescription: String {
            "announced at \(announcedAfter) s, tick at \(afterMilliseconds) ms: \(rotates ? "rotates" : "does not")"
        }
    }

    @Test(
        "the schedule rotates when the period is over and the announced key is two max-ages old, not before",
        arguments: [
            Row(announcedAfter: 0, afterMilliseconds: 30 * 86_400_000 - 1, rotates: false),
            Row(announcedAfter: 0, afterMilliseconds: 30 * 86_400_000, rotates: true),
            Row(announcedAfter: 0, afterMilliseconds: 30 * 86_400_000 + 1, rotates: true),
            Row(announcedAfter: 30 * 86_400, afterMilliseconds: 30 * 86_400_000 + 599_999, rotates: false),
            Row(announcedAfter: 30 * 86_400, afterMilliseconds: 30 * 86_400_000 + 600_000, rotates: true),
            // The clock went back.
            Row(announcedAfter: 0, afterMilliseconds: -30 * 86_400_000, rotates: false),
        ])
    func scheduled(_ row: Row) throws {
        var rotation = try Self.started()
        var next = "b"
        if row.announcedAfter > 0 {
            // The announced key is revoked, so that another is announced in its place.
            next = "b2"
            _ = rotation.apply(
                .revocationAsked(kid: "b"), at: Self.start.adding(seconds: row.announcedAfter),
                freshKeys: Self.fresh(next))
        }
        let now = Instant(milliseconds: Self.start.milliseconds + row.afterMilliseconds)
        let outcome = rotation.apply(.ticked, at: now, freshKeys: Self.fresh("c"))
        #expect(rotation.signing?.kid == (row.rotates ? next : "a"))
        #expect((outcome == .unchanged) == !row.rotates)
        #expect(rotation.announced?.kid == (row.rotates ? "c" : next))
    }

    @Test("a retired key goes when the last token that it signed has expired everywhere, not before")
    func gone() throws {
        var rotation = try Self.started()
        _ = rotation.apply(.rotationAsked(signing: "a", force: true), at: Self.start, freshKeys: Self.fresh("c"))
        let end = Self.start.adding(seconds: 7 * 86_400 + 3600 + 300)
        let before = rotation
        #expect(
            rotation.apply(.ticked, at: Instant(milliseconds: end.milliseconds - 1), freshKeys: []) == .unchanged)
        #expect(rotation == before)
        let life = KeyLife(
            kid: "a", algorithm: .rs256, announcedAt: Self.start,
            stage: .gone(signedFrom: Self.start, retiredAt: Self.start, at: end))
        #expect(rotation.apply(.ticked, at: end, freshKeys: []) == .changed([life]))
        #expect(Self.states(rotation) == ["b": .signing, "c": .announced])
        #expect(rotation.sequence == end.seconds)
    }

    @Test(
        "a rotation by hand takes effect at once, and warns when verifiers may not know the key yet",
        arguments: [0, 599, 600, 601])
    func byHand(_ ageSeconds: Int64) throws {
        var rotation = try Self.started()
        _ = rotation.apply(
            .rotationAsked(signing: "a", force: false), at: Self.start.adding(seconds: 1000),
            freshKeys: Self.fresh("c"))
        let now = Self.start.adding(seconds: 1000 + ageSeconds)
        let event = Rotation.Event.rotationAsked(signing: "b", force: true)
        let before = rotation
        #expect(rotation.apply(event, at: now, freshKeys: []) == .freshKeysNeeded(1))
        guard case .changed = rotation.apply(event, at: now, freshKeys: Self.fresh("d")) else {
            Issue.record("nothing changed")
            return
        }
        #expect(Self.states(rotation) == ["a": .retired, "b": .retired, "c": .signing, "d": .announced])
        let report = try #require(rotation.report(on: event, after: before, at: now))
        #expect(report.signing == "c" && report.announced == "d" && report.retired == "b")
        #expect((report.warning != nil) == (ageSeconds < 600))
    }

    @Test("without force, a key is not promoted before every verifier knows it", arguments: [0, 599, 600, 601])
    func tooNew(_ ageSeconds: Int64) throws {
        var rotation = try Self.started()
        let second = Self.start.adding(seconds: 1000)
        _ = rotation.apply(.rotationAsked(signing: "a", force: false), at: second, freshKeys: Self.fresh("c"))
        let before = rotation
        let outcome = rotation.apply(
            .rotationAsked(signing: "b", force: false), at: second.adding(seconds: ageSeconds),
            freshKeys: Self.fresh("d"))
        if ageSeconds < 600 {
            #expect(outcome == .keyTooNew(until: second.adding(seconds: 600)) && rotation == before)
        } else {
            #expect(rotation.signing?.kid == "c")
        }
    }

    @Test("the first rotation may come at any time, with no warning: whoever knows the first key knows the second")
    func firstRotation() throws {
        var rotation = try Self.started()
        let before = rotation
        let event = Rotation.Event.rotationAsked(signing: "a", force: false)
        guard case .changed = rotation.apply(event, at: Self.start, freshKeys: Self.fresh("c")) else { throw Stuck() }
        #expect(rotation.report(on: event, after: before, at: Self.start)?.warning == nil)
        // That is so once, whenever the next one comes.
        let next = rotation.apply(
            .rotationAsked(signing: "b", force: false), at: Self.start, freshKeys: Self.fresh("d"))
        #expect(next == .keyTooNew(until: Self.start.adding(seconds: 600)))
    }

    @Test("the sequence is at least the time, and grows though the clock goes back")
    func sequence() throws {
        var rotation = try Self.started()
        for (seconds, expected): (Int64, Int64) in [(10, 10), (10, 11), (-500, 12), (1000, 1000)] {
            let signing = try #require(rotation.signing?.kid)
            _ = rotation.apply(
                .rotationAsked(signing: signing, force: true), at: Self.start.adding(seconds: seconds),
                freshKeys: Self.fresh("k\(seconds)\(expected)"))
            #expect(rotation.sequence == Self.start.seconds + expected)
        }
    }

    @Test("of two that ask for a rotation at once, the second changes nothing and is told so")
    func twoAtOnce() throws {
        var rotation = try Self.started()
        let event = Rotation.Event.rotationAsked(signing: "a", force: true)
        _ = rotation.apply(event, at: Self.start, freshKeys: Self.fresh("c"))
        let before = rotation
        #expect(rotation.apply(event, at: Self.start, freshKeys: Self.fresh("d")) == .unchanged)
        #expect(rotation == before)
        let report = try #require(rotation.report(on: event, after: before, at: Self.start))
        #expect(report.retired == nil && report.warning?.contains("Another request") == true)
    }

    struct Revocation: Sendable, CustomTestStringConvertible {
        let kid: String
        let states: [String: SigningKeyInfo.State]
        let freshKeys: Int
        var testDescription: String { "revoking \(kid)" }
    }

    @Test(
        "a revoked key is out of the set at once, and its place is taken",
        arguments: [
            Revocation(kid: "a", states: ["a": .revoked, "b": .signing, "c": .announced], freshKeys: 0),
            Revocation(kid: "b", states: ["a": .retired, "b": .revoked, "c": .signing, "d": .announced], freshKeys: 1),
            Revocation(kid: "c", states: ["a": .retired, "b": .signing, "c": .revoked, "d": .announced], freshKeys: 1),
        ])
    func revocation(_ row: Revocation) throws {
        var rotation = try Self.started()
        let now = Self.start.adding(seconds: 1000)
        _ = rotation.apply(.rotationAsked(signing: "a", force: true), at: Self.start, freshKeys: Self.fresh("c"))
        let event = Rotation.Event.revocationAsked(kid: row.kid)
        if row.freshKeys > 0 {
            #expect(rotation.apply(event, at: now, freshKeys: []) == .freshKeysNeeded(row.freshKeys))
        }
        guard case .changed = rotation.apply(event, at: now, freshKeys: Self.fresh("d")) else {
            Issue.record("nothing changed")
            return
        }
        #expect(Self.states(rotation) == row.states)
        #expect(rotation.keys.first { $0.kid == row.kid }?.isPublished == false)
        let before = rotation
        #expect(rotation.apply(event, at: now, freshKeys: Self.fresh("e")) == .unchanged, "the second time")
        #expect(rotation == before)
    }

    @Test("a key that nobody made cannot be revoked")
    func unknownKey() throws {
        var rotation = try Self.started()
        let before = rotation
        #expect(
            rotation.apply(.revocationAsked(kid: "x"), at: Self.start, freshKeys: Self.fresh("c")) == .unknownKey)
        #expect(rotation == before)
    }

    @Test("rotations by hand stop where verifiers would be asked to hold too many keys; revocations never do")
    func tooManyKeys() throws {
        var rotation = try Self.started()
        for number in 3...Rotation.publishedMax {
            let signing = try #require(rotation.signing?.kid)
            guard
                case .changed = rotation.apply(
                    .rotationAsked(signing: signing, force: true), at: Self.start, freshKeys: Self.fresh("k\(number)"))
            else { throw Stuck() }
        }
        #expect(rotation.keys.count == Rotation.publishedMax)
        let signing = try #require(rotation.signing?.kid)
        let before = rotation
        #expect(
            rotation.apply(.rotationAsked(signing: signing, force: true), at: Self.start, freshKeys: Self.fresh("z"))
                == .tooManyKeys
        )
        #expect(rotation == before)
        guard
            case .changed = rotation.apply(
                .revocationAsked(kid: signing), at: Self.start, freshKeys: Self.fresh("z"))
        else { throw Stuck() }
        #expect(rotation.keys.count(where: \.isPublished) == Rotation.publishedMax)
    }

    struct Stuck: Error {}

    @Test("books that no history leads to are refused")
    func impossibleBooks() throws {
        let keys = try Self.started().keys
        for (keys, sequence) in [
            ([], Int64(1)), ([keys[0]], 1), ([keys[1]], 1), (keys + [keys[0]], 1), (keys + [keys[1]], 1),
        ] {
            #expect(throws: StorageError.self) {
                try Rotation(schedule: Self.schedule, keys: keys, sequence: sequence)
            }
        }
    }
}
