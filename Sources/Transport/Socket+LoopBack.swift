import CZeroMQ

// Within one context sockets reach one another without a network: `inproc://NAME`. It is no
// endpoint of a configuration, so `Endpoint` does not know it.

extension Socket {
    /// Takes connections of sockets of the same context under a name that nobody else uses.
    package func bindInProcess(_ name: String) throws(TransportError) {
        guard unsafe zmq_bind(pointer.raw, "inproc://\(name)") == 0 else {
            throw .last("bind the name \(name) within the process")
        }
    }

    /// Connects to the socket of the same context that bears a name.
    package func connectInProcess(_ name: String) throws(TransportError) {
        guard unsafe zmq_connect(pointer.raw, "inproc://\(name)") == 0 else {
            throw .last("connect to the name \(name) within the process")
        }
    }
}
