import ArgumentParser
import Events
import Transport

/// Reads what several commands take on the command line; the errors say what to write instead.
enum Arguments {
    /// An endpoint, `tcp://host:port` or `ipc:///path`.
    static func endpoint(_ text: String) throws -> Endpoint {
        do throws(EndpointError) {
            return try Endpoint(text)
        } catch {
            throw ValidationError("\(error.sentence); \(error.hint)")
        }
    }

    /// A length of time: `30`, `30s`, `1m30s`; a bare number is seconds.
    static func duration(_ text: String) throws -> Duration {
        let bare = Double(text).map { $0 >= 0 && $0.isFinite } == true
        guard let span = TimeSpan(bare ? text + "s" : text) else {
            throw ValidationError("\"\(text)\" is no length of time; write 5s, 1m30s or 250ms")
        }
        return .nanoseconds(span.nanoseconds)
    }

    /// A beginning of topics that a subscription can carry.
    static func prefix(_ text: String) throws -> String {
        guard text.utf8.count <= Socket.maximumSubscriptionBytes else {
            throw ValidationError(
                "a prefix has at most \(Socket.maximumSubscriptionBytes) bytes")
        }
        return text
    }

    /// The exit a transport error leads to.
    static func failure(_ error: TransportError) -> CommandFailure {
        let isEnvironment =
            error.isAddressInUse || error.isAddressUnavailable || error.isPermissionDenied
        return CommandFailure(isEnvironment ? .configuration : .failed, error.description)
    }
}
