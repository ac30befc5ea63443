import Glibc

/// Numeric addresses as the system reads them, without any lookup.
enum IPAddress {
    typealias Octets = (UInt8, UInt8, UInt8, UInt8)

    /// The four octets of a dotted-quad address, or `nil` if `text` is none.
    static func version4(_ text: String) -> Octets? {
        var address = in_addr()
        guard unsafe inet_pton(AF_INET, text, &address) == 1 else { return nil }
        let bits = UInt32(bigEndian: address.s_addr)
        return (
            UInt8(truncatingIfNeeded: bits >> 24), UInt8(truncatingIfNeeded: bits >> 16),
            UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)
        )
    }

    /// The sixteen bytes of an IPv6 address (no brackets, no zone), or `nil` if `text` is none.
    static func version6(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        return unsafe inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    /// Whether the bytes are `::1`.
    static func isLoopback(version6 bytes: [UInt8]) -> Bool {
        bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
}
