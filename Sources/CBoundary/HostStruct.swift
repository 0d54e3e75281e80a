package import Verifier

/// Reading structs that the host filled, which may be older and shorter than ours, or newer and longer.
package enum HostStruct {
    /// No struct of any version is longer: a size beyond is not one, but garbage.
    package static let bytesMax = 4096

    /// Overwrites the start of `known` by the fields that the host's struct has whole, and refuses one that asks for
    /// more than we know.
    ///
    /// - Parameter fieldEnds: where the host's struct may end: after the last field that every version has, and after
    ///   each field since, in order. A field that `struct_size` cuts in half keeps its default.
    package static func copy<Struct, let count: Int>(
        _ host: UnsafePointer<Struct>, over known: inout Struct, fieldEnds: InlineArray<count, Int>
    ) throws(VerifyError) {
        // The size first, and raw: to load the host's struct as ours would read beyond a shorter one.
        let start = unsafe UnsafeRawPointer(host)
        let size = unsafe Int(start.load(as: UInt32.self))
        var wholeFields = 0
        for index in fieldEnds.indices where fieldEnds[index] <= size { wholeFields = fieldEnds[index] }
        guard wholeFields > 0, size <= bytesMax else {
            throw VerifyError(
                .argument, "struct_size is \(size), which no version has; set the struct up by its _init function.")
        }
        let ours = MemoryLayout<Struct>.size
        unsafe withUnsafeMutableBytes(of: &known) {
            unsafe $0.copyMemory(from: .init(start: start, count: wholeFields))
        }
        guard size > ours else { return }
        for offset in ours..<size where unsafe start.load(fromByteOffset: offset, as: UInt8.self) != 0 {
            throw VerifyError(
                .argument, "The struct sets a field of a newer version, which this library does not know.")
        }
    }

    /// The size that the host's struct says it has, where all of it is written and none is read: 0 is the first
    /// version's. Nil for a size that no version has.
    package static func declaredSize<Struct>(_ host: UnsafeMutablePointer<Struct>) -> UInt32? {
        let declared = unsafe UnsafeRawPointer(host).load(as: UInt32.self)
        let size = declared == 0 ? UInt32(MemoryLayout<Struct>.size) : declared
        return size >= 4 && size <= bytesMax ? size : nil
    }

    /// Sets the host's struct to as much of `known` as it has room for, zeroes the rest, and notes its size. Does
    /// nothing with a size that no version has.
    package static func initialize<Struct>(_ host: UnsafeMutablePointer<Struct>?, to known: Struct, size: UInt32) {
        guard let host = unsafe host, size >= 4, size <= bytesMax else { return }
        let target = unsafe UnsafeMutableRawBufferPointer(start: host, count: Int(size))
        unsafe withUnsafeBytes(of: known) { known in
            for index in target.indices { unsafe target[index] = index < known.count ? known[index] : 0 }
        }
        unsafe target.storeBytes(of: size, as: UInt32.self)
    }
}
