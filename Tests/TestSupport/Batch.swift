package import Events

/// Records side by side as they lie in a ring; a value, so that the same rows can be run again.
package struct Batch: Sendable {
    private var words: [UInt64] = []
    /// Where each record begins, in words; the end of the last one behind them.
    private var starts = [0]
    private let streams: [StreamSchema]

    /// An empty batch of rows of these streams.
    package init(_ streams: [StreamSchema]) { self.streams = streams }

    /// Number of records.
    package var count: Int { starts.count - 1 }

    /// Adds a row; fields that are not named are UNKNOWN, a nil time is left to the sequencer.
    package mutating func add(
        stream: Int = 0, at time: Int64?, _ values: [String: Scalar], status: Status = .actual,
        feed: Int = 0, recordedNo: UInt64 = 0
    ) {
        let fields = streams[stream].fields
        var cells = [UInt64](repeating: 0, count: fields.count)
        var texts: [UInt8] = []
        var presence: UInt64 = 0
        for (index, field) in fields.enumerated() {
            guard let value = values[field.name] else { continue }
            switch value {
            case .unknown: continue
            case .bool(let flag): cells[index] = flag ? 1 : 0
            case .int(let number): cells[index] = UInt64(bitPattern: number)
            case .double(let number): cells[index] = number.bitPattern
            case .timestamp(let time): cells[index] = UInt64(bitPattern: time.nanoseconds)
            case .string(let text):
                let offset = EventRecord.headerBytes + fields.count * 8 + texts.count
                cells[index] = UInt64(offset) | UInt64(text.utf8.count) << 32
                texts += text.utf8
            }
            presence |= 1 << UInt64(index)
        }
        while texts.count % 8 != 0 { texts.append(0) }
        let length = EventRecord.headerBytes + fields.count * 8 + texts.count
        let start = words.count
        words += [UInt64](repeating: 0, count: length / 8)
        starts.append(words.count)
        words.withUnsafeMutableBytes { memory in
            guard let base = memory.baseAddress else { return }
            let record = EventRecord(base: base + start * 8)
            record.writeHeader(
                length: length, generation: 1, kind: .reading, status: status.rawValue, feed: feed,
                stream: stream, fieldCount: fields.count,
                eventTime: time ?? EventRecord.timeUnset, presence: presence)
            record.recordedNo = recordedNo
            for (index, cell) in cells.enumerated() { record.setCell(index, cell) }
            (base + start * 8 + EventRecord.headerBytes + fields.count * 8)
                .copyMemory(from: texts, byteCount: texts.count)
        }
    }

    /// Gives the bytes of some of its records to `body`, which may stamp them.
    package mutating func withRecords(
        _ range: Range<Int>, _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let bytes = starts[range.lowerBound] * 8..<starts[range.upperBound] * 8
        words.withUnsafeMutableBytes { memory in
            body(UnsafeMutableRawBufferPointer(rebasing: memory[bytes]))
        }
    }
}
