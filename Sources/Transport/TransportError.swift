import CZeroMQ
import Glibc

/// What libzmq or the system refused: the code, what was attempted, and where.
///
/// Its description is a sentence an operator can act on; callers branch on the helpers.
package struct TransportError: Error, Hashable, CustomStringConvertible {
    /// The `errno`, which may be one of libzmq's own such as ETERM.
    package let code: Int32

    /// What was attempted, as the verb phrase of a sentence: "bind", "set ZMQ_LINGER".
    package let operation: String

    /// Where, if the operation has a place.
    package let endpoint: Endpoint?

    /// What the library says about the code, or what we found before asking it.
    package let text: String

    /// Makes an error with the library's own text for `code`.
    package init(code: Int32, operation: String, endpoint: Endpoint? = nil) {
        let text = unsafe zmq_strerror(code).map { unsafe String(cString: $0) }
        self.init(
            code: code, operation: operation, endpoint: endpoint,
            text: text ?? "error \(code)")
    }

    /// Makes an error with a text of our own, where the library's would mislead.
    package init(code: Int32, operation: String, endpoint: Endpoint?, text: String) {
        self.code = code
        self.operation = operation
        self.endpoint = endpoint
        self.text = text
    }

    /// The error libzmq left behind in this thread.
    static func last(_ operation: String, endpoint: Endpoint? = nil) -> TransportError {
        TransportError(code: zmq_errno(), operation: operation, endpoint: endpoint)
    }

    /// Whether another socket holds the address: exit 78, or try again later.
    package var isAddressInUse: Bool { code == EADDRINUSE }

    /// Whether the address belongs to no interface of this machine.
    package var isAddressUnavailable: Bool { code == EADDRNOTAVAIL || code == ENODEV }

    /// Whether the system's rights forbid it: a port below 1024, a folder of someone else.
    package var isPermissionDenied: Bool { code == EACCES || code == EPERM }

    /// Whether the context was terminated, which is how a thread learns that it shall end.
    package var isTerminated: Bool { code == ETERM }

    /// The error as one sentence without its full stop.
    package var description: String {
        guard let endpoint else { return "cannot \(operation): \(plainText)" }
        switch (code, operation) {
        case (EADDRINUSE, _):
            return "\(endpoint) is already in use by another program"
        case (EADDRNOTAVAIL, _), (ENODEV, _):
            return "\(endpoint) names no address or interface of this machine"
        case (EACCES, "bind"), (EPERM, "bind"):
            return "this user may not bind \(endpoint)"
        case (ENOENT, "bind"):
            return "the folder of \(endpoint) does not exist"
        case _:
            return "cannot \(operation) \(endpoint): \(plainText)"
        }
    }

    private var plainText: String {
        switch code {
        case ETERM: "the ZeroMQ context is shut down"
        case EMFILE: "this process has too many open sockets or files"
        case _: text
        }
    }
}
