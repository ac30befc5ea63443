import Foundation

/// The folder that holds the journal, and this process's claim on it.
///
///     journal.db (-wal, -shm)       the journal
///     journal.db.damaged-SECONDS    what was set aside, for a person to look at
///     epoch                         the last epoch in decimal digits, in case journal.db is lost
///     lock                          locked with flock(2) by the daemon, whose id it holds
///
/// The claim ends with the process, however it ends; the file `lock` stays, because removing it
/// would let two processes hold two files of that name. To begin a new epoch by hand, as after
/// restoring an older journal.db, put a greater number into `epoch` and start the daemon.
final class StateFolder: Sendable {
    let path: String
    private let lock: Int32

    var journalPath: String { "\(path)/journal.db" }
    private var epochPath: String { "\(path)/epoch" }
    private static func lockPath(_ folder: String) -> String { "\(folder)/lock" }

    /// Makes the folder if it is not there (mode 0750), and claims it.
    init(path: String) throws(JournalError) {
        self.path = path
        try Self.makeFolder(path)
        lock = try Self.claim(path)
    }

    deinit { close(lock) }

    /// Whether a daemon has this folder; its id if it could be read.
    static func refuseIfClaimed(_ folder: String) throws(JournalError) {
        let descriptor = unsafe open(lockPath(folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            throw claimed(folder, descriptor)
        }
    }

    private static func makeFolder(_ path: String) throws(JournalError) {
        if unsafe mkdir(path, 0o750) == 0 || errno == EEXIST { return try requireFolder(path) }
        let code = errno
        let parent = (path as NSString).deletingLastPathComponent
        guard code == ENOENT, !parent.isEmpty, parent != path else {
            throw .system("make the state folder \(path)", code: code)
        }
        try makeFolder(parent)
        guard unsafe mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw .system("make the state folder \(path)")
        }
    }

    private static func requireFolder(_ path: String) throws(JournalError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("use the state folder \(path)") }
        close(descriptor)
    }

    private static func claim(_ folder: String) throws(JournalError) -> Int32 {
        let descriptor = unsafe open(lockPath(folder), O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .system("write in the state folder \(folder)") }
        // A reader that looks whether we run holds the lock for an instant.
        for attempt in 0... {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
            guard errno == EWOULDBLOCK || errno == EINTR, attempt < 10 else {
                let cause =
                    errno == EWOULDBLOCK
                    ? claimed(folder, descriptor) : .system("lock the state folder \(folder)")
                close(descriptor)
                throw cause
            }
            usleep(10_000)
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0,
            unsafe pwrite(descriptor, text, text.count, 0) == text.count
        else {
            let cause = JournalError.system("write in the state folder \(folder)")
            close(descriptor)
            throw cause
        }
        return descriptor
    }

    private static func claimed(_ folder: String, _ descriptor: Int32) -> JournalError {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") }
        let pid = Int32(String(decoding: digits, as: UTF8.self))
        return JournalError(
            kind: .locked(pid: pid), code: EWOULDBLOCK,
            operation: "use the state folder \(folder)",
            underlying: "process \(pid.map(String.init) ?? "unknown") has it")
    }
}

extension StateFolder {
    /// The last epoch begun in this folder; nil when none is known.
    func lastEpoch() -> UInt64? {
        guard let data = FileManager.default.contents(atPath: epochPath) else { return nil }
        let digits = data.prefix { $0 != UInt8(ascii: "\n") }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    /// Remembers an epoch, durable when it returns: a new file, fsync, rename, fsync.
    func remember(epoch: UInt64) throws(JournalError) {
        let operation = "remember the epoch in \(epochPath)"
        let text = Array("\(epoch)\n".utf8)
        let draft = epochPath + ".new"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .system(operation) }
        guard unsafe write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0
        else {
            let cause = JournalError.system(operation)
            close(descriptor)
            throw cause
        }
        close(descriptor)
        guard unsafe rename(draft, epochPath) == 0 else { throw .system(operation) }
        try synchronise(operation)
    }

    private func synchronise(_ operation: String) throws(JournalError) {
        try Self.synchronise(path, operation)
    }

    /// Makes durable which files a folder has, and by which names.
    static func synchronise(_ path: String, _ operation: String) throws(JournalError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(operation) }
    }
}
