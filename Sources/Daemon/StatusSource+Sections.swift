import Engine
import Evaluation
import Events
import Incidents
import Journal
import Synchronization
import Wire

/// The version this program tells of itself.
package enum TocsinVersion {
    /// Semantic version.
    package static let text = "0.1.0"
}

extension StatusSource {
    func writeRules(_ report: EngineReport, _ writer: inout JSONWriter) {
        writer.key("rules")
        writer.object { writer in
            writer.key("count")
            writer.int(report.rules.count)
            writer.key("generation")
            writer.int(report.generation)
            writer.key("folder")
            writer.string(orNull: configuration.rules)
            writer.key("errors")
            writer.strings(complaints.withLock { $0 })
            writer.key("list")
            writer.array { writer in
                for rule in report.rules {
                    writer.object { writer in
                        writer.key("name")
                        writer.string(rule.name)
                        writer.key("stream")
                        writer.string(rule.stream)
                        writer.key("keys")
                        writer.int(rule.keys)
                        writer.key("open")
                        writer.int(rule.open)
                    }
                }
            }
            writer.key("tables")
            writer.array { writer in
                for table in report.tables {
                    writer.object { writer in
                        writer.key("name")
                        writer.string(table.name)
                        writer.key("rows")
                        writer.int(table.rows)
                        writer.key("version")
                        writer.string(table.version)
                    }
                }
            }
        }
    }

    private func total(_ counter: (FeedCounters) -> Int) -> Int {
        intakes.reduce(0) { $0 + counter($1.counters) }
    }

    /// Events that were decoded and are dead letters all the same.
    private func refusedLater(_ report: EngineReport) -> Int {
        Int(report.evaluation.refused.count + report.future.count)
    }

    /// Dead letters of all feeds.
    func rejected(_ report: EngineReport) -> Int {
        total { $0.rejected.load(ordering: .relaxed) } + refusedLater(report)
    }

    /// in = accepted + rejected + shed + duplicate, in elements, but for what is on its way.
    func writeConservation(_ report: EngineReport, _ writer: inout JSONWriter) {
        let resumed = counters.resumed.load(ordering: .relaxed)
        let elements = total { $0.elements.load(ordering: .relaxed) } + resumed
        let decoded = total { $0.accepted.load(ordering: .relaxed) } + resumed
        let repeated = Int(report.duplicatesByFeed.reduce(0, +))
        let judged = Int(report.evaluation.events + report.future.count) + repeated
        let accepted = judged - refusedLater(report) - repeated
        let rejected = rejected(report)
        let shed = total { $0.shed.load(ordering: .relaxed) }
        let duplicates = total { $0.duplicates.load(ordering: .relaxed) } + repeated
        let onTheWay = decoded - judged
        writer.key("conservation")
        writer.object { writer in
            writer.members([
                ("in", elements), ("accepted", accepted), ("rejected", rejected), ("shed", shed),
                ("duplicate", duplicates), ("in_flight", onTheWay),
            ])
            writer.key("holds")
            writer.bool(
                onTheWay >= 0 && elements == accepted + rejected + shed + duplicates + onTheWay)
        }
    }

    /// What each stage took in and gave out, the bytes that wait in the ring before it, and how
    /// often it waited for room behind it (the journal: how often a commit failed).
    func writeStages(_ writer: inout JSONWriter) {
        let waits = total { $0.waits.load(ordering: .relaxed) }
        let stages: [(name: String, input: Int, output: Int, lag: Int, waits: Int)] = [
            (
                "intake", total { $0.elements.load(ordering: .relaxed) },
                total { $0.accepted.load(ordering: .relaxed) },
                0, waits
            ),
            (
                "evaluation", total { $0.accepted.load(ordering: .relaxed) },
                counters.decisions.load(ordering: .relaxed),
                total { $0.lag.load(ordering: .relaxed) },
                counters.engineWaits.load(ordering: .relaxed)
            ),
            (
                "journal", counters.decisions.load(ordering: .relaxed),
                counters.rows.load(ordering: .relaxed),
                counters.decisionLag.load(ordering: .relaxed),
                counters.commitFailures.load(ordering: .relaxed)
            ),
            (
                "publish", counters.published.load(ordering: .relaxed),
                counters.frames.load(ordering: .relaxed),
                counters.publishLag.load(ordering: .relaxed), 0
            ),
        ]
        writer.key("stages")
        writer.array { writer in
            for stage in stages {
                writer.object { writer in
                    writer.key("name")
                    writer.string(stage.name)
                    writer.members([
                        ("in", stage.input), ("out", stage.output), ("lag_bytes", stage.lag),
                        ("waits", stage.waits),
                    ])
                }
            }
        }
    }

    func writeStreams(_ report: EngineReport, _ writer: inout JSONWriter) {
        let now = clock == .wall ? timeline.now : report.now
        writer.key("streams")
        writer.array { writer in
            for stream in report.streams {
                writer.object { writer in
                    writer.key("name")
                    writer.string(stream.name)
                    writer.key("sources")
                    writer.int(stream.sources.count)
                    writer.key("unfollowed")
                    writer.int(stream.sources.unfollowed)
                    writer.key("duplicate")
                    writer.int(stream.duplicates)
                    writer.key("silent")
                    writer.array { writer in
                        for source in stream.sources.silences {
                            writer.object { writer in
                                writer.key("source")
                                writer.string(name(source.name))
                                writer.key("silent_s")
                                writer.int(
                                    max(0, now - source.lastArrival)
                                        / Timestamp.nanosecondsPerSecond)
                                writer.key("events")
                                writer.int(source.events)
                            }
                        }
                    }
                }
            }
        }
    }

    private func name(_ source: SourceSilence.Name) -> String {
        switch source {
        case .source(let name): name
        case .feed(let index):
            index < configuration.feeds.count ? "feed \(configuration.feeds[index].name)" : "-"
        }
    }

    func writeIncidentCounts(_ report: EngineReport, _ writer: inout JSONWriter) {
        writer.key("incidents")
        writer.object { writer in
            writer.key("open")
            writer.int(report.incidents.count)
            writer.key("by_severity")
            writer.object { writer in
                for severity in Severity.allCases.reversed() {
                    writer.key(severity.name)
                    writer.int(report.incidents.count { $0.severity == severity })
                }
            }
        }
    }

    func writeJournal(_ writer: inout JSONWriter) {
        let position = journal.position
        writer.key("journal")
        writer.object { writer in
            writer.key("epoch")
            writer.int(position.epoch)
            writer.key("head")
            writer.int(position.head)
            writer.key("floor")
            writer.int(position.floor)
            writer.key("commits")
            writer.int(counters.commits.load(ordering: .relaxed))
            writer.key("rows")
            writer.int(counters.rows.load(ordering: .relaxed))
            writer.key("last_commit_ms")
            writer.double(Double(counters.lastCommit.load(ordering: .relaxed) / 1000) / 1000)
            writer.key("suppressed")
            writer.int(journal.counters.suppressed)
            writer.key("failures")
            writer.int(counters.commitFailures.load(ordering: .relaxed))
            writer.key("failing")
            writer.string(orNull: counters.commitFailure.withLock { $0 })
        }
        writer.key("recording")
        writer.object { writer in
            writer.members([
                ("decided", Int(clamping: journal.recorded)),
                ("resumed", counters.resumed.load(ordering: .relaxed)),
                ("stranded", counters.stranded.load(ordering: .relaxed)),
            ])
        }
        writer.key("recovery")
        writer.object { writer in
            writer.key("requests")
            writer.int(counters.recoveryRequests.load(ordering: .relaxed))
            writer.key("dropped")
            writer.int(counters.recoveryDropped.load(ordering: .relaxed))
        }
    }

    func writeEngine(_ report: EngineReport, _ writer: inout JSONWriter) {
        writer.key("engine")
        writer.object { writer in
            writer.members([
                ("events", report.evaluation.events), ("next_event_no", report.nextEventNo),
                ("raised", report.counts.raised), ("moved", report.counts.moved),
                ("cleared", report.counts.cleared),
                ("out_of_order", report.evaluation.outOfOrder), ("late", report.evaluation.late),
                ("partly_judged", report.evaluation.partlyJudged),
                ("where_unknown", report.evaluation.whereUnknown),
            ])
        }
    }
}
