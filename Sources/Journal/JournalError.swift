import Foundation
import GRDB

/// What the disk, the system or SQLite refused: the code, what was attempted, and the cause.
///
/// Its description is a sentence for an operator; callers branch on `kind`.
package struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller does differently.
    package enum Kind: Sendable, Hashable {
        /// No space is left. The file is consistent: try again on the same journal.
        case full
        /// The device failed. This journal commits no more; begin another one elsewhere.
        case ioError
        /// The file is damaged. This journal commits no more; begin another one.
        case corrupt
        /// Another process has the folder, with this id if it could be read.
        case locked(pid: Int32?)
        /// The file was written by a newer Tocsin, which alone may go on with it.
        case newerSchema
        /// The folder or a file in it cannot be made or written.
        case unwritable
        /// Anything else; `code` tells.
        case other
    }

    /// What a caller does differently.
    package let kind: Kind

    /// SQLite's extended result code, or an `errno` when the system refused; 0 when neither did.
    package let code: Int32

    /// What was attempted, as the verb phrase of a sentence: "commit a batch".
    package let operation: String

    /// The cause in words.
    package let underlying: String

    /// A sentence for an operator.
    package var description: String { "Cannot \(operation): \(underlying)." }

    /// Whether the journal must not be written again after this.
    var retiresJournal: Bool {
        switch kind {
        case .ioError, .corrupt: true
        case .full, .locked, .newerSchema, .unwritable, .other: false
        }
    }
}

extension JournalError {
    /// What the system said last, in this thread.
    static func system(_ operation: String, code: Int32 = errno) -> JournalError {
        let kind: Kind =
            switch code {
            case ENOSPC, EDQUOT: .full
            case EIO: .ioError
            default: .unwritable
            }
        let text = unsafe String(cString: strerror(code))
        return JournalError(kind: kind, code: code, operation: operation, underlying: text)
    }

    /// What SQLite said, or our own error passed on as it is.
    init(_ error: any Error, _ operation: String) {
        if let own = error as? JournalError {
            self = own
        } else if let refusal = error as? DatabaseError {
            let text = refusal.message ?? "SQLite gave no reason"
            self.init(
                kind: Kind(refusal), code: refusal.extendedResultCode.rawValue,
                operation: operation,
                underlying: "\(text) (SQLite \(refusal.extendedResultCode.rawValue))")
        } else {
            self.init(kind: .other, code: 0, operation: operation, underlying: "\(error)")
        }
    }
}

extension JournalError.Kind {
    /// SQLite tells a full disk as FULL, except where it grows the shared index of the WAL.
    fileprivate init(_ error: DatabaseError) {
        if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE {
            self = .full
            return
        }
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .full
            case .SQLITE_IOERR: .ioError
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .unwritable
            default: .other
            }
    }
}
