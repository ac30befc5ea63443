import Foundation
import TestSupport

/// A formatted file, written less well in ways that formatting undoes. It works on lines and knows
/// nothing of how formatting does it.
struct MangledFile {
    private struct Block {
        /// Comments above it, each behind its indent, and whether a blank line stands above them.
        var leading: [String] = []
        var hasBlank = false
        var head: String
        /// Lines of a scalar that belong to the head.
        var rest: [String] = []
        var children: [Block] = []

        var content: Substring { head.drop { $0 == " " } }
        var indent: Int { head.count - content.count }
        var key: String { String(content.prefix { $0 != ":" }) }
    }

    /// Keys whose own keys are chosen by the writer, in an order that counts.
    private static let free: Set<String> = [
        "streams", "tables", "fields", "columns", "let", "levels", "labels", "message", "series",
        "with", "key", "values", "when",
    ]

    private var generator: Seeded
    private let lines: [String]
    private var next = 0

    /// What becomes of `text`; the same for the same seed.
    static func text(_ text: String, seed: UInt64) -> String {
        var file = MangledFile(text, seed)
        var result: [String] = []
        var blocks = file.read(indent: 0)
        file.shuffle(&blocks, isKnown: true)
        for block in blocks { file.write(block, to: &result) }
        return result.joined(separator: "\n") + (file.chance(0.5) ? "\n" : "\n\n \n")
    }

    private init(_ text: String, _ seed: UInt64) {
        generator = Seeded(seed)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    private mutating func chance(_ p: Double) -> Bool { generator.chance(p) }

    private static func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

    /// Blocks at an indent, each with what is indented more.
    private mutating func read(indent: Int) -> [Block] {
        var blocks: [Block] = []
        while next < lines.count {
            let begin = next
            var block = Block(head: "")
            while next < lines.count, lines[next].isEmpty || Self.isComment(lines[next]) {
                if lines[next].isEmpty {
                    block.hasBlank = true
                } else {
                    block.leading.append(lines[next])
                }
                next += 1
            }
            guard next < lines.count, Self.indent(lines[next]) == indent else {
                next = begin
                return blocks
            }
            block.head = lines[next]
            next += 1
            if block.content.hasPrefix("- "), !block.content.hasPrefix("- {") {
                // The first key of an item stands on the line of its dash.
                block.children = [
                    Block(
                        head: String(repeating: " ", count: indent + 2)
                            + block.content.dropFirst(2))
                ]
                block.head = String(repeating: " ", count: indent) + "-"
                readBody(of: &block.children[0], indent: indent + 2)
                block.children += read(indent: indent + 2)
            } else {
                readBody(of: &block, indent: indent)
            }
            blocks.append(block)
        }
        return blocks
    }

    private mutating func readBody(of block: inout Block, indent: Int) {
        if block.head.hasSuffix(">-") {
            while next < lines.count, lines[next].isEmpty || Self.indent(lines[next]) > indent {
                if lines[next].isEmpty, next + 1 < lines.count,
                    Self.indent(lines[next + 1]) <= indent
                {
                    break
                }
                block.rest.append(lines[next])
                next += 1
            }
        } else {
            block.children = read(indent: indent + 2)
        }
    }

    private static func isComment(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("#")
    }

    private mutating func shuffle(_ blocks: inout [Block], isKnown: Bool) {
        let isList = blocks.first?.content.hasPrefix("-") ?? false
        if isKnown, !isList, blocks.count > 1, chance(0.9) {
            let old = blocks
            blocks.shuffle(using: &generator)
            // What stands first cannot have comments of its own everywhere.
            if let first = blocks.firstIndex(where: { $0.leading.isEmpty || $0.head == old[0].head }
            ) {
                blocks.swapAt(0, first)
            }
            if blocks[0].hasBlank, let former = blocks.firstIndex(where: { $0.head == old[0].head })
            {
                blocks[0].hasBlank = false
                blocks[former].hasBlank = true
            }
        }
        for index in blocks.indices {
            let key = blocks[index].key
            let isItem = blocks[index].content.hasPrefix("-")
            shuffle(&blocks[index].children, isKnown: isItem || !Self.free.contains(key))
        }
    }

    private mutating func write(_ block: Block, to result: inout [String]) {
        if block.hasBlank { result += [String](repeating: "", count: chance(0.5) ? 1 : 3) }
        result += block.leading.map { $0 + (chance(0.3) ? "  " : "") }
        if block.content == "-" {
            var lines: [String] = []
            for child in block.children { write(child, to: &lines) }
            let spaces = String(repeating: " ", count: block.indent)
            lines[0] = spaces + "- " + lines[0].dropFirst(block.indent + 2)
            result += lines
            return
        }
        var head = quoted(block.head)
        if chance(0.5) { head = loosened(head) }
        result.append(head + (chance(0.3) ? "   " : ""))
        result += block.rest
        for child in block.children { write(child, to: &result) }
    }

    /// Other quotes around a condition.
    private mutating func quoted(_ line: String) -> String {
        let keys = ["when: ", "clear: ", "where: "]
        let content = line.drop { $0 == " " }
        guard let key = keys.first(where: content.hasPrefix), !line.contains("  #"),
            !content.dropFirst(key.count).contains(where: { "\"{".contains($0) }),
            !line.hasSuffix(">-")
        else { return line }
        let value = String(content.dropFirst(key.count))
        let indent = String(line.prefix { $0 == " " }) + key
        switch generator.int(0...2) {
        case 0: return indent + "\"" + value + "\""
        case 1: return indent + "'" + value.replacing("'", with: "''") + "'"
        default: return line
        }
    }

    /// Keys that stand in one order within braces, and are nobody's names in the files here.
    private static let known: Set<String> = [
        "type", "unit", "valid", "missing", "when", "clear", "severity", "for", "after", "do", "at",
        "from", "to", "cause", "key", "rule", "values", "let", "stream", "with", "series", "step",
        "csv",
    ]

    /// Another order and other blanks in a flow mapping that ends the line.
    private mutating func loosened(_ line: String) -> String {
        guard line.hasSuffix("}"), !line.contains("${"), let open = line.firstIndex(of: "{") else {
            return line
        }
        var parts = Self.parts(line[line.index(after: open)...].dropLast())
        let keys = parts.map { String($0.prefix { $0 != ":" }) }
        if keys.allSatisfy(Self.known.contains) { parts.shuffle(using: &generator) }
        let inside = parts.joined(separator: chance(0.5) ? " ,  " : ",")
        return line[..<open] + "{" + (chance(0.5) ? " " : "") + inside
            + (chance(0.3) ? " , }" : "}")
    }

    /// What stands between commas that are in no brackets and no quotes.
    private static func parts(_ text: Substring) -> [String] {
        var parts = [""]
        var depth = 0
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted, "{[".contains(character) { depth += 1 }
            if !isQuoted, "}]".contains(character) { depth -= 1 }
            if character == ",", depth == 0, !isQuoted {
                parts.append("")
            } else if !(parts[parts.count - 1].isEmpty && character == " ") {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
