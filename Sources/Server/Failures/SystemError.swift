import Glibc

/// What the system calls an error, in words.
enum SystemError {
    static func text(_ number: Int32) -> String {
        // strerror gives a text for every number, and changes none that was given before.
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}
