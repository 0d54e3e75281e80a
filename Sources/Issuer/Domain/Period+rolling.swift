/// A rolling limit's stretch of time, and the strides in which it is measured.
extension Period {
    /// The `seconds` up to `instant`: a spend leaves exactly so long after it was authorized.
    ///
    /// It has no end, since what is authorized from now on counts in it too. What is written as its end lies past all time,
    /// by its length, which tells windows of different lengths apart and from everything else.
    static func rolling(seconds: Int64, at instant: Instant) -> Period {
        Period(
            start: Instant(milliseconds: instant.milliseconds - seconds * 1000 + 1),
            end: allTime.end.adding(seconds: seconds))
    }

    /// The length of a rolling window; nil for every other stretch.
    var rollingSeconds: Int64? {
        end > Self.allTime.end ? (end.milliseconds - Self.allTime.end.milliseconds) / 1000 : nil
    }

    /// The stride that holds an instant: one of the thousand that a window of `seconds` is measured in, each as many
    /// milliseconds long as the window is seconds. Windows of different lengths share no stride.
    static func stride(ofWindow seconds: Int64, holding instant: Instant) -> Period {
        let start = instant.milliseconds - instant.milliseconds % seconds
        return Period(start: Instant(milliseconds: start), end: Instant(milliseconds: start + seconds))
    }

    /// From when on the counter of a window that begins at `instant`, or of a stride that ends then, may be dropped: it was
    /// not needed for a whole length of the window, and can be opened again. A window goes before the strides it needs.
    static func dropping(from instant: Instant, ofWindow seconds: Int64) -> Instant {
        instant.adding(seconds: 2 * seconds)
    }
}
