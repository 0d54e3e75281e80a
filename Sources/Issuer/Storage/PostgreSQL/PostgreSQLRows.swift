internal import PQLib

/// From libpq's results to our values: in PostgreSQL's binary format, which needs no parsing.
enum PostgreSQLRows {
    // pg_type.dat's numbers, which never change.
    private static let (bytea, int8, int2, int4, text, varchar): (Oid, Oid, Oid, Oid, Oid, Oid) =
        (17, 20, 21, 23, 25, 1043)

    static func read(_ result: OpaquePointer) throws(PostgreSQLFailure) -> [Row] {
        let (rowCount, columnCount) = unsafe (PQntuples(result), PQnfields(result))
        var rows: [Row] = []
        rows.reserveCapacity(Int(rowCount))
        for row in 0..<rowCount {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(columnCount))
            for column in 0..<columnCount { values.append(unsafe try value(result, row, column)) }
            rows.append(Row(values))
        }
        return rows
    }

    private static func value(
        _ result: OpaquePointer, _ row: CInt, _ column: CInt
    ) throws(PostgreSQLFailure) -> SQLValue {
        guard unsafe PQgetisnull(result, row, column) == 0 else { return .null }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        switch unsafe PQftype(result, column) {
        case int8, int4, int2: return .integer(unsafe integer(bytes))
        case text, varchar: return .text(unsafe String(decoding: bytes, as: UTF8.self))
        case bytea: return .blob(unsafe [UInt8](bytes))
        case let type:
            throw PostgreSQLFailure(state: "XX000", message: "column \(column) has the unexpected type \(type)")
        }
    }

    /// Two, four or eight bytes, the first of which counts most.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        let sign: Int64 = unsafe (bytes.first ?? 0) >= 0x80 ? -1 : 0
        return unsafe bytes.reduce(sign) { $0 << 8 | Int64($1) }
    }
}

/// From our values to libpq's parameters. Integers go as text, which every integer type takes.
enum PostgreSQLArguments {
    static func withPointers<Result>(
        to arguments: [SQLValue],
        _ body: (
            _ values: [UnsafePointer<CChar>?], _ lengths: [CInt], _ formats: [CInt]
        ) -> Result
    ) -> Result {
        // All values in one piece, each followed by a 0; libpq copies them.
        var bytes: [UInt8] = []
        var places: [Int?] = []
        var (lengths, formats): ([CInt], [CInt]) = ([], [])
        for argument in arguments {
            places.append(argument == .null ? nil : bytes.count)
            let start = bytes.count
            switch argument {
            case .null: break
            case .integer(let integer): bytes += "\(integer)".utf8
            case .text(let text): bytes += text.utf8
            case .blob(let blob): bytes += blob
            }
            lengths.append(CInt(bytes.count - start))
            // As they are: a text of the textual format would end at its first 0.
            switch argument {
            case .text, .blob: formats.append(1)
            case .integer, .null: formats.append(0)
            }
            bytes.append(0)
        }
        return unsafe bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress
            let values: [UnsafePointer<CChar>?] = unsafe places.map { place in
                guard let place, let base = unsafe base else { return nil }
                return unsafe (base + place).assumingMemoryBound(to: CChar.self)
            }
            return unsafe body(values, lengths, formats)
        }
    }
}
