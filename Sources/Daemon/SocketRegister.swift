import Rules
import Transport

/// Reads endpoints, and remembers which are taken: two sockets cannot bind the same one.
struct SocketRegister {
    /// How an endpoint begins and ends; `Endpoint` looks at all of it.
    static let endpointForm = Form(
        #"^(?:tcp://.+:(?:[0-9]{1,5}|\*)|ipc:///.*[^/])$"#,
        "write `tcp://HOST:PORT` or `ipc:///PATH`", bare: .nothing)

    private var bound: [String: String] = [:]
    /// Where each endpoint stands in the file.
    private(set) var places: [String: String] = [:]
    /// Where the stream of each feed stands, by the feed's name.
    var streams: [String: String] = [:]

    /// The endpoint a value names, for a socket that binds or connects; nil when it is none, when
    /// it is open to others without `insecure: true`, or when it is taken. All of it is told.
    mutating func endpoint(_ cursor: Cursor, binds: Bool, insecure: Bool?) -> Endpoint? {
        guard let text = cursor.text() else { return nil }
        let endpoint: Endpoint
        do throws(EndpointError) {
            endpoint = try Endpoint(text)
        } catch {
            return cursor.fail(error.sentence, hint: error.hint)
        }
        guard binds || endpoint.isConnectable else {
            return cursor.fail(
                "nobody can connect to `\(text)`", hint: "name the host and the port to connect to")
        }
        // What `insecure` says is unknown when it cannot be read, which is told already.
        guard endpoint.isLoopback || insecure != false else {
            return cursor.fail(
                "`\(text)` would carry plain text between machines",
                hint:
                    "this version does not encrypt; if the network is trusted, write `insecure: true` beside it"
            )
        }
        let position = cursor.report.position(of: cursor.range)
        places[endpoint.description] = position
        guard binds, isFixed(endpoint) else { return endpoint }
        if let first = bound.updateValue(position, forKey: endpoint.description) {
            return cursor.fail("`\(text)` is already bound", hint: "by what stands at \(first)")
        }
        return endpoint
    }

    private func isFixed(_ endpoint: Endpoint) -> Bool {
        switch endpoint.address {
        case .ipc: true
        case .tcp(_, let port): port != nil
        }
    }
}
