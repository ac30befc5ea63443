import Events
import RingBuffers
import Testing
import Wire

/// What became of a payload.
struct Translated {
    var outcome: TranslationOutcome
    var lines: [String]
    var refusals: [DeadLetterEntry]
    var documents: [UInt8]

    /// `reason@offset` of each refusal, with `#element` where it is not the first.
    var told: [String] {
        refusals.map {
            "\($0.reason.name)@\($0.offset)" + ($0.element == 0 ? "" : "#\($0.element)")
        }
    }
}

/// A translator whose payloads end where reading is forbidden.
final class TranslatorHarness {
    var translator: Translator
    private let guarded = GuardedMemory(bytes: 1 << 20)

    init(_ format: PayloadFormat, limits: DecodeLimits = DecodeLimits()) {
        translator = Translator(format: format, limits: limits)
    }

    func translate(_ bytes: [UInt8], now: Int64 = 1_767_225_600_500_000_000) -> Translated {
        let outcome = translator.translate(guarded.place(bytes), now: now)
        let documents = Array(translator.documents)
        let lines = String(decoding: documents, as: UTF8.self).split(separator: "\n")
        return Translated(
            outcome: outcome, lines: lines.map(String.init), refusals: translator.refusals,
            documents: documents)
    }

    func translate(_ text: String, now: Int64 = 1_767_225_600_500_000_000) -> Translated {
        translate(Array(text.utf8), now: now)
    }

    /// The byte of the payload that the first occurrence of a text in the documents came from.
    func origin(of text: String, in translated: Translated) -> Int? {
        let bytes = Array(text.utf8)
        let documents = translated.documents
        guard documents.count >= bytes.count else { return nil }
        return (0...(documents.count - bytes.count)).first {
            documents[$0..<($0 + bytes.count)].elementsEqual(bytes)
        }.map { translator.place(ofDocumentOffset: $0) }
    }
}

/// Offset of the first occurrence of a text in another one.
func offset(of text: String, in payload: String) -> Int? {
    payload.range(of: text).map {
        payload.utf8.distance(from: payload.startIndex, to: $0.lowerBound)
    }
}

/// What every translation keeps, whatever the payload was.
func expectSound(
    _ translated: Translated, _ translator: borrowing Translator, payload: Int,
    limits: DecodeLimits = DecodeLimits(), decoder: DecodeHarness
) {
    let count = translator.documentCount
    #expect(translated.lines.count == count)
    switch translated.outcome {
    case .documents: #expect(count > 0)
    case .nothing: #expect(count == 0)
    case .refused: #expect(count == 0 && translated.refusals.count == 1)
    }
    #expect(translated.documents.count <= payload * 16 + 1 << 20)
    #expect(translated.refusals.allSatisfy { (0...payload).contains($0.offset) })
    #expect(translated.refusals.count + count <= max(1, limits.readings))
    if count > 0 {
        // Nothing is declared: whatever is a JSON object on a line of its own is an event.
        let decoded = decoder.decode(translated.documents, layout: .lines)
        #expect(decoded.accepted == count && decoded.entries.isEmpty, "\(decoded.entries)")
    }
    var elements: [Int] = translated.refusals.map(\.element)
    for index in 0..<count { elements.append(translator.element(ofDocument: index)) }
    if translated.outcome != .refused { #expect(Set(elements).count == elements.count) }
    for offset in stride(from: 0, to: translated.documents.count, by: 7) {
        #expect((0..<payload).contains(translator.place(ofDocumentOffset: offset)))
    }
}
