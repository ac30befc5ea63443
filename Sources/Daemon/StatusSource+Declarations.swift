import Events
import Synchronization
import Wire

// What whoever fills in a report by hand must know: the fields of each stream, and the feeds that
// answer.

extension StatusSource {
    /// The feeds whose senders are answered and that wait for them, and how they want a message.
    func writeAcknowledgingFeeds(_ writer: inout JSONWriter) {
        writer.key("feeds")
        writer.array { writer in
            for (feed, intake) in zip(configuration.feeds, intakes) where feed.pattern == .router {
                guard case .bind = feed.endpoint else { continue }
                writer.object { writer in
                    writer.key("name")
                    writer.string(feed.name)
                    writer.key("endpoint")
                    writer.string(intake.bound.withLock { $0 })
                    writer.key("framing")
                    writer.string(feed.framing.rawValue)
                    writer.key("format")
                    writer.string(feed.format.rawValue)
                    writer.key("compression")
                    writer.string(feed.compression.rawValue)
                    // Neither of the two: the topic says it.
                    var stream: String?
                    var member: String?
                    switch feed.stream {
                    case .topic: break
                    case .named(let name): stream = name
                    case .member(let name): member = name
                    }
                    writer.key("stream")
                    writer.string(orNull: stream)
                    writer.key("stream_member")
                    writer.string(orNull: member)
                }
            }
        }
    }

    /// The streams as they are declared.
    func writeDeclarations(_ streams: [StreamSchema], _ writer: inout JSONWriter) {
        writer.key("streams")
        writer.array { writer in
            for stream in streams {
                writer.object { writer in
                    writer.key("name")
                    writer.string(stream.name)
                    writer.key("topic")
                    writer.string(stream.topic)
                    writer.key("time")
                    write(stream.time, &writer)
                    writer.key("source")
                    writer.string(orNull: stream.source.map { stream.fields[$0].name })
                    writer.key("id")
                    writer.string(orNull: stream.id.map { stream.fields[$0].name })
                    writer.key("fields")
                    writer.array { writer in
                        for field in stream.fields { write(field, &writer) }
                    }
                }
            }
        }
    }

    private func write(_ time: TimeSource, _ writer: inout JSONWriter) {
        guard case .member(let path, let format, let key) = time else { return writer.null() }
        writer.object { writer in
            writer.key("path")
            writer.strings(path)
            writer.key("key")
            writer.string(orNull: key)
            writer.key("unit_ns")
            write(format, &writer)
        }
    }

    /// Nanoseconds of a unit of an epoch time; null: RFC 3339.
    private func write(_ format: TimeFormat, _ writer: inout JSONWriter) {
        switch format {
        case .rfc3339: writer.null()
        case .epoch(let unit): writer.int(unit)
        }
    }

    private func write(_ field: Field, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("name")
            writer.string(field.name)
            writer.key("type")
            writer.string(field.type.rawValue)
            writer.key("unit")
            writer.string(orNull: field.unit)
            writer.key("path")
            writer.strings(field.path)
            writer.key("key")
            writer.string(orNull: field.key)
            writer.key("valid")
            if let valid = field.valid {
                writer.array { writer in
                    writer.double(valid.lowerBound)
                    writer.double(valid.upperBound)
                }
            } else {
                writer.null()
            }
            writer.key("missing")
            writer.array { writer in for value in field.missing { writer.scalar(value) } }
            writer.key("unit_ns")
            write(field.timeFormat, &writer)
        }
    }
}
