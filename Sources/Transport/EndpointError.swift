/// Why a text is no endpoint: a sentence for the operator, and a hint what to write instead.
///
/// The reasons are exhaustive so that tests and configuration diagnostics can tell them apart.
package struct EndpointError: Error, Hashable, CustomStringConvertible {
    /// What is wrong with the text.
    package enum Reason: Sendable, Hashable {
        /// There is no `scheme://` at its head.
        case missingScheme
        /// libzmq may know the scheme, we refuse it by name.
        case refusedScheme(String)
        /// Nobody knows the scheme.
        case unknownScheme(String)
        /// The host is empty or has characters no host has.
        case badHost(String)
        /// The host reads as a numeric address but is none.
        case badAddress(String)
        /// An IPv6 address stands without brackets, or its brackets do not close.
        case badBrackets(String)
        /// There is no `:port` at the end.
        case missingPort
        /// The port is no number from 0 to 65535 and not `*`.
        case badPort(String)
        /// The ipc path does not begin with `/`.
        case relativePath(String)
        /// The ipc path names a folder or holds control characters.
        case badPath(String)
        /// The ipc path has this many bytes, more than a socket address holds.
        case pathTooLong(Int)
    }

    /// The text as it was written.
    package let text: String

    /// What is wrong with it.
    package let reason: Reason

    /// The fault as one sentence, followed by the hint.
    package var description: String { "\(sentence); \(hint)" }

    /// The fault as one sentence without its full stop.
    package var sentence: String {
        switch reason {
        case .missingScheme: "\"\(text)\" does not say how to connect"
        case .refusedScheme(let scheme): "\(scheme):// endpoints are refused"
        case .unknownScheme(let scheme): "\"\(scheme)\" is no transport"
        case .badHost(let host) where host.isEmpty: "\"\(text)\" has no host"
        case .badHost(let host): "\"\(host)\" is no host name"
        case .badAddress(let host): "\"\(host)\" is no IP address"
        case .badBrackets(let host): "\"\(host)\" is no IPv6 address in brackets"
        case .missingPort: "\"\(text)\" has no port"
        case .badPort(let port): "\"\(port)\" is no port"
        case .relativePath(let path): "the ipc path \"\(path)\" is not absolute"
        case .badPath(let path): "\"\(path)\" cannot be the path of a socket file"
        case .pathTooLong(let bytes): "the ipc path has \(bytes) bytes"
        }
    }

    /// What to write instead.
    package var hint: String {
        switch reason {
        case .missingScheme where text.contains(":"): "write tcp://\(text)"
        case .missingScheme where text.hasPrefix("/"): "write ipc://\(text)"
        case .missingScheme, .refusedScheme, .unknownScheme:
            "write tcp://host:port or ipc:///path"
        case .badHost: "write an IP address, a host name, or * to bind every interface"
        case .badAddress: "an IPv4 address has four numbers from 0 to 255"
        case .badBrackets: "write it as [::1]"
        case .missingPort: "write it as tcp://host:port"
        case .badPort: "a port is a number from 1 to 65535, or * to bind any free one"
        case .relativePath: "write ipc:///run/tocsin/control, with three slashes"
        case .badPath: "name a file, without control characters"
        case .pathTooLong: "a socket path has at most \(Endpoint.maximumPathBytes) bytes"
        }
    }
}
