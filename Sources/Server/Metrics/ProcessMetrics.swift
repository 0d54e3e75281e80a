import Foundation
import Glibc

/// This process, as Linux tells of it, under the names that every Prometheus client gives
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
enum ProcessMetrics {
    static func write(to page: inout Exposition) {
        // Microseconds, wherever POSIX is (clock(3)). Not getrusage, whose times are of a type that hiredis's header takes for its own.
        let spent = clock()
        if spent >= 0 {
            page.only(
                "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.",
                .seconds(nanoseconds: Int64(spent) * 1000))
        }
        if let pages = integers("/proc/self/statm"), pages.count >= 2 {
            let size = Int64(sysconf(Int32(_SC_PAGESIZE)))
            page.only(
                "process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.", .integer(pages[0] * size))
            page.only(
                "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", .integer(pages[1] * size))
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            page.only("process_open_fds", .gauge, "Number of open file descriptors.", .integer(Int64(open)))
        }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            page.only(
                "process_max_fds", .gauge, "Maximum number of open file descriptors.",
                .integer(Int64(clamping: limit.rlim_cur)))
        }
        if let start = startMilliseconds {
            page.only(
                "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.",
                .secondsOf(milliseconds: start))
        }
    }

    /// proc(5): field 22 of stat is ticks since the machine's start, whose time is in /proc/stat. Read once: it does
    /// not change.
    private static let startMilliseconds: Int64? = {
        guard let stat = text("/proc/self/stat"), let end = stat.lastIndex(of: ")"),
            let boot = text("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootSeconds = Int64(boot.dropFirst("btime ".count))
        else { return nil }
        // The name in brackets is field 2, and may hold anything.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        let ticksASecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
        guard fields.count >= 20, let ticks = Int64(fields[19]), ticksASecond > 0 else { return nil }
        return bootSeconds * 1000 + ticks * 1000 / ticksASecond
    }()

    private static func integers(_ path: String) -> [Int64]? {
        text(path)?.split { $0 == " " || $0 == "\n" }.compactMap { Int64($0) }
    }

    private static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
