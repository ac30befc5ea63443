import Events
import Wire

/// What to tell who published something that cannot be used: what is wrong, and what to mend.
enum RefusalText {
    /// One sentence about a refused element or message.
    static func sentence(_ refusal: FeedDecoder.Refusal, feed: Configuration.Feed) -> String {
        if let detail = refusal.detail { return detail.sentence(refusal.field, feed) }
        let reason = refusal.reason
        guard let field = refusal.field else { return reason.sentence }
        switch reason {
        case .type:
            let what = refusal.found.map { ", not \($0)" } ?? ""
            return "`\(place(field))` must be \(kind(field))\(what)"
        case .text: return "the text of `\(place(field))` is longer than the limit"
        case .frames, .frameSize, .topic, .empty, .json, .notAnObject, .depth, .readings, .time,
            .future, .key, .maxKeys, .compression, .format, .storage:
            return reason.sentence
        }
    }

    /// What to do about it; nil where the sentence says it.
    static func hint(_ refusal: FeedDecoder.Refusal, feed: Configuration.Feed) -> String? {
        if let detail = refusal.detail { return detail.hint(feed) }
        return hint(
            refusal.reason, field: refusal.field, found: refusal.found, stream: refusal.stream,
            feed: feed)
    }

    /// What to do about a reason, of which as much is known.
    static func hint(
        _ reason: DeadLetterReason, field: Field? = nil, found: String? = nil,
        stream: StreamSchema? = nil, feed: Configuration.Feed
    ) -> String? {
        switch reason {
        case .frames: return frames(feed)
        case .frameSize:
            return
                "it takes \(feed.limits.frameBytes) bytes: send less in a frame, or raise `limits.frame`"
        case .topic:
            return "declare a stream with this topic, or send under a declared one"
        case .empty: return "send a JSON object, an array of objects, or one object a line"
        case .json: return "the mark stands where it stops being JSON (RFC 8259)"
        case .notAnObject: return "a reading is an object of named values: `{\"level\": 5.2}`"
        case .depth: return "at most \(feed.limits.depth) levels, or raise `limits.depth`"
        case .readings:
            return
                "at most \(feed.limits.readings) in a frame: send several, or raise `limits.readings`"
        case .type: return field.flatMap { typeHint($0, found: found) }
        case .text: return "at most \(feed.limits.textBytes) bytes"
        case .time: return stream.flatMap(timeHint)
        case .future: return "look at the sender's clock, its time zone, and the unit of its times"
        case .key: return "send the fields of the rule's `by`, 128 bytes together at most"
        case .maxKeys: return "look for a field of `by` that never repeats"
        case .compression: return RefusalDetail.unpacking.hint(feed)
        case .format: return "the feed says `format: \(feed.format.rawValue)`: \(asks(feed.format))"
        case .storage: return "send it again; the daemon's log says what is wrong with its disk"
        }
    }

    /// The frames that a feed takes.
    static func frames(_ feed: Configuration.Feed) -> String {
        let frames = "the feed `\(feed.name)` takes \(feed.framing.sentence)"
        guard feed.pattern == .router else { return frames }
        return frames
            + "; what a DEALER puts before an empty frame comes back with the answer"
    }

    /// Where a field stands.
    static func place(_ field: Field) -> String {
        field.path.joined(separator: ".") + (field.key.map { ": \($0)=" } ?? "")
    }

    /// What a format asks of a payload.
    private static func asks(_ format: PayloadFormat) -> String {
        switch format {
        case .json: "an object, an array of objects, or one object a line"
        case .senml:
            "an array of records (RFC 8428), each with a name and one value of its kind, none with a label that ends in `_`"
        case .cloudevents:
            "an event, or an array of them, has the texts `specversion` (1.0), `id`, `source` and `type`"
        case .geojson:
            "a Feature or a FeatureCollection; the coordinates of a Point are `[lon, lat]` or `[lon, lat, alt]`"
        case .msgpack: "a map, an array of maps, or several of them, whole"
        }
    }

    /// What a field takes, with its unit.
    static func kind(_ field: Field) -> String {
        let unit = field.unit.map { " (\($0))" } ?? ""
        switch field.type {
        case .string: return "a text"
        case .int: return "a whole number\(unit)"
        case .double: return "a number\(unit)"
        case .bool: return "true or false"
        case .timestamp: return time(field.timeFormat)
        }
    }

    private static func time(_ format: TimeFormat) -> String {
        switch format {
        case .rfc3339: "a time like 2026-01-02T03:04:05Z"
        case .epoch(let unit): "a time in \(unitName(unit)) since 1970"
        }
    }

    private static func unitName(_ nanoseconds: Int64) -> String {
        switch nanoseconds {
        case 1: "nanoseconds"
        case 1_000: "microseconds"
        case 1_000_000: "milliseconds"
        default: "seconds"
        }
    }

    private static func typeHint(_ field: Field, found: String?) -> String? {
        switch field.type {
        case .int, .double, .bool:
            // In a line of text nothing is in the sender's quotes.
            guard found?.hasPrefix("\"") == true, !field.fromText, field.key == nil else {
                return nil
            }
            return "send it without quotes, or declare the field with `from: text`"
        case .string: return "send it in quotes"
        case .timestamp: return nil
        }
    }

    private static func timeHint(_ stream: StreamSchema) -> String? {
        guard case .member(let path, let format, let key) = stream.time else { return nil }
        let place = path.joined(separator: ".") + (key.map { ": \($0)=" } ?? "")
        return "`\(place)` is \(time(format)), between 1900 and 2200"
    }
}
