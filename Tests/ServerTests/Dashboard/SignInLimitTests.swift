import Issuer
import NIOCore
import Synchronization
import Testing

@testable import Server

@Suite struct `Sign-in limits` {
    private static let second: Int64 = 1_000_000_000

    @Test func `an account takes ten guesses at once and then one each 36 seconds, wherever they come from`() throws {
        let now = Mutex<Int64>(0)
        let limits = SignInLimits { now.withLock { $0 } }
        let (ada, bob) = (try EmailAddress("ada@example.com"), try EmailAddress("bob@example.com"))
        for number in 0..<10 {
            let client = ClientNetwork(try SocketAddress(ipAddress: "192.0.2.\(number)", port: 1))
            #expect(limits.take(ada, from: client) == .mayTry)
        }
        #expect(limits.take(ada, from: nil) == .wait(seconds: 36, isNews: true))
        #expect(limits.take(ada, from: nil) == .wait(seconds: 36, isNews: false))
        #expect(limits.take(bob, from: nil) == .mayTry)
        now.withLock { $0 = 35 * Self.second }
        #expect(limits.take(ada, from: nil) == .wait(seconds: 1, isNews: false))
        now.withLock { $0 = 36 * Self.second }
        #expect(limits.take(ada, from: nil) == .mayTry)
        #expect(limits.take(ada, from: nil) == .wait(seconds: 36, isNews: false))
    }

    @Test func `the right password clears what others guessed`() throws {
        let limits = SignInLimits { 0 }
        let ada = try EmailAddress("ada@example.com")
        for _ in 0..<10 { _ = limits.take(ada, from: nil) }
        limits.succeeded(ada)
        #expect(limits.take(ada, from: nil) == .mayTry)
    }

    @Test func `a network takes thirty guesses at once, whichever accounts they are for, and ten sign-ups`() throws {
        let limits = SignInLimits { 0 }
        let client = ClientNetwork(try SocketAddress(ipAddress: "192.0.2.1", port: 1))
        for number in 0..<30 {
            #expect(limits.take(try EmailAddress("u\(number)@example.com"), from: client) == .mayTry)
        }
        #expect(limits.take(try EmailAddress("one@example.com"), from: client) == .wait(seconds: 10, isNews: false))
        #expect(limits.take(try EmailAddress("one@example.com"), from: nil) == .mayTry)
        for _ in 0..<10 { #expect(limits.takeSignUp(from: client) == nil) }
        #expect(limits.takeSignUp(from: client) == 360)
        #expect(limits.takeSignUp(from: nil) == nil)
    }
}
