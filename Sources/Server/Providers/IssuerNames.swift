import Issuer

// The issuer's types under names of their own, for files that import another module with a type of the same name: the
// module and its main type are both called Issuer, so `WallClock` would be a member of the type.

typealias WallClock = Clock
typealias WallInstant = Instant
typealias BooksEnvironment = Environment
