// An endpoint is where a socket binds or connects: `tcp://host:port` or `ipc:///path`.
//
//   endpoint = "tcp://" host ":" port | "ipc:///" path
//   host     = IPv4 | "[" IPv6 "]" | name | interface | "*"
//   port     = 0 ... 65535 | "*"            ("*" and 0: the system picks one; for bind only)
//
// Debian's libzmq also has pgm, norm, ws, vmci and gssapi compiled in, each with its own parser
// and its own unfixed faults, so an endpoint is checked here before libzmq ever sees it. Nothing
// is resolved: a host name is looked up by libzmq, at connect, on its own thread.

/// A checked place to bind or to connect: TCP or a local socket file, nothing else.
///
/// Holding one proves that libzmq will parse the text as we did.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// What an endpoint names, taken apart.
    package enum Address: Sendable, Hashable {
        /// A TCP host (an IPv6 address without its brackets) and port; a `nil` port is a wildcard.
        case tcp(host: String, port: UInt16?)
        /// A local socket file by its absolute path.
        case ipc(path: String)
    }

    /// The most bytes an ipc path may have: `sun_path` holds 108 with its closing zero.
    package static let maximumPathBytes = 107

    /// The parts of the endpoint, for whoever must look at them.
    package let address: Address

    /// The text as it was written, which is also what operators find in errors.
    package let description: String

    /// Parses and validates `text`; throws an `EndpointError` that says what to write instead.
    package init(_ text: String) throws(EndpointError) {
        address = try EndpointParser(text: text).parse()
        description = text
    }

    /// Whether only this machine can reach the endpoint: 127.0.0.0/8, `localhost`, `[::1]`, ipc.
    ///
    /// Plain sockets are allowed there and nowhere else, so anything in doubt (a name, an
    /// interface, `*`, a mapped IPv4 address) counts as reachable from outside.
    package var isLoopback: Bool {
        switch address {
        case .ipc:
            return true
        case .tcp(let host, _):
            if let octets = IPAddress.version4(host) { return octets.0 == 127 }
            if let bytes = IPAddress.version6(host) { return IPAddress.isLoopback(version6: bytes) }
            return EndpointParser.isLocalhost(host)
        }
    }

    /// Whether one can connect there: the wildcards `*`, port `*` and port 0 are for bind only.
    package var isConnectable: Bool {
        switch address {
        case .ipc: true
        case .tcp(let host, let port): host != "*" && port != nil
        }
    }

    /// Whether libzmq must have IPv6 switched on to use it, which is so for an IPv6 address.
    ///
    /// Elsewhere it stays off, so that `*` and host names mean IPv4 as libzmq's manual says.
    package var needsIPv6: Bool {
        switch address {
        case .ipc: false
        case .tcp(let host, _): IPAddress.version6(host) != nil
        }
    }

    /// What libzmq is given to bind: `localhost` becomes 127.0.0.1.
    ///
    /// libzmq looks a bound name up among the network interfaces only, so `tcp://localhost:1`
    /// would fail with "No such device".
    var bindText: String {
        switch address {
        case .tcp(let host, let port) where EndpointParser.isLocalhost(host):
            "tcp://127.0.0.1:" + (port.map { String($0) } ?? "*")
        case .tcp, .ipc:
            description
        }
    }
}
