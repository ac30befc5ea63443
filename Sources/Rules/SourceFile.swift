/// A file handed in: what it holds, and under which path its problems are told.
///
/// This module reads no files, so that whoever has bytes (a command, a test, a reload over the
/// control socket) can have them checked.
package struct SourceFile: Sendable {
    /// The path as an operator would write it; shown, never opened.
    package var path: String
    /// The content.
    package var bytes: [UInt8]

    /// A file from its content.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
