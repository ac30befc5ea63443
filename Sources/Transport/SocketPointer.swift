import CZeroMQ

/// A pointer to a libzmq socket, and its options by number.
///
/// `@safe`: it is made from `zmq_socket` alone and lives inside `SocketHandle`, which no longer
/// hands it out once it is closed; being no `Sendable` it stays with the thread that owns it.
@safe struct SocketPointer {
    let raw: UnsafeMutableRawPointer

    @unsafe init(raw: UnsafeMutableRawPointer) { unsafe self.raw = raw }

    func set(_ option: Int32, _ value: Int32, _ name: String) throws(TransportError) {
        try set(option, copyOf: value, name)
    }

    func set(_ option: Int32, wide value: Int64, _ name: String) throws(TransportError) {
        try set(option, copyOf: value, name)
    }

    func set(_ option: Int32, bytes: [UInt8], _ name: String) throws(TransportError) {
        let result = unsafe bytes.withUnsafeBytes {
            unsafe zmq_setsockopt(raw, option, $0.baseAddress, $0.count)
        }
        guard result == 0 else { throw .last("set \(name)") }
    }

    /// Makes libzmq take up what its own threads have told the socket.
    func look() {
        var events: Int32 = 0
        var count = MemoryLayout<Int32>.size
        _ = unsafe zmq_getsockopt(raw, ZMQ_EVENTS, &events, &count)
    }

    /// The endpoint of the last bind or connect as libzmq wrote it, with the real port.
    func lastEndpoint() throws(TransportError) -> String {
        // libzmq needs room for the text and its closing zero; ours are shorter by their parser.
        var bytes = [UInt8](repeating: 0, count: 512)
        var count = bytes.count
        guard unsafe zmq_getsockopt(raw, ZMQ_LAST_ENDPOINT, &bytes, &count) == 0
        else { throw .last("get ZMQ_LAST_ENDPOINT") }
        return String(decoding: bytes.prefix(max(count - 1, 0)), as: UTF8.self)
    }

    private func set<Value: BitwiseCopyable>(
        _ option: Int32, copyOf value: Value, _ name: String
    ) throws(TransportError) {
        let result = unsafe withUnsafeBytes(of: value) {
            unsafe zmq_setsockopt(raw, option, $0.baseAddress, $0.count)
        }
        guard result == 0 else { throw .last("set \(name)") }
    }
}

/// Shares one libzmq socket between the `Socket` that owns it and the pollers that watch it.
///
/// The socket is closed when its `Socket` goes, whoever still watches: a poller finds `pointer`
/// empty and skips it, so there is no lifetime rule to break.
final class SocketHandle {
    /// The open socket, or `nil` once it was closed.
    private(set) var pointer: SocketPointer?

    /// The send timeout libzmq was last told, in milliseconds; its own default is to wait for ever.
    var sendTimeout: Int32 = -1

    private let context: ZeroMQContext

    init(context: ZeroMQContext, kind: SocketKind) throws(TransportError) {
        self.context = context
        pointer = try context.openSocket(kind.type)
    }

    deinit { close() }

    func close() {
        guard let pointer else { return }
        self.pointer = nil
        // Fails only for what is no socket.
        unsafe zmq_close(pointer.raw)
        context.socketDidClose()
    }
}
