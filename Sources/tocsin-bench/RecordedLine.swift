import Daemon
import Engine
import Evaluation
import Events
import RingBuffers
import Wire

/// Decoder, ring and engine on one thread, as the daemon wires them over three.
struct RecordedLine: ~Copyable {
    private var decoder: Decoder
    private var producer: RingProducer
    private var consumer: RingConsumer
    private var engine: Engine
    private let evaluates: Bool
    private var letters = DeadLetterBatch(capacity: 4)

    /// The line of a plan; without `evaluates` its records are only counted.
    init(_ plan: Plan, evaluates: Bool) {
        var limits = DecodeLimits()
        limits.readings = .max
        decoder = Decoder(
            streams: plan.streams, generation: plan.generation, feed: 0, status: .actual,
            limits: limits)
        let ring = Ring(capacity: 2 << 20)
        producer = ring.producer
        consumer = ring.consumer
        var options = Engine.Options()
        options.logs = false
        options.escalates = false
        engine = Engine(plan: plan, clock: .event, options: options, digest: Digest.sha256)
        self.evaluates = evaluates
    }

    /// Runs lines through; records decoded, and events evaluated so far.
    mutating func run(_ lines: [UInt8]) -> (records: UInt64, events: UInt64) {
        var cursor = DecodeCursor()
        lines.withUnsafeBytes { bytes in
            while true {
                let outcome = decoder.decode(
                    bytes, layout: .lines, stream: .stream(0), at: &cursor, into: &producer,
                    deadLetters: &letters)
                drain()
                if outcome == .done { break }
            }
        }
        return (UInt64(cursor.accepted), engine.evaluation.events)
    }

    private mutating func drain() {
        while true {
            let run = consumer.readable()
            guard run.count > 0 else { return }
            if evaluates { engine.process(run) }
            consumer.release(run.count)
        }
    }
}
