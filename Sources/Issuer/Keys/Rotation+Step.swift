extension Rotation {
    /// One event being carried out on a copy: a refusal half-way leaves nothing behind.
    ///
    /// Each verb gives the refusal, or nil when it did what it could.
    struct Step {
        private let schedule: RotationSchedule
        private let now: Instant
        private var freshKeys: [FreshKey]
        private(set) var keys: [KeyLife]
        private(set) var written: [KeyLife] = []

        init(rotation: Rotation, now: Instant, freshKeys: [FreshKey]) {
            schedule = rotation.schedule
            keys = rotation.keys
            self.now = now
            self.freshKeys = freshKeys
        }

        mutating func start() -> Outcome? {
            guard keys.isEmpty else { return nil }
            guard freshKeys.count >= 2 else { return .freshKeysNeeded(2) }
            announce()
            move(0, to: .signing(since: now))
            // One record a key: the first was never merely announced.
            written = keys
            announce()
            return nil
        }

        mutating func tick() -> Outcome? {
            for index in keys.indices {
                guard case .retired(let signedFrom, let at) = keys[index].stage,
                    passed(schedule.retentionSeconds, since: at)
                else { continue }
                move(index, to: .gone(signedFrom: signedFrom, retiredAt: at, at: now))
            }
            guard let signing = keys.first(where: \.isSigning), case .signing(let since) = signing.stage,
                let announced = keys.first(where: \.isAnnounced),
                passed(schedule.periodSeconds, since: since),
                passed(schedule.announcementSeconds, since: announced.announcedAt)
            else { return nil }
            // A full key set only delays what the schedule wants.
            let refusal = promote()
            return refusal == .tooManyKeys ? nil : refusal
        }

        mutating func rotate(from kid: String, force: Bool) -> Outcome? {
            // Somebody else was first.
            guard keys.first(where: \.isSigning)?.kid == kid else { return nil }
            if !force, let announced = keys.first(where: \.isAnnounced) {
                let known = schedule.knownEverywhere(announced, of: keys)
                guard known <= now else { return .keyTooNew(until: known) }
            }
            return promote()
        }

        mutating func revoke(_ kid: String) -> Outcome? {
            guard let index = keys.firstIndex(where: { $0.kid == kid }) else { return .unknownKey }
            switch keys[index].stage {
            case .announced:
                guard !freshKeys.isEmpty else { return .freshKeysNeeded(1) }
                move(index, to: .revoked(signedFrom: nil, retiredAt: nil, at: now))
                announce()
            case .signing(let since):
                guard !freshKeys.isEmpty else { return .freshKeysNeeded(1) }
                move(index, to: .revoked(signedFrom: since, retiredAt: nil, at: now))
                succeed()
            case .retired(let signedFrom, let at):
                move(index, to: .revoked(signedFrom: signedFrom, retiredAt: at, at: now))
            case .revoked, .gone: break
            }
            return nil
        }

        /// The announced key takes over from the one that signs.
        private mutating func promote() -> Outcome? {
            guard let index = keys.firstIndex(where: \.isSigning), case .signing(let since) = keys[index].stage
            else { return .unknownKey }
            guard keys.count(where: \.isPublished) < Rotation.publishedMax else { return .tooManyKeys }
            guard !freshKeys.isEmpty else { return .freshKeysNeeded(1) }
            // From here on it must succeed.
            move(index, to: .retired(signedFrom: since, at: now))
            succeed()
            return nil
        }

        /// The announced key signs, and another is announced. The one that signed has stopped, and a fresh key is there.
        private mutating func succeed() {
            if let index = keys.firstIndex(where: \.isAnnounced) { move(index, to: .signing(since: now)) }
            announce()
        }

        private mutating func announce() {
            let fresh = freshKeys.removeFirst()
            let life = KeyLife(kid: fresh.kid, algorithm: fresh.algorithm, announcedAt: now, stage: .announced)
            keys.append(life)
            written.append(life)
        }

        private mutating func move(_ index: Int, to stage: KeyLife.Stage) {
            keys[index].stage = stage
            written.append(keys[index])
        }

        private func passed(_ seconds: Int64, since instant: Instant) -> Bool {
            instant.adding(seconds: seconds) <= now
        }
    }
}
