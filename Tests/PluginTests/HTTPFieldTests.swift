import Testing

@testable import KeysHTTP

/// What is read of an answer's fields. (Tests/KeysHTTP has the same over a connection.)
@Suite struct `Fields of an answer` {
    @Test(
        arguments: [
            ("max-age=300", 300), ("public, max-age=300, must-revalidate", 300), ("MAX-AGE=\"300\"", 300),
            ("max-age = 300", 300), ("max-age=300;x", 300), ("max-age=2147483648", 1 << 31),
            ("max-age=4294967299", 1 << 31), ("max-age=18446744073709551617", 1 << 31), ("max-age=", 0),
            ("max-age=1.5", 0), ("max-age=+1", 0), ("max-age=\"", 0), ("a=\"\\\"max-age=1\", max-age=2", 2),
            ("", nil), (",,,", nil), ("max-age300", nil), ("a=\"max-age=1", nil),
        ] as [(String, UInt32?)])
    func `max-age is read as RFC 9111 writes it`(field: String, seconds: UInt32?) {
        var cacheControl = CacheControl()
        cacheControl.read(Array(field.utf8)[...])
        #expect(cacheControl.freshSeconds(ageSeconds: 0) == seconds)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `any bytes make a head that is read to its end, seed by seed`(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let alphabet = Array("cache-control:etag\"\\,=; max-age1W/\r\n\t\u{0}é".utf8)
        var head = ResponseHead()
        for _ in 0..<50 {
            var line = Array(["Cache-Control: ", "ETag: ", "Content-Type: ", "Age: ", ""][Int(next() % 5)].utf8)
            for _ in 0..<(next() % 40) { line.append(alphabet[Int(next() % UInt64(alphabet.count))]) }
            let isTaken = head.read(line)
            #expect(isTaken)
        }
        if let etag = head.etag {
            #expect(etag.count <= ResponseHead.etagBytesMax)
            #expect(etag.allSatisfy { $0 > 0x20 && $0 != 0x7F }, "it could be sent back without ending its field")
        }
    }

    @Test func `the fields of an interim answer are none of the last one's`() {
        var head = ResponseHead()
        for line in ["HTTP/1.1 103 Early Hints\r\n", "ETag: \"a\"\r\n", "Cache-Control: no-store\r\n", "\r\n"] {
            _ = head.read(Array(line.utf8))
        }
        for line in ["HTTP/1.1 200 OK\r\n", "Content-Type: application/json\r\n", "\r\n"] {
            _ = head.read(Array(line.utf8))
        }
        #expect(head.etag == nil)
        #expect(head.freshSeconds == nil)
        #expect(head.mediaType.equals("application/json"))
    }

    @Test func `fields are read up to 32 KiB in all, and not beyond`() {
        var head = ResponseHead()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 10)
        let areTaken = (0..<32).allSatisfy { _ in head.read(line) }
        #expect(areTaken)
        let isTaken = head.read([UInt8(ascii: "x")])
        #expect(!isTaken)
    }
}
