/// Takes the text of an endpoint apart, once, and names the first thing that is wrong.
struct EndpointParser {
    let text: String

    /// Transports some build of libzmq speaks, refused by name rather than as unknown.
    private static let refused: Set<String> = [
        "inproc", "pgm", "epgm", "norm", "udp", "ws", "wss", "tipc", "vmci", "gssapi", "vsock",
    ]

    func parse() throws(EndpointError) -> Endpoint.Address {
        guard let separator = text.firstRange(of: "://") else { throw error(.missingScheme) }
        let scheme = String(text[..<separator.lowerBound])
        let rest = String(text[separator.upperBound...])
        switch scheme {
        case "tcp": return try parseTCP(rest)
        case "ipc": return try parseIPC(rest)
        case _ where scheme.isEmpty: throw error(.missingScheme)
        case _ where Self.refused.contains(scheme): throw error(.refusedScheme(scheme))
        case _: throw error(.unknownScheme(scheme))
        }
    }

    /// Whether `host` is the name every machine gives itself; other names are not trusted to be.
    static func isLocalhost(_ host: String) -> Bool { host.lowercased() == "localhost" }

    private func parseTCP(_ rest: String) throws(EndpointError) -> Endpoint.Address {
        guard let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") else {
            throw error(rest.isEmpty ? .badHost("") : .missingPort)
        }
        let host = try parseHost(String(rest[..<colon]))
        let port = try parsePort(String(rest[rest.index(after: colon)...]))
        return .tcp(host: host, port: port)
    }

    private func parsePort(_ port: String) throws(EndpointError) -> UInt16? {
        if port == "*" { return nil }
        guard !port.isEmpty else { throw error(.missingPort) }
        guard port.utf8.count <= 5, port.utf8.allSatisfy(Self.isDigit), let number = UInt16(port)
        else { throw error(.badPort(port)) }
        return number == 0 ? nil : number
    }

    private func parseHost(_ host: String) throws(EndpointError) -> String {
        if host == "*" { return host }
        if host.hasPrefix("[") || host.contains("]") || host.contains(":") {
            let inner = String(host.dropFirst().dropLast())
            guard host.hasPrefix("["), host.hasSuffix("]"), IPAddress.version6(inner) != nil
            else { throw error(.badBrackets(host)) }
            return inner
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(Self.isHostByte),
            host.utf8.first != UInt8(ascii: "-")
        else { throw error(.badHost(host)) }
        // The resolver would read "127.1" or "2130706433" as an address too; we would not know
        // which, so what looks numeric must be four numbers.
        let looksNumeric = host.utf8.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: ".") }
        guard !looksNumeric || IPAddress.version4(host) != nil
        else { throw error(.badAddress(host)) }
        return host
    }

    private func parseIPC(_ path: String) throws(EndpointError) -> Endpoint.Address {
        // "@name" is the abstract namespace, which has no permissions, and "*" a name nobody knows.
        guard path.utf8.first == UInt8(ascii: "/") else { throw error(.relativePath(path)) }
        guard path.utf8.count > 1, path.utf8.last != UInt8(ascii: "/"),
            path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw error(.badPath(path)) }
        guard path.utf8.count <= Endpoint.maximumPathBytes
        else { throw error(.pathTooLong(path.utf8.count)) }
        return .ipc(path: path)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        let folded = byte | 0x20
        return isDigit(byte) || (folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private func error(_ reason: EndpointError.Reason) -> EndpointError {
        EndpointError(text: text, reason: reason)
    }
}
