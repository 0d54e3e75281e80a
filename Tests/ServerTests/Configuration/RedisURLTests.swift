import Testing

@testable import Server

@Suite struct `Redis's URL` {
    @Test(
        "names a server, and its name for people has no password",
        arguments: [
            ("redis://localhost", "redis://localhost"),
            ("redis://db.example.com:6380/3", "redis://db.example.com:6380"),
            ("redis://:hunter2@127.0.0.1:6379", "redis://127.0.0.1:6379"),
            ("redis://paitify:hun%40ter%2F2@[::1]:6379/0", "redis://[::1]:6379"),
            ("redis://paitify:p@ss@host", "redis://host"), ("REDIS://host/", "redis://host"),
            ("rediss://user:hunter2@host", "rediss://host"),
            ("unix:///run/redis/redis.sock", "unix:///run/redis/redis.sock"),
            ("unix://:hunter2@/run/redis.sock?db=2", "unix:///run/redis.sock"),
        ])
    func good(_ text: String, _ place: String) throws {
        #expect(try RedisURL(text).place == place)
    }

    @Test(
        "that is none says what is wrong with it",
        arguments: [
            ("localhost:6379", .scheme), ("http://localhost", .scheme), ("redis:/localhost", .scheme),
            ("redis://", .host), ("redis:///0", .host), ("redis://:hunter2@", .host), ("redis://a b", .host),
            ("redis://::1", .host), ("redis://[::1", .host), ("redis://[::1]x", .host),
            ("redis://host:", .port), ("redis://host:0", .port), ("redis://host:65536", .port),
            ("redis://host:6379x", .port), ("redis://host/x", .database), ("redis://host/-1", .database),
            ("redis://host/2147483648", .database), ("redis://host/0/1", .database),
            ("redis://hunter2@host", .user), ("redis://paitify:@host", .user), ("redis://a:%zz@host", .user),
            ("redis://host?db=1", .rest), ("redis://host/0#x", .rest), ("unix://relative", .path),
            ("unix:///" + String(repeating: "x", count: 107), .path), ("unix:///a?password=hunter2", .rest),
            ("unix:///a?db=x", .database),
        ] as [(String, RedisURL.Mistake)])
    func bad(_ text: String, _ mistake: RedisURL.Mistake) {
        #expect(throws: mistake) { try RedisURL(text) }
        do {
            _ = try Configuration(Variables(environment: ["PAITIFY_REDIS_URL": text]))
            Issue.record("it was taken")
        } catch {
            #expect("\(error)".hasPrefix("PAITIFY_REDIS_URL: expected \(mistake.rawValue); got text of "))
            #expect(!"\(error)".contains("hunter2"))
        }
    }
}
