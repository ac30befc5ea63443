import Events
import Expressions

extension Evaluator {
    /// Judges a batch of records, whole and stamped by the sequencer, one after another.
    ///
    /// - Complexity: O(1) look-ups per event and partition key, then the rules that select it. No
    ///   allocation for keys already known, beside what a detection needs.
    public mutating func process(_ batch: UnsafeMutableRawBufferPointer) {
        guard var place = batch.baseAddress else { return }
        let end = place + batch.count
        while place < end {
            let record = EventRecord(base: place)
            if record.kind == EventKind.reading.rawValue { judge(record) }
            place += record.length
        }
    }

    /// How an event fared among the rules that select it.
    private struct Fate {
        var judged = false
        var keyMissing = false
        var keysFull = false
    }

    @inline(__always)
    private mutating func judge(_ record: EventRecord) {
        counters.events &+= 1
        let stream = streams + record.stream
        noteSource(stream, record)
        let row = Row(presence: record.presence, cells: record.cells, base: record.base)
        let before = detections.count
        var fate = Fate()
        for index in 0..<stream.pointee.dispatch.unconditional.count {
            select(stream.pointee.dispatch.unconditional[index], record, row, &fate)
        }
        for index in 0..<stream.pointee.dispatch.tableCount {
            dispatch(stream.pointee.dispatch.tables + index, record, row, &fate)
        }
        if detections.count - before > 1 { sortDetections(from: before) }
        guard fate.judged else { return refuse(record, fate) }
        if fate.keyMissing || fate.keysFull { counters.partlyJudged &+= 1 }
    }

    private mutating func refuse(_ record: EventRecord, _ fate: Fate) {
        guard fate.keyMissing || fate.keysFull else { return }
        counters.refused.note(
            fate.keyMissing ? .key : .maxKeys, record, plan.streams[record.stream])
    }

    @inline(__always)
    private mutating func noteSource(
        _ stream: UnsafeMutablePointer<StreamState>, _ record: EventRecord
    ) {
        let cell = stream.pointee.sourceCell
        let time = record.eventTime
        let arrival = record.arrival
        // A stamp more than 2 s ahead of now does not move the watermark.
        let advances = time <= arrival &+ 2_000_000_000
        let late: Bool
        if cell >= 0, record.isPresent(cell), !stream.pointee.sourceIsText {
            keyBuffer.storeBytes(of: SourceTable.numberMark, as: UInt8.self)
            keyBuffer.storeBytes(of: record.cell(cell), toByteOffset: 1, as: UInt64.self)
            late = stream.pointee.sources.note(
                UnsafeRawBufferPointer(start: keyBuffer, count: 9), time: time,
                arrival: arrival, advances: advances)
        } else if cell >= 0, record.isPresent(cell) {
            late = stream.pointee.sources.note(
                record.text(cell), time: time, arrival: arrival, advances: advances)
        } else {
            // Without a source of its own an event is its feed's.
            keyBuffer.storeBytes(of: SourceTable.feedMark, as: UInt8.self)
            keyBuffer.storeBytes(
                of: UInt8(truncatingIfNeeded: record.feed), toByteOffset: 1, as: UInt8.self)
            keyBuffer.storeBytes(
                of: UInt8(truncatingIfNeeded: record.feed >> 8), toByteOffset: 2, as: UInt8.self)
            late = stream.pointee.sources.note(
                UnsafeRawBufferPointer(start: keyBuffer, count: 3), time: time,
                arrival: arrival, advances: advances)
        }
        isLate = late
        if late { counters.late &+= 1 }
    }

    @inline(__always)
    private mutating func dispatch(
        _ table: UnsafeMutablePointer<DispatchTable>, _ record: EventRecord, _ row: Row,
        _ fate: inout Fate
    ) {
        guard record.isPresent(table.pointee.cell) else {
            for index in 0..<table.pointee.selections.count {
                selectUnknown(table.pointee.selections[index], record, row, &fate)
            }
            return
        }
        for index in table.pointee.find(record) {
            select(table.pointee.selections[index], record, row, &fate)
        }
    }

    /// A row that fulfils the selection's equality, or any row where there is none.
    @inline(__always)
    private mutating func select(
        _ index: Int, _ record: EventRecord, _ row: Row, _ fate: inout Fate
    ) {
        let selection = selections + index
        var isUnknown = false
        if selection.pointee.hasResidual {
            switch selection.pointee.residual.truth(row, scratch) {
            case .no: return
            case .yes: break
            case .unknown: isUnknown = true
            }
        }
        take(index, record, row, isUnknown: isUnknown, &fate)
    }

    /// A row whose selecting field is UNKNOWN: `where` may still be FALSE.
    private mutating func selectUnknown(
        _ index: Int, _ record: EventRecord, _ row: Row, _ fate: inout Fate
    ) {
        switch selections[index].whole?.truth(row, scratch) ?? .unknown {
        case .no: return
        case .yes, .unknown: take(index, record, row, isUnknown: true, &fate)
        }
    }

    @inline(__always)
    private mutating func take(
        _ index: Int, _ record: EventRecord, _ row: Row, isUnknown: Bool, _ fate: inout Fate
    ) {
        if isUnknown { counters.whereUnknown &+= 1 }
        let selection = selections + index
        guard let key = encodeKey(selection.pointee.stage, record) else {
            fate.keyMissing = true
            return
        }
        let hash = KeyTable.hash(key)
        let stage = stages + selection.pointee.stage
        let known = stage.pointee.keys.find(key, hash: hash)
        var block = 0
        if let known, known < selection.pointee.blockOf.count {
            block = Int(selection.pointee.blockOf[known])
        }
        if block == 0 {
            if isUnknown && !selection.pointee.hasNoData {
                fate.judged = true
                return
            }
            guard
                let added = addKey(
                    index, key, hash: hash, known: known, eventNo: record.eventNo)
            else {
                fate.keysFull = true
                return
            }
            block = added + 1
        }
        fate.judged = true
        judge(index, block: block - 1, record, row, isUnknown: isUnknown)
    }

    private mutating func addKey(
        _ index: Int, _ key: UnsafeRawBufferPointer, hash: UInt64, known: Int?, eventNo: UInt64
    ) -> Int? {
        let selection = selections + index
        guard selection.pointee.slab.count < plan.selections[index].maximumKeys else {
            return nil
        }
        let stage = stages + selection.pointee.stage
        let keyIndex = known ?? stage.pointee.keys.insert(key, hash: hash)
        let block = selection.pointee.addBlock(key: keyIndex)
        if tellsState && selection.pointee.hasNoData {
            for position in 0..<selection.pointee.ruleCount
            where selection.pointee.rules[position].noDataAfter > 0 {
                let rule = plan.rules[selection.pointee.rules[position].rule].description
                let known = KnownKey(
                    rule: rule.name, partition: rule.partition, key: Key(bytes: Array(key)))
                changes.append((eventNo, .heard(known)))
            }
        }
        return block
    }

    /// The key of a record for a stage in the encoding of `Key`; nil when a part is missing or the
    /// values are longer than `Limits.keyBytes` together.
    @inline(__always)
    private func encodeKey(_ index: Int, _ record: EventRecord) -> UnsafeRawBufferPointer? {
        keyBuffer.storeBytes(of: record.status, as: UInt8.self)
        var count = 1
        var valueBytes = 0
        let stage = stages + index
        for index in 0..<stage.pointee.by.count {
            let part = stage.pointee.by[index]
            guard record.isPresent(part.cell) else { return nil }
            keyBuffer.storeBytes(of: part.tag, toByteOffset: count, as: UInt8.self)
            if part.tag == Key.Tag.text {
                let text = record.text(part.cell)
                valueBytes += text.count
                guard valueBytes <= Limits.keyBytes else { return nil }
                keyBuffer.storeBytes(
                    of: UInt8(truncatingIfNeeded: text.count), toByteOffset: count + 1,
                    as: UInt8.self)
                if let start = text.baseAddress, text.count > 0 {
                    (keyBuffer + (count + 2)).copyMemory(from: start, byteCount: text.count)
                }
                count += 2 + text.count
            } else if part.tag == Key.Tag.bool {
                keyBuffer.storeBytes(
                    of: UInt8(truncatingIfNeeded: record.cell(part.cell)),
                    toByteOffset: count + 1, as: UInt8.self)
                valueBytes += 1
                count += 2
            } else {
                keyBuffer.storeBytes(
                    of: record.cell(part.cell).bigEndian, toByteOffset: count + 1, as: UInt64.self)
                valueBytes += 8
                count += 9
            }
            guard valueBytes <= Limits.keyBytes else { return nil }
        }
        return UnsafeRawBufferPointer(start: keyBuffer, count: count)
    }

    /// Puts what one event or tick caused into order: by rule, or by time first for a tick.
    mutating func sortDetections(from start: Int, byTime: Bool = false) {
        let sorted = detections[start...].enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            if byTime, a.time != b.time { return a.time < b.time }
            if a.rule != b.rule { return a.rule < b.rule }
            if a.key != b.key { return Key.precedes(a.key, b.key) }
            return left.offset < right.offset
        }
        detections.replaceSubrange(start..., with: sorted.map(\.element))
    }
}
