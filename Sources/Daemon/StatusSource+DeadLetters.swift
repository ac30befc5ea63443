import Evaluation
import Events
import Synchronization
import Wire

extension StatusSource {
    /// Of each kind of dead letters how many there were, the first and the last.
    func writeDeadLetters(_ report: EngineReport, _ writer: inout JSONWriter) {
        writer.key("dead_letters")
        writer.array { writer in
            for (feed, intake) in zip(configuration.feeds, intakes) {
                for entry in intake.counters.deadLetters.withLock({ $0.entries }) {
                    writer.object { writer in
                        writeReason(
                            feed.name, entry.kind.stream, entry.kind.source, entry.kind.reason,
                            entry.count, &writer)
                        writer.key("first")
                        write(entry.first, &writer)
                        writer.key("last")
                        write(entry.last, &writer)
                    }
                }
            }
            for entry in report.refused {
                writer.object { writer in
                    let feed = configuration.feeds[entry.feed]
                    let hint = RefusalText.hint(entry.reason, feed: feed)
                    writeReason(
                        feed.name, entry.stream, "-", entry.reason, Int(entry.count), &writer)
                    writer.key("first")
                    write(.init(entry.first, entry.reason, hint: hint), &writer)
                    writer.key("last")
                    write(.init(entry.last, entry.reason, hint: hint), &writer)
                }
            }
        }
    }

    private func writeReason(
        _ feed: String, _ stream: String, _ source: String, _ reason: DeadLetterReason,
        _ count: Int, _ writer: inout JSONWriter
    ) {
        writer.key("feed")
        writer.string(feed)
        writer.key("stream")
        writer.string(stream)
        writer.key("source")
        writer.string(source)
        writer.key("reason")
        writer.string(reason.name)
        writer.key("sentence")
        writer.string(reason.sentence)
        writer.key("count")
        writer.int(count)
    }

    private func write(_ letter: DeadLetterLedger.Letter, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("payload")
            writer.string(letter.payload)
            writer.key("start")
            writer.int(letter.start)
            writer.key("offset")
            writer.int(letter.offset)
            writer.key("column")
            writer.int(letter.column)
            writer.key("field")
            writer.string(orNull: letter.field)
            writer.key("message")
            writer.string(letter.message)
            writer.key("hint")
            writer.string(orNull: letter.hint)
            writer.key("at")
            writer.string(time(letter.at))
        }
    }
}
