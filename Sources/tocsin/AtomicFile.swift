import Foundation
import Glibc

/// Replaces the content of a file so that whoever reads it, also after a crash, finds all of the old
/// or all of the new.
///
/// The new content is written beside the file, under a hidden name that no rule folder takes, with
/// the file's mode and owner, and takes its place when it is on disk. A symbolic link stays one: what
/// it points to is replaced.
struct AtomicFile {
    /// As it was named.
    let path: String

    /// Replaces the content; throws a failure that says what could not be done, and leaves the file
    /// as it was.
    func replace(with bytes: [UInt8]) throws(CommandFailure) {
        guard let resolved = realpath(path, nil) else { throw failure("find") }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { throw failure("find") }
        // A rename would also replace what may not be written, and what is no file.
        guard access(target, W_OK) == 0 else { throw failure("write") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure("replace", EINVAL) }
        let folder = (target as NSString).deletingLastPathComponent
        let name = (target as NSString).lastPathComponent
        var template = Array("\(folder)/.\(name).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("write beside") }
        let temporary = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Another owner's file can be replaced by who may write its folder; it changes hands then.
        _ = fchown(descriptor, status.st_uid, status.st_gid)
        var code = fchmod(descriptor, status.st_mode & 0o7777) == 0 ? 0 : errno
        if code == 0 { code = writeAll(bytes, to: descriptor) }
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(temporary, target) != 0 { code = errno }
        guard code == 0 else {
            unlink(temporary)
            throw failure("write", code)
        }
        let parent = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY)
        guard parent >= 0 else { return }
        _ = fsync(parent)
        close(parent)
    }

    private func failure(_ verb: String, _ code: Int32 = errno) -> CommandFailure {
        CommandFailure(
            .configuration, "cannot \(verb) \(path): \(String(cString: strerror(code)))")
    }
}
