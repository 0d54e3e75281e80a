/// Swift objects as C handles: a handle is a counted reference, and this file alone makes, lends and ends them.
package protocol Handle: AnyObject {}

extension Handle {
    /// A handle that owns a reference.
    package static func make(_ object: Self) -> OpaquePointer {
        unsafe OpaquePointer(Unmanaged.passRetained(object).toOpaque())
    }

    /// Calls `body` with the handle's object, or returns nil for a null handle. The caller's reference keeps it alive,
    /// so none is counted: threads that share an object do not contend for its count.
    package static func with<Result>(_ handle: OpaquePointer?, _ body: (Self) -> Result) -> Result? {
        guard let handle = unsafe handle else { return nil }
        return unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(handle))._withUnsafeGuaranteedRef(body)
    }

    /// One reference more.
    package static func retain(_ handle: OpaquePointer?) {
        guard let handle = unsafe handle else { return }
        _ = unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(handle)).retain()
    }

    /// One reference less; the last one ends the object.
    package static func release(_ handle: OpaquePointer?) {
        guard let handle = unsafe handle else { return }
        unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(handle)).release()
    }
}
