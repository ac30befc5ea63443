import CZlib

/// Unpacks payloads in the format of zlib (RFC 1950), each by itself, into memory used again.
///
/// What a payload unpacks to is bounded: a small one that would fill the memory is refused when it
/// passes the limit, and costs no more than that.
struct Inflater: ~Copyable, @unchecked Sendable {
    // Sendable because its memory is its own and no copy of it exists.

    /// Why a payload cannot be unpacked.
    enum Failure: Error {
        /// Not zlib, or damaged, or cut off, or something stands behind it; where, in bytes.
        case damaged(offset: Int)
        /// It would be larger than the limit.
        case tooLarge
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var buffer: UnsafeMutableRawBufferPointer
    private let limit: Int

    /// An inflater of payloads of at most `limit` bytes unpacked.
    init(limit: Int) {
        self.limit = limit
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib gives no stream.")
        self.stream = stream
        // One byte more than the limit: what fills it is too large.
        buffer = .allocate(byteCount: min(limit + 1, 64 << 10) + Inflater.padding, alignment: 16)
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        buffer.deallocate()
    }

    /// Bytes that may be read behind what was unpacked.
    static let padding = 64

    /// The unpacked payload, valid until the next call.
    mutating func inflate(
        _ payload: UnsafeRawBufferPointer
    ) throws(Failure) -> UnsafeRawBufferPointer {
        inflateReset(stream)
        guard let start = payload.baseAddress, payload.count < Int(UInt32.max) else {
            throw .damaged(offset: 0)
        }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: start.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(payload.count)
        var count = 0
        while true {
            let room = buffer.count - Inflater.padding - count
            stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
                .advanced(by: count)
            stream.pointee.avail_out = UInt32(room)
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            count += room - Int(stream.pointee.avail_out)
            let offset = payload.count - Int(stream.pointee.avail_in)
            guard count <= limit else { throw .tooLarge }
            switch code {
            case Z_STREAM_END:
                guard stream.pointee.avail_in == 0 else { throw .damaged(offset: offset) }
                return UnsafeRawBufferPointer(rebasing: buffer[..<count])
            case Z_OK, Z_BUF_ERROR:
                // With room left nothing more can come of it: it breaks off.
                guard stream.pointee.avail_out == 0 else { throw .damaged(offset: offset) }
                grow(keeping: count)
            default: throw .damaged(offset: offset)
            }
        }
    }

    private mutating func grow(keeping count: Int) {
        let size = min(limit + 1, (buffer.count - Inflater.padding) * 4)
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: size + Inflater.padding, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        buffer.deallocate()
        buffer = larger
    }
}
