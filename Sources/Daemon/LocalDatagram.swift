import Glibc

/// A socket that sends datagrams to one local address, as the service manager and the system's
/// journal take them.
///
/// It waits a moment at most: a reader that is stuck must not hold up whoever tells it something.
final class LocalDatagram: Sendable {
    /// What became of a datagram.
    enum Outcome: Sendable, Equatable {
        case sent
        /// No datagram of this length is taken.
        case tooLarge
        /// Nobody reads there, or not fast enough; the `errno`.
        case refused(Int32)
    }

    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressLength: socklen_t

    /// Microseconds that a datagram waits for room, where it waits: a reader's queue is short, often
    /// ten datagrams, and it is soon read.
    private static let patience = 200_000

    /// A socket for `path`; one that begins with `@` is a name in the abstract space.
    ///
    /// Nil for what is no address, or when the process has no files left.
    init?(to path: String) {
        var bytes = Array(path.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            bytes.count > 1
        else { return nil }
        let isAbstract = first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A path ends with a zero, an abstract name with its length.
        guard bytes.count + (isAbstract ? 0 : 1) <= MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        self.address = address
        addressLength = socklen_t(offset + bytes.count + (isAbstract ? 0 : 1))
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // What the system's own clients ask for; less is given where that is not allowed.
        var size: Int32 = 8 << 20
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var patience = timeval(tv_sec: 0, tv_usec: LocalDatagram.patience)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Sends one datagram, and waits a moment for room where it `waits`.
    func send(_ bytes: [UInt8], waits: Bool = true) -> Outcome {
        var address = address
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        while true {
            let count = withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    sendto(descriptor, bytes, bytes.count, flags, address, addressLength)
                }
            }
            if count >= 0 { return .sent }
            switch errno {
            case EINTR: continue
            case EMSGSIZE, ENOBUFS: return .tooLarge
            case let code: return .refused(code)
            }
        }
    }
}
