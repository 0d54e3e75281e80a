import Testing

@testable import Issuer

@Suite struct RecentCacheTests {
    @Test("it never holds more than its capacity, and gives what had to leave")
    func capacity() {
        var cache = RecentCache<Int, String>(capacity: 3)
        for number in 1...3 { #expect(cache.insert("\(number)", for: number) == nil) }
        #expect(cache.insert("4", for: 4) == "1")
        #expect(cache.count == 3 && cache.value(for: 1) == nil && cache.value(for: 4) == "4")
    }

    @Test("what was asked for lately stays")
    func recency() {
        var cache = RecentCache<Int, Int>(capacity: 3)
        for number in 1...3 { cache.insert(number, for: number) }
        _ = cache.value(for: 1)
        #expect(cache.insert(4, for: 4) == 2)
        #expect(cache.value(for: 1) == 1)
    }

    @Test("inserting a key again replaces its value and makes nobody leave")
    func replacing() {
        var cache = RecentCache<Int, Int>(capacity: 1)
        cache.insert(1, for: 1)
        #expect(cache.insert(2, for: 1) == nil)
        cache.update(1, to: 3)
        cache.update(7, to: 7)
        #expect(cache.value(for: 1) == 3 && cache.value(for: 7) == nil && cache.count == 1)
    }

    @Test("random use leaves it as a dictionary of what has not left", arguments: [1, 2, 3, 17])
    func randomUse(_ capacity: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var cache = RecentCache<Int, Int>(capacity: capacity)
        var model: [Int: Int] = [:]
        for step in 0..<3000 {
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            // The value says its key, so that the model knows who left.
            let key = Int.random(in: 0..<40, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                if let left = cache.insert(key + step * 40, for: key) { model[left % 40] = nil }
                model[key] = key + step * 40
            case 1:
                cache.remove(key)
                model[key] = nil
            default: break
            }
            for key in 0..<40 where Bool.random(using: &random) {
                #expect(cache.value(for: key) == model[key], context)
            }
            #expect(cache.count == model.count && model.count <= capacity, context)
        }
    }
}
