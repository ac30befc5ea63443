import CEL
import CFloors
import Expressions
import RingBuffers

/// Records through the ring, filled and drained by turns on one thread.
enum RingBenchmark {
    static func run(count: Int) -> Measured {
        let capacity = 1 << 16
        let (floor, wanted) = Measured.best(of: count) {
            floor_ring(UInt64(count), UInt64(capacity))
        }
        let (ours, sum) = Measured.best(of: count) { pass(count, capacity) }
        return Measured(
            part: "ring", ours: ours, floor: floor, expected: 0.4, checksum: sum, wanted: wanted)
    }

    private static func pass(_ count: Int, _ capacity: Int) -> UInt64 {
        let ring = Ring(capacity: capacity)
        var producer = ring.producer
        var consumer = ring.consumer
        var written: UInt64 = 0
        var sum: UInt64 = 0
        while written < count {
            while written < count, let place = producer.reserve(64) {
                place.storeBytes(of: written, toByteOffset: 8, as: UInt64.self)
                producer.commit(64)
                written += 1
            }
            producer.publish()
            while true {
                let run = consumer.readable()
                guard run.count > 0, let start = run.baseAddress else { break }
                for offset in stride(from: 0, to: run.count, by: 64) {
                    sum &+= start.load(fromByteOffset: offset + 8, as: UInt64.self)
                }
                consumer.release(run.count)
            }
        }
        return sum
    }
}

/// Ten thresholds on one field, as conditions of rules.
enum ConditionBenchmark {
    static func run(count: Int) -> Measured {
        let values = Readings(count: min(count, 100_000)).values
        let repeats = count / values.count
        let (floor, held) = Measured.best(of: count * 10) {
            (0..<repeats).reduce(UInt64(0)) { sum, _ in
                sum &+ floor_compare(values, UInt64(values.count))
            }
        }
        var environment = Environment()
        environment.declare(field: "value", cell: 0, type: .double)
        let conditions = (0..<10).compactMap {
            check("value > \(60 + 5 * $0).0", in: environment).checked?.condition(mode: .rule)
        }
        let scratch = Scratch()
        let (ours, checksum) = Measured.best(of: count * 10) {
            var sum: UInt64 = 0
            for _ in 0..<repeats {
                for value in values {
                    withUnsafeBytes(of: value) { cell in
                        guard let base = cell.baseAddress else { return }
                        let row = Row(presence: 1, cells: base, base: base)
                        for index in conditions.indices
                        where conditions[index].truth(row, scratch) == .yes {
                            sum += 1
                        }
                    }
                }
            }
            return sum
        }
        return Measured(
            part: "condition", ours: ours, floor: floor, expected: 0.1, checksum: checksum,
            wanted: held)
    }
}

/// JSON lines into records; the floor finds one member of each line and reads it with strtod.
enum DecodeBenchmark {
    static func run(_ readings: Readings) throws -> Measured {
        let plan = try Readings.plan()
        let count = readings.starts.count
        let (floor, wanted) = Measured.best(of: count) {
            readings.bytes.withUnsafeBytes { bytes in
                floor_decode(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(bytes.count))
            }
        }
        let (ours, checksum) = Measured.best(of: count) {
            var line = RecordedLine(plan, evaluates: false)
            return line.run(readings.bytes).records
        }
        return Measured(
            part: "decode", ours: ours, floor: floor, expected: 1, checksum: checksum,
            wanted: wanted)
    }
}

/// Decode and ten rules for each reading, one thread; the floor is the decode of one member.
enum EngineBenchmark {
    static func run(_ readings: Readings) throws -> Measured {
        let plan = try Readings.plan()
        let count = readings.starts.count
        let (floor, wanted) = Measured.best(of: count) {
            readings.bytes.withUnsafeBytes { bytes in
                floor_decode(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(bytes.count))
            }
        }
        let (ours, checksum) = Measured.best(of: count) {
            var line = RecordedLine(plan, evaluates: true)
            return line.run(readings.bytes).events
        }
        return Measured(
            part: "decode+10 rules", ours: ours, floor: floor, expected: 0.4, checksum: checksum,
            wanted: wanted)
    }
}
