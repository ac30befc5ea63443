import Evaluation
import Events
import Synchronization
import Transport
import Wire

/// What an intake decodes by: the streams, and a decoder made for them.
struct IntakeDeclarations: ~Copyable, Sendable {
    let streams: [StreamSchema]
    /// Which declarations they are.
    let generation: UInt32
    /// For each stream the keys of rules that judge all of its events: the fields of each.
    let keys: [[[Int]]]
    /// Their topics, but for the streams that only the daemon itself speaks on: no publisher passes
    /// for it.
    let topics: TopicTable
    let decoder: Decoder

    init(plan: Plan, feeds: [Configuration.Feed], index: Int) {
        let feed = feeds[index]
        let names = Set(feeds.map(\.gapStream))
        streams = plan.streams
        generation = plan.generation
        let own = Set(plan.streams.indices.filter { names.contains(plan.streams[$0].name) })
        topics = TopicTable(streams: plan.streams, reserved: own)
        keys = plan.unconditionalKeys
        var topicMember: String?
        if case .member(let name) = feed.stream { topicMember = name }
        decoder = Decoder(
            streams: plan.streams, generation: plan.generation, feed: UInt16(index),
            status: feed.status,
            limits: DecodeLimits(feed.limits), topicMember: topicMember, reserved: own)
    }
}

/// What an intake's thread shares with those who steer and watch it.
final class IntakeShared: Sendable {
    let counters = FeedCounters()
    let bell: Doorbell
    let stops = Atomic<Bool>(false)
    let parks = Atomic<Bool>(false)
    let isParked = Atomic<Bool>(false)
    let declarations = Handoff<IntakeDeclarations>()
    /// The endpoint it really has.
    let bound = Mutex("")

    /// Shared by one thread; feeds that share a thread share its bell.
    init(bell: Doorbell) { self.bell = bell }
}
