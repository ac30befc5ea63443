import Logging

/// Log lines that other programs look for by a number of their own (MESSAGE_ID), whatever their
/// words are. A number is never given to another meaning.
package enum MessageIdentity: String, CaseIterable, Sendable {
    /// An incident began.
    case raised = "937380187a3d4820b8e19aefc1ce505b"
    /// The level of an incident rose.
    case rose = "bd4de07cb78b49089e661460fd26038c"
    /// An incident ended.
    case cleared = "496f0b78a26542ef8ec795106f353d07"
    /// An incident was withdrawn.
    case cancelled = "f8044829b59e4833b1ead080a67878e7"
    /// Other rules came into force.
    case reloaded = "a77894d301c24518a44a4997ea3693d7"
    /// The rules were read again and refused; the old ones go on.
    case reloadRefused = "cfda1a9bd051438ea0b98c2a12009696"
    /// The journal cannot commit; nothing is published.
    case journalFailing = "3e7f0235b9ba4380afe1a65f93624ce2"
    /// The journal commits again.
    case journalRecovered = "be5b5b61480c4b92a3e42c9a557b7de1"

    /// Name of the metadata that holds it. The system's journal makes a MESSAGE_ID of it; text logs
    /// leave it out.
    package static let metadataKey = "message_id"
}

extension Logger.Metadata {
    /// Metadata with the number of a well-known line.
    func known(as identity: MessageIdentity) -> Logger.Metadata {
        merging([MessageIdentity.metadataKey: "\(identity.rawValue)"]) { $1 }
    }
}
