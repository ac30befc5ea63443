import Glibc

/// Standard output was closed by its reader; the command ends without a word and with 0.
struct OutputClosed: Error {}

/// Where commands write: standard output for what was asked, standard error for what happens.
///
/// Nothing is buffered here, so what was written is out even if the process is killed; callers
/// collect a turn's worth.
enum Output {
    /// Writes to standard output; throws `OutputClosed` when nobody reads it any more.
    static func write(_ bytes: [UInt8]) throws {
        let code = writeAll(bytes, to: STDOUT_FILENO)
        if code == EPIPE { throw OutputClosed() }
        guard code == 0 else {
            throw CommandFailure(
                .failed, "cannot write the output: \(String(cString: strerror(code)))")
        }
    }

    /// Writes a text and a line end to standard output.
    static func line(_ text: String) throws { try write(Array((text + "\n").utf8)) }

    /// Writes `tocsin: SENTENCE` to standard error; that nobody reads it is no fault.
    static func notice(_ sentence: String) { _ = error("tocsin: \(sentence)\n") }

    /// Writes text to standard error as it is.
    @discardableResult
    static func error(_ text: String) -> Int32 { writeAll(Array(text.utf8), to: STDERR_FILENO) }
}

/// Writes all of `bytes`; returns 0 or the `errno`.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}
