import Evaluation
import Synchronization
import Wire

extension StatusSource {
    /// What came from each feed, and what became of it.
    func writeFeeds(_ report: EngineReport, _ writer: inout JSONWriter) {
        writer.key("feeds")
        writer.array { writer in
            for (index, (feed, intake)) in zip(configuration.feeds, intakes).enumerated() {
                writer.object { writer in
                    writer.key("name")
                    writer.string(feed.name)
                    writer.key("endpoint")
                    writer.string(intake.bound.withLock { $0 })
                    writer.key("pattern")
                    writer.string(feed.pattern.rawValue)
                    let counters = intake.counters
                    // Decoded, and refused by the engine.
                    let refused = report.refused.filter { $0.feed == index }
                        .reduce(0) { $0 + Int($1.count) }
                    let repeated =
                        index < report.duplicatesByFeed.count
                        ? Int(report.duplicatesByFeed[index]) : 0
                    writer.members([
                        ("frames", counters.frames.load(ordering: .relaxed)),
                        ("bytes", counters.bytes.load(ordering: .relaxed)),
                        ("elements", counters.elements.load(ordering: .relaxed)),
                        (
                            "accepted",
                            counters.accepted.load(ordering: .relaxed) - refused - repeated
                        ),
                        ("rejected", counters.rejected.load(ordering: .relaxed) + refused),
                        ("shed", counters.shed.load(ordering: .relaxed)),
                        (
                            "duplicate",
                            counters.duplicates.load(ordering: .relaxed) + repeated
                        ),
                        ("lag_bytes", counters.lag.load(ordering: .relaxed)),
                        ("backlog_bytes", counters.backlog.load(ordering: .relaxed)),
                        ("unanswered", counters.unanswered.load(ordering: .relaxed)),
                    ])
                    write(counters.sheddings.withLock { $0 }, &writer)
                    write(counters.sequence.withLock { $0 }, &writer)
                }
            }
        }
    }

    /// The sources of which most was shed.
    private func write(_ sheddings: [Backlog.Shedding], _ writer: inout JSONWriter) {
        writer.key("sheddings")
        writer.array { writer in
            for shedding in sheddings {
                writer.object { writer in
                    writer.key("source")
                    writer.string(shedding.source)
                    writer.key("count")
                    writer.int(shedding.count)
                }
            }
        }
    }

    /// What the sequence frames told.
    private func write(_ counts: SequenceLedger.Counts, _ writer: inout JSONWriter) {
        writer.key("sequence")
        writer.object { writer in
            writer.members([
                ("messages", counts.messages), ("gaps", counts.gaps), ("missing", counts.missing),
                ("before_joining", counts.beforeJoining), ("recovered", counts.recovered),
                ("duplicates", counts.duplicates), ("restarts", counts.restarts),
                ("too_old", counts.tooOld), ("conflicting", counts.conflicting),
                ("uncounted", counts.uncounted), ("forgotten", counts.forgotten),
            ])
        }
    }
}
