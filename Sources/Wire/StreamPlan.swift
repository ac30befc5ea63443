internal import Events

/// One declared field as the decoder wants it: flat, without references.
struct FieldPlan: BitwiseCopyable {
    /// `FieldType` as a flat value.
    enum CellType: UInt8 { case string, int, double, bool, timestamp }

    var type: CellType
    var fromText: Bool
    /// Nanoseconds of a unit of an epoch time; 0: the time is RFC 3339 text.
    var epochUnit: Int64
    /// Where the scanner notes the value.
    var slot: Int32
    /// Numbers outside are UNKNOWN; infinite where no range is declared.
    var lowest: Double
    var highest: Double
    var hasRange: Bool
    /// The `missing` values by what they are in JSON; numbers as doubles, and the integral ones
    /// also as integers, which is how they are compared with those of an `int` field.
    var missingDoubles: UnsafePointer<Double>
    var missingDoubleCount: Int32
    var missingIntegers: UnsafePointer<Int64>
    var missingIntegerCount: Int32
    var missingTexts: UnsafePointer<TextSlice>
    var missingTextCount: Int32
    var missingTimes: UnsafePointer<Int64>
    var missingTimeCount: Int32
    /// Bit 0: `false` is missing; bit 1: `true` is.
    var missingBools: UInt8
    /// Key of a pair in the text at the slot; without one the value itself stands there.
    var pair: PairPlan?

    /// Whether any value stands for "no value".
    @inline(__always)
    var hasMissing: Bool {
        missingDoubleCount | missingIntegerCount | missingTextCount | missingTimeCount != 0
            || missingBools != 0
    }
}

/// Bytes of a text somewhere.
struct TextSlice: BitwiseCopyable {
    var start: UnsafePointer<UInt8>
    var count: Int32
}

/// A pair `key=value` in a text.
struct PairPlan: BitwiseCopyable {
    var key: TextSlice
    /// Which of the row's texts its text is unescaped into.
    var text: Int32
}

/// A stream's declaration compiled for decoding.
struct StreamPlan: BitwiseCopyable {
    let members: MemberTable
    let fields: UnsafePointer<FieldPlan>
    let fieldCount: Int
    /// Bit i set = field i holds text.
    let textFields: UInt64
    /// As many bits as there are fields.
    let allFields: UInt64
    /// Slot of the event time, -1: arrival is the time.
    let timeSlot: Int
    /// As `FieldPlan.epochUnit`.
    let timeUnit: Int64
    /// Whether the time is also a timestamp field that says `from: text`.
    let timeFromText: Bool
    /// Slot of the field that names the source, -1 when the stream has none.
    let sourceSlot: Int
    /// The key of the event time in the text at its slot.
    let timePair: PairPlan?
    /// Texts that pairs are looked for in.
    let pairTextCount: Int
    /// Slot of the topic member, -1 when the decoder has none.
    let topicSlot: Int
    /// Bytes 8 to 15 of its records: kind, status, feed, stream, number of cells.
    let head: UInt64
    /// Bytes 0 to 7 without the length.
    let generation: UInt64

    init(
        _ schema: StreamSchema, index: Int, generation: UInt32, feed: UInt16, status: Status,
        topicMember: String?, memory: inout Allocations
    ) {
        precondition(
            schema.fields.count <= Limits.fieldsPerStream, "A stream declares at most 64 fields.")
        var builder = MemberTableBuilder()
        let fieldTickets = schema.fields.map { builder.declare($0.path) }
        var timeTicket: Int?
        var timeKey: String?
        var unit: Int64 = 0
        if case .member(let path, let format, let key) = schema.time {
            timeTicket = builder.declare(path)
            timeKey = key
            unit = StreamPlan.unit(format)
        }
        let topicTicket = topicMember.map { builder.declare([$0]) }
        members = builder.make(in: &memory)
        timeSlot = timeTicket.map(builder.slot(of:)) ?? -1
        timeUnit = unit
        // A pair in a text is not where the text stands.
        sourceSlot =
            schema.source.map {
                schema.fields[$0].key == nil ? builder.slot(of: fieldTickets[$0]) : -1
            } ?? -1
        topicSlot = topicTicket.map(builder.slot(of:)) ?? -1
        timeFromText =
            timeKey != nil
            || zip(schema.fields, fieldTickets).contains { field, ticket in
                field.fromText && field.type == .timestamp && field.key == nil
                    && ticket == timeTicket
            }
        var pairs = PairTexts()
        timePair = pairs.plan(timeKey, slot: timeSlot, memory: &memory)
        var plans: [FieldPlan] = []
        for (field, ticket) in zip(schema.fields, fieldTickets) {
            let slot = builder.slot(of: ticket)
            var plan = FieldPlan(field, slot: slot, memory: &memory)
            plan.pair = pairs.plan(field.key, slot: slot, memory: &memory)
            plans.append(plan)
        }
        pairTextCount = pairs.slots.count
        fields = UnsafePointer(memory.copy(plans))
        fieldCount = schema.fields.count
        var texts: UInt64 = 0
        for (place, field) in schema.fields.enumerated() where field.type == .string {
            texts |= 1 << UInt64(place)
        }
        textFields = texts
        allFields = fieldCount == 0 ? 0 : UInt64.max >> UInt64(64 - fieldCount)
        self.generation = UInt64(generation) << 32
        let low = UInt64(EventKind.reading.rawValue) | UInt64(status.rawValue) << 8
        head = low | UInt64(feed) << 16 | UInt64(index) << 32 | UInt64(schema.fields.count) << 48
    }

    static func unit(_ format: TimeFormat) -> Int64 {
        switch format {
        case .rfc3339: 0
        case .epoch(let unit): unit
        }
    }
}

/// Numbers the texts that hold pairs, in the order in which their slots are met.
private struct PairTexts {
    var slots: [Int] = []

    mutating func plan(_ key: String?, slot: Int, memory: inout Allocations) -> PairPlan? {
        guard let key else { return nil }
        let text = slots.firstIndex(of: slot) ?? slots.count
        if text == slots.count { slots.append(slot) }
        let bytes = Array(key.utf8)
        let slice = TextSlice(
            start: UnsafePointer(memory.copy(bytes)), count: Int32(bytes.count))
        return PairPlan(key: slice, text: Int32(text))
    }
}

extension FieldPlan {
    init(_ field: Field, slot: Int, memory: inout Allocations) {
        var doubles: [Double] = []
        var integers: [Int64] = []
        var texts: [TextSlice] = []
        var times: [Int64] = []
        var bools: UInt8 = 0
        for value in field.missing {
            switch value {
            case .unknown: break
            case .bool(let flag): bools |= flag ? 2 : 1
            case .int(let number):
                integers.append(number)
                doubles.append(Double(number))
            case .double(let number):
                doubles.append(number)
                if let integer = Int64(exactly: number) { integers.append(integer) }
            case .timestamp(let time): times.append(time.nanoseconds)
            case .string(let text):
                let bytes = Array(text.utf8)
                texts.append(
                    TextSlice(
                        start: UnsafePointer(memory.copy(bytes)), count: Int32(bytes.count)))
            }
        }
        self.init(
            type: CellType(field.type), fromText: field.fromText || field.key != nil,
            epochUnit: field.type == .timestamp ? StreamPlan.unit(field.timeFormat) : 0,
            slot: Int32(slot),
            lowest: field.valid?.lowerBound ?? -.infinity,
            highest: field.valid?.upperBound ?? .infinity, hasRange: field.valid != nil,
            missingDoubles: UnsafePointer(memory.copy(doubles)),
            missingDoubleCount: Int32(doubles.count),
            missingIntegers: UnsafePointer(memory.copy(integers)),
            missingIntegerCount: Int32(integers.count),
            missingTexts: UnsafePointer(memory.copy(texts)), missingTextCount: Int32(texts.count),
            missingTimes: UnsafePointer(memory.copy(times)), missingTimeCount: Int32(times.count),
            missingBools: bools)
    }
}

extension FieldPlan.CellType {
    init(_ type: FieldType) {
        switch type {
        case .string: self = .string
        case .int: self = .int
        case .double: self = .double
        case .bool: self = .bool
        case .timestamp: self = .timestamp
        }
    }
}
