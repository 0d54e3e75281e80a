import CryptoLib
import Testing

@testable import Verifier

@Suite("Raising to 65537")
struct SixteenSquaringsTests {
    @Test("is the same as multiplying 65537 times", arguments: 1...64)
    func isThePower(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let modulus = random.next() | 1 << 63 | 1
        let key = try #require(Modulus(bytes(modulus)))
        for _ in 0..<4 {
            let number = random.next() % modulus
            #expect(key.raise(bytes(number)) == bytes(self.power(of: number, modulo: modulus)))
        }
    }

    @Test("is the same as OpenSSL's own exponentiation, for every length of key", arguments: [256, 257, 384, 511, 512])
    func isOpenSSLs(byteCount: Int) throws {
        var random = SeededGenerator(seed: UInt64(byteCount))
        for _ in 0..<20 {
            let modulus = oddNumber(byteCount: byteCount, &random)
            let key = try #require(Modulus(modulus))
            for _ in 0..<5 {
                // Below the modulus, whose first bit is set.
                var number = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                number[0] &= 0x7F
                #expect(key.raise(number) == exponentiation(of: number, modulo: modulus))
            }
        }
    }

    @Test("leaves 0, 1 and -1 as they are", arguments: [256, 257, 384, 512])
    func fixedPoints(byteCount: Int) throws {
        var random = SeededGenerator(seed: UInt64(byteCount))
        let modulus = oddNumber(byteCount: byteCount, &random)
        let key = try #require(Modulus(modulus))
        let zero = [UInt8](repeating: 0, count: byteCount)
        let one = zero.dropLast() + [1]
        let minusOne = modulus.dropLast() + [modulus[byteCount - 1] - 1]
        for number in [zero, Array(one), Array(minusOne)] { #expect(key.raise(number) == number) }
    }

    private func oddNumber(byteCount: Int, _ random: inout SeededGenerator) -> [UInt8] {
        var number = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        number[0] |= 0x80
        number[byteCount - 1] |= 1
        return number
    }

    private func power(of number: UInt64, modulo modulus: UInt64) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<65537 {
            power = modulus.dividingFullWidth(power.multipliedFullWidth(by: number)).remainder
        }
        return power
    }

    private func exponentiation(of number: [UInt8], modulo modulus: [UInt8]) -> [UInt8] {
        let scratch = unsafe BN_CTX_new()
        let numbers = unsafe [number, [1, 0, 1], modulus].map { (bytes: [UInt8]) in
            unsafe BN_bin2bn(bytes, Int32(bytes.count), nil)
        }
        let power = unsafe BN_new()
        var bytes = [UInt8](repeating: 0, count: modulus.count)
        #expect(unsafe BN_mod_exp(power, numbers[0], numbers[1], numbers[2], scratch) == 1)
        #expect(unsafe BN_bn2binpad(power, &bytes, Int32(bytes.count)) == Int32(bytes.count))
        unsafe (numbers + [power]).forEach { unsafe BN_free($0) }
        unsafe BN_CTX_free(scratch)
        return bytes
    }

    private func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}

/// One that closures can capture.
private final class Modulus {
    private let squarings: SixteenSquarings

    init?(_ modulus: [UInt8]) {
        guard let squarings = SixteenSquarings.make(modulus: modulus) else { return nil }
        self.squarings = squarings
    }

    /// Nil if there was no memory.
    func raise(_ number: [UInt8]) -> [UInt8]? {
        var power = [UInt8](repeating: 0xAA, count: number.count)
        let done = unsafe number.withUnsafeBufferPointer { number in
            unsafe power.withUnsafeMutableBufferPointer { power in
                guard let power = power.baseAddress else { return false }
                return unsafe squarings.raise(number, into: power)
            }
        }
        return done ? power : nil
    }
}
