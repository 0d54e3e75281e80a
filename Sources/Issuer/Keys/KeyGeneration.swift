internal import Dispatch

/// Makes signing keys on threads of its own: looking for primes takes a tenth of a second or more, in which neither the
/// cooperative pool nor a lane may stand still.
enum KeyGeneration {
    private static let queue = DispatchQueue(label: "paitify.key-generation", attributes: .concurrent)

    static func onOwnThread(_ algorithm: SignatureAlgorithm) async throws -> SigningKey {
        let result: Result<SigningKey, KeyError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(KeyError) {
                    continuation.resume(returning: .success(try SigningKey.generate(algorithm)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
