import Foundation
package import Wire

/// A JSON value of any shape: what a body, a reply or a status holds, read tolerantly.
///
/// For display and for small answers. A missing member is `.null`, so that a reader of a later
/// daemon, or of an earlier one, shows what there is. Whole numbers keep 64 bits.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses one JSON text; `nil` when it is none.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        else { return nil }
        self = value
    }

    /// The member `name` of an object; `.null` where there is none.
    package subscript(name: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    /// Whether there is nothing here.
    package var isNull: Bool { self == .null }

    /// The text of a string.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A Boolean.
    package var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// A number.
    package var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A whole number that is not negative.
    package var count: UInt64? {
        switch self {
        case .int(let number): UInt64(exactly: number)
        case .double(let number): UInt64(exactly: number)
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// The elements of an array; none for anything else.
    package var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The members of an object, in order of name; none for anything else.
    package var members: [(name: String, value: JSONValue)] {
        guard case .object(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension JSONValue: Decodable {
    /// Reads whatever stands there.
    package init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Int64.self) {
            self = .int(number)
        } else if let number = try? container.decode(Double.self) {
            self = .double(number)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as a person reads it: text without quotes, whole numbers without a fraction.
    package var description: String {
        switch self {
        case .null: "-"
        case .bool(let flag): flag ? "yes" : "no"
        case .int(let number): String(number)
        case .double(let number):
            Int64(exactly: number).map { String($0) } ?? number.description
        case .string(let text): text
        case .array(let elements): elements.map(\.description).joined(separator: ", ")
        case .object:
            members.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        }
    }
}

extension JSONValue {
    /// Writes it again, the members of objects in order of name.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .int(let number): writer.int(number)
        case .double(let number): writer.double(number)
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.array { writer in for element in elements { element.write(to: &writer) } }
        case .object:
            writer.object { writer in
                for (name, value) in members {
                    writer.key(name)
                    value.write(to: &writer)
                }
            }
        }
    }
}
