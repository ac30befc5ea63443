import Glibc
package import Transport

/// Reads the lines of a file or of standard input, without their ends, in pieces of 1 MiB.
///
/// Empty lines are skipped. A line may have `maximumLineBytes`; a longer one is an error, because
/// it is no line and would take memory without bound.
package struct LineReader: ~Copyable {
    /// Why reading stopped.
    package enum Failure: Error, Sendable, Hashable {
        /// The file could not be opened or read; the `errno`.
        case unreadable(Int32)
        /// The line with this number is longer than a line may be.
        case lineTooLong(Int)
    }

    /// The most bytes of a line.
    package static let maximumLineBytes = 64 << 20

    /// Bytes in the file; `nil` for what has no size, such as a pipe.
    package let fileSize: Int?

    /// Bytes handed out so far, line ends included.
    package private(set) var bytesRead = 0

    /// How much of the file was handed out, 0 to 1; nil for what has no size.
    package var fraction: Double? { fileSize.map { Double(bytesRead) / Double(max($0, 1)) } }

    /// The number of the last line, from 1, empty ones counted.
    package private(set) var lineNumber = 0

    private let descriptor: Int32
    private let closes: Bool
    private let stop: Doorbell?
    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0
    private var isAtEnd = false

    /// Opens `path`; `-` is standard input.
    ///
    /// - Parameter stop: a bell that ends the lines while standard input is waited for.
    package init(path: String, stop: Doorbell? = nil) throws(Failure) {
        self.stop = stop
        if path == "-" {
            descriptor = STDIN_FILENO
            closes = false
        } else {
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .unreadable(errno) }
            closes = true
        }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        fileSize = isFile ? Int(status.st_size) : nil
    }

    deinit { if closes { close(descriptor) } }

    /// The next line that is not empty; `nil` at the end.
    package mutating func next() throws(Failure) -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = take(start..<end, next: end + 1)
                if !isBlank(line) { return line }
                continue
            }
            scanned = buffer.count
            guard !isAtEnd else {
                guard start < buffer.count else { return nil }
                let line = take(start..<buffer.count, next: buffer.count)
                return isBlank(line) ? nil : line
            }
            guard buffer.count - start <= Self.maximumLineBytes
            else { throw .lineTooLong(lineNumber + 1) }
            if isStopped() { return nil }
            try fill()
        }
    }

    /// Waits for a pipe or a terminal to have something; true when the bell rings first.
    private func isStopped() -> Bool {
        guard let stop, fileSize == nil else { return false }
        let events = Int16(POLLIN)
        var items = [
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: stop.fileDescriptor, events: events, revents: 0),
        ]
        while poll(&items, 2, -1) < 0 && errno == EINTR {}
        return items[1].revents & events != 0
    }

    private mutating func take(_ line: Range<Int>, next: Int) -> ArraySlice<UInt8> {
        bytesRead += next - start
        lineNumber += 1
        start = next
        scanned = next
        return buffer[line]
    }

    private func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    }

    private mutating func fill() throws(Failure) {
        buffer.removeFirst(start)
        scanned -= start
        start = 0
        let size = 1 << 20
        let kept = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: size))
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + kept }, size)
            }
            if count < 0 && errno == EINTR { continue }
            buffer.removeLast(size - max(count, 0))
            guard count >= 0 else { throw .unreadable(errno) }
            isAtEnd = count == 0
            return
        }
    }
}
