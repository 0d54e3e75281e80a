import Issuer
import NIOCore

extension JSONWriter {
    /// One whole object.
    static func object(_ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        .of { $0.object(members) }
    }
}

extension ByteBuffer {
    /// One JSON value.
    static func of(_ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        write(&json)
        return ByteBuffer(bytes: json.bytes)
    }
}
