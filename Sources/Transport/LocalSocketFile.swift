import Glibc

/// The file behind an ipc endpoint, looked at before libzmq unlinks it.
///
/// libzmq removes whatever stands at the path and binds anew: a second daemon would silently take
/// the clients of the first, and a mistyped path would cost a file. Looking first leaves a moment
/// in which another program can come; the state folder's lock covers our own.
struct LocalSocketFile {
    let path: String

    /// Throws EEXIST if something else than a socket stands there, EADDRINUSE if one answers.
    func checkIsFree(_ endpoint: Endpoint) throws(TransportError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(
                code: EEXIST, operation: "bind", endpoint: endpoint,
                text: "a file stands there that is no socket")
        }
        guard !isAnswered() else {
            throw TransportError(code: EADDRINUSE, operation: "bind", endpoint: endpoint)
        }
    }

    /// Whether a program accepts connections at the path; a file left by a dead one does not.
    private func isAnswered() -> Bool {
        let flags = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(AF_UNIX, Int32(flags), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            // `Endpoint` allows no more than fits before the closing zero.
            unsafe room.copyBytes(from: path.utf8.prefix(room.count - 1))
        }
        let result = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // EAGAIN: it is alive, and too busy to accept.
        return result == 0 || errno == EAGAIN
    }
}
