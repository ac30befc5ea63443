import Events
import Wire

/// A JSON document that is put together from values and the places where they stand.
struct ReportDocument {
    /// A value as it is written.
    enum Value: Equatable {
        /// A text.
        case text(String)
        /// A number or a word of JSON.
        case raw(String)
    }

    private indirect enum Node {
        case value(Value)
        /// Pairs `key=value` of one text, in the order in which they came.
        case pairs([(key: String, value: Value)])
        case object([String: Node])
    }

    private var root: [String: Node] = [:]

    /// Puts a value at a path, or as the pair `key` of the text there; throws when something else
    /// stands in its place.
    ///
    /// - Parameter name: what the value is called where it is complained about.
    mutating func put(
        _ value: Value, at path: [String], key: String? = nil, for name: String
    ) throws(Field.Problem) {
        guard Self.put(value, path[...], key, into: &root) else {
            throw Field.Problem(
                "`\(name)` cannot be set beside the others: it stands in their place",
                hint: "they are read from `\(path.joined(separator: "."))`")
        }
    }

    private static func put(
        _ value: Value, _ path: ArraySlice<String>, _ key: String?,
        into members: inout [String: Node]
    ) -> Bool {
        guard let name = path.first else { return false }
        let rest = path.dropFirst()
        guard rest.isEmpty else {
            var inner: [String: Node] = [:]
            switch members[name] {
            case nil: break
            case .object(let known)?: inner = known
            case .value?, .pairs?: return false
            }
            guard put(value, rest, key, into: &inner) else { return false }
            members[name] = .object(inner)
            return true
        }
        switch (members[name], key) {
        case (nil, nil): members[name] = .value(value)
        case (nil, let key?): members[name] = .pairs([(key, value)])
        case (.pairs(let pairs)?, let key?) where !pairs.contains { $0.key == key }:
            members[name] = .pairs(pairs + [(key, value)])
        case (.value(let known)?, nil): return known == value
        case (.pairs?, _), (.value?, _), (.object?, _): return false
        }
        return true
    }

    /// The document in UTF-8.
    var bytes: [UInt8] {
        var writer = JSONWriter()
        Self.write(root, &writer)
        return writer.bytes
    }

    private static func write(_ members: [String: Node], _ writer: inout JSONWriter) {
        writer.object { writer in
            for (name, node) in members.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                switch node {
                case .value(.text(let text)): writer.string(text)
                case .value(.raw(let text)): writer.raw(text)
                case .pairs(let pairs):
                    writer.string(pairs.map(Self.text).joined(separator: " "))
                case .object(let inner): write(inner, &writer)
                }
            }
        }
    }

    private static func text(_ pair: (key: String, value: Value)) -> String {
        switch pair.value {
        case .raw(let text), .text(let text): PairText.pair(pair.key, text)
        }
    }
}
