import GRDBSQLite
import Glibc
import Synchronization

/// Simulated disks as SQLite opens them: a VFS (https://sqlite.org/vfs.html), with what SQLite's own has for the rest.
extension SimulatedDisk {
    private static let vfsName = "paitify-simulated"
    /// By their numbers; for good: there are a few in a process.
    private static let disks = Mutex<[SimulatedDisk]>([])

    /// A new disk that SQLite can open files on.
    static func make() -> SimulatedDisk {
        precondition(isRegistered, "SQLite takes no VFS")
        return disks.withLock { disks in
            let made = SimulatedDisk(number: disks.count)
            disks.append(made)
            return made
        }
    }

    /// The name by which SQLite opens a file on this disk.
    func uri(of file: String) -> String { "file:/\(number)/\(file)?vfs=\(Self.vfsName)" }

    private static let isRegistered: Bool = {
        guard let own = unsafe sqlite3_vfs_find(nil) else { return false }
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe vfs.initialize(to: own.pointee)
        unsafe vfs.pointee.zName = UnsafePointer(strdup(vfsName))
        unsafe vfs.pointee.szOsFile = CInt(MemoryLayout<OpenFile>.size)
        unsafe vfs.pointee.xOpen = { _, name, file, flags, outFlags in
            guard let (disk, name) = unsafe SimulatedDisk.find(name), let file = unsafe file else {
                return SQLITE_CANTOPEN
            }
            unsafe UnsafeMutableRawPointer(file).initializeMemory(
                as: OpenFile.self,
                to: OpenFile(
                    base: sqlite3_file(pMethods: methods), file: Unmanaged.passUnretained(disk.file(name))))
            unsafe outFlags?.pointee = flags
            return SQLITE_OK
        }
        unsafe vfs.pointee.xDelete = { _, name, _ in
            if let (disk, name) = unsafe SimulatedDisk.find(name) { disk.remove(name) }
            return SQLITE_OK
        }
        unsafe vfs.pointee.xAccess = { _, name, _, answer in
            let isThere = unsafe SimulatedDisk.find(name).map { $0.holds($1) } ?? false
            unsafe answer?.pointee = isThere ? 1 : 0
            return SQLITE_OK
        }
        unsafe vfs.pointee.xFullPathname = { _, name, size, path in
            guard let name = unsafe name, let path = unsafe path, unsafe strlen(name) < Int(size) else {
                return SQLITE_CANTOPEN
            }
            unsafe strcpy(path, name)
            return SQLITE_OK
        }
        return unsafe sqlite3_vfs_register(vfs, 0) == SQLITE_OK
    }()

    /// Of `/disk/file`.
    private static func find(_ path: UnsafePointer<CChar>?) -> (disk: SimulatedDisk, file: String)? {
        guard let path = unsafe path else { return nil }
        let parts = unsafe String(cString: path).split(separator: "/")
        guard parts.count == 2, let number = Int(parts[0]) else { return nil }
        return (disks.withLock { $0[number] }, String(parts[1]))
    }
}

/// An open file as SQLite holds it; the disk owns the file.
@unsafe private struct OpenFile {
    let base: sqlite3_file
    let file: Unmanaged<SimulatedFile>
}

private func file(_ handle: UnsafeMutablePointer<sqlite3_file>?) -> SimulatedFile {
    unsafe UnsafeMutableRawPointer(handle!).assumingMemoryBound(to: OpenFile.self).pointee.file.takeUnretainedValue()
}

/// One connection has the file: locks have nobody to keep out.
private nonisolated(unsafe) let methods: UnsafePointer<sqlite3_io_methods> = {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    unsafe methods.xClose = { _ in SQLITE_OK }
    unsafe methods.xRead = { handle, buffer, count, offset in
        let (count, offset) = (Int(count), Int(offset))
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
        let bytes = unsafe file(handle).bytes
        let there = max(0, min(count, bytes.count - offset))
        if there > 0 { unsafe buffer.copyBytes(from: bytes[offset..<offset + there]) }
        if there == count { return SQLITE_OK }
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[there...]).initializeMemory(as: UInt8.self, repeating: 0)
        // SQLITE_IOERR_SHORT_READ, which is a macro of macros.
        return SQLITE_IOERR | 2 << 8
    }
    unsafe methods.xWrite = { handle, buffer, count, offset in
        let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: Int(count))
        return unsafe file(handle).write(bytes, at: Int(offset)) ? SQLITE_OK : SQLITE_FULL
    }
    unsafe methods.xTruncate = { handle, length in
        // SQLITE_IOERR_TRUNCATE.
        unsafe file(handle).truncate(to: Int(length)) ? SQLITE_OK : SQLITE_IOERR | 6 << 8
    }
    unsafe methods.xSync = { handle, _ in
        // SQLITE_IOERR_FSYNC.
        unsafe file(handle).flush() ? SQLITE_OK : SQLITE_IOERR | 4 << 8
    }
    unsafe methods.xFileSize = { handle, size in
        unsafe size?.pointee = sqlite3_int64(file(handle).bytes.count)
        return SQLITE_OK
    }
    unsafe methods.xLock = { _, _ in SQLITE_OK }
    unsafe methods.xUnlock = { _, _ in SQLITE_OK }
    unsafe methods.xCheckReservedLock = { _, answer in
        unsafe answer?.pointee = 0
        return SQLITE_OK
    }
    unsafe methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    unsafe methods.xSectorSize = { _ in 4096 }
    unsafe methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    unsafe methods.xShmMap = { handle, region, size, _, address in
        unsafe address?.pointee = UnsafeMutableRawPointer(file(handle).memory(Int(region), size: Int(size)))
        return SQLITE_OK
    }
    unsafe methods.xShmLock = { _, _, _, _ in SQLITE_OK }
    unsafe methods.xShmBarrier = { _ in }
    unsafe methods.xShmUnmap = { _, _ in SQLITE_OK }
    let kept = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    unsafe kept.initialize(to: methods)
    return unsafe UnsafePointer(kept)
}()
