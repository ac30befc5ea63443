import Synchronization
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2))) struct DoorbellTests {
    @Test func neverPreparedItIsAStopSignal() throws {
        let bell = try Doorbell()
        bell.ring()
        bell.ring()
        #expect(bell.wait(timeoutMilliseconds: 0) == .rung)
        // Awake: nothing is written.
        bell.ring()
        #expect(bell.wait(timeoutMilliseconds: 0) == .timedOut)
        bell.prepareToSleep()
        bell.ring()
        #expect(bell.wait(timeoutMilliseconds: 0) == .rung)
        bell.prepareToSleep()
        bell.cancelSleep()
        bell.ring()
        #expect(bell.wait(timeoutMilliseconds: 0) == .timedOut)
    }

    /// Two threads hand a number to and fro; each sleeps until its bell rings. A single lost ring
    /// shows as a timeout.
    @Test func noRingIsLostInAHundredThousandHandoffs() throws {
        let handoffs = 100_000
        let table = try Table()
        let join = Bench.thread {
            for turn in stride(from: 1, through: handoffs, by: 2) {
                guard table.awaitTurn(turn, bell: table.pong) else { return }
                table.turn.store(turn + 1, ordering: .releasing)
                table.ping.ring()
            }
        }
        for turn in stride(from: 0, to: handoffs, by: 2) {
            guard table.awaitTurn(turn, bell: table.ping) else { break }
            table.turn.store(turn + 1, ordering: .releasing)
            table.pong.ring()
        }
        #expect(table.awaitTurn(handoffs, bell: table.ping))
        #expect(join())
        #expect(table.lost.load(ordering: .relaxed) == 0)
    }

    /// The tight race: the producer publishes at the very moment its consumer lies down, and rings
    /// once. Without the fences of the protocol some of these rings are lost.
    @Test func itemPublishedWhileFallingAsleepIsSeen() throws {
        let handoffs = 100_000
        let table = try Table()
        let join = Bench.thread {
            for turn in 1...handoffs {
                // Spinning, so that the store follows the acknowledgement by nanoseconds; the
                // growing pause sweeps over the steps of the sleeper.
                while table.taken.load(ordering: .acquiring) < turn - 1 {
                    if table.stopped.load(ordering: .relaxed) { return }
                }
                for _ in 0..<(turn % 64) { table.noise.store(turn, ordering: .relaxed) }
                table.turn.store(turn, ordering: .releasing)
                table.ping.ring()
            }
        }
        for turn in 1...handoffs {
            guard table.awaitTurn(turn, bell: table.ping), table.lost.load(ordering: .relaxed) == 0
            else { break }
            table.taken.store(turn, ordering: .releasing)
        }
        table.stopped.store(true, ordering: .relaxed)
        #expect(join())
        #expect(table.lost.load(ordering: .relaxed) == 0)
        #expect(table.turn.load(ordering: .relaxed) == handoffs)
    }

    /// Many producers, one consumer, at full speed: the races of waking and falling asleep.
    @Test func burstsOfManyProducersAreAllSeen() throws {
        let table = try Table()
        let joins = (0..<3).map { _ in
            Bench.thread {
                for _ in 0..<50_000 {
                    table.turn.wrappingAdd(1, ordering: .releasing)
                    table.ping.ring()
                }
            }
        }
        #expect(table.awaitTurn(150_000, bell: table.ping))
        for join in joins { #expect(join()) }
        #expect(table.lost.load(ordering: .relaxed) == 0)
    }

    private final class Table: Sendable {
        let turn = Atomic<Int>(0)
        let lost = Atomic<Int>(0)
        let taken = Atomic<Int>(0)
        let noise = Atomic<Int>(0)
        let stopped = Atomic<Bool>(false)
        let ping: Doorbell
        let pong: Doorbell

        init() throws {
            ping = try Doorbell()
            pong = try Doorbell()
        }

        func awaitTurn(_ wanted: Int, bell: Doorbell) -> Bool {
            while turn.load(ordering: .acquiring) < wanted {
                bell.prepareToSleep()
                let seen = turn.load(ordering: .acquiring)
                if seen >= wanted {
                    bell.cancelSleep()
                    return true
                }
                guard bell.wait(timeoutMilliseconds: 5000) == .timedOut else { continue }
                if turn.load(ordering: .acquiring) != seen {
                    lost.wrappingAdd(1, ordering: .relaxed)
                } else {
                    return false
                }
            }
            return true
        }
    }
}
