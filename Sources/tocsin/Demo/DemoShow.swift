import Client
import Crypto
import Daemon
import Foundation
import Transport

/// The show: starts daemon, follower and feeds, prints what is said and seen, and takes everything
/// down again.
///
///     FeedThread ─PUSH─► TocsinDaemon ─PUB─► Follower ─► this
///       (3 of them)        judges, journals
final class DemoShow {
    private let seconds: Double
    private let stop: StopSignals
    private let terminal: Terminal
    private let text: StoryText
    private var tally = Tally()
    private var lastScene = -1
    private var lastPicture = -1

    /// A show of so many seconds.
    init(seconds: Double, stop: StopSignals) {
        self.seconds = seconds
        self.stop = stop
        terminal = Terminal(descriptor: STDOUT_FILENO)
        text = StoryText(EscalationText(terminal: terminal, languages: []))
    }

    /// Plays until the end or until it is asked to stop; nothing is left behind, however it ends.
    func play() throws {
        try print(DemoWords.opening(seconds: seconds, terminal))
        let feeds = (River(), Air(), Reports())
        let demo = try DemoDaemon(feeds: [feeds.0.name, feeds.1.name, feeds.2.name])
        defer { demo.close() }
        let daemon = demo.daemon
        let bound = daemon.boundEndpoints
        let clock = StoryClock(
            feeds: 3, length: .seconds(seconds), stop: stop,
            judged: { daemon.eventsEvaluated })
        let recovery = try Endpoint(bound.recovery)
        var follower = try follow(try Endpoint(bound.escalations), recovery)
        let places = try bound.feeds.map { try Endpoint($0) }
        let threads = [
            FeedThread(feeds.0, number: 0, to: places[0], clock: clock, stop: stop),
            FeedThread(feeds.1, number: 1, to: places[1], clock: clock, stop: stop),
            FeedThread(feeds.2, number: 2, to: places[2], clock: clock, stop: stop),
        ]
        defer {
            stop.stop()
            for thread in threads { _ = thread.join() }
        }
        clock.start()
        try watch(&follower, recovery, daemon, clock)
        if stop.isStopped, let failure = threads.compactMap({ $0.join() }).first {
            throw Arguments.failure(failure)
        }
        try print(
            DemoSummary(step: clock.step, status: Self.status(daemon), tally: tally)
                .lines(terminal))
    }

    private func follow(_ escalations: Endpoint, _ recovery: Endpoint) throws -> Follower {
        var settings = FollowerSettings()
        settings.since = 1
        return try Follower(
            context: try ZeroMQContext(), from: escalations, recovery: recovery,
            settings: settings, stop: stop.bell, digest: { Array(SHA256.hash(data: $0)) })
    }

    /// Prints what comes until the story is told and the last word of it is here.
    private func watch(
        _ follower: inout Follower, _ recovery: Endpoint, _ daemon: TocsinDaemon,
        _ clock: StoryClock
    ) throws {
        let patience = Duration.seconds(2)
        var end: Stopwatch?
        while !stop.isStopped {
            try tellScenes(until: clock.step)
            try take(follower.nextEvents(timeoutMilliseconds: 20), recovery)
            try tellPicture(at: clock.step, daemon)
            guard clock.step == Story.lastStep, clock.isSettled else { continue }
            let ended = end ?? Stopwatch()
            end = ended
            let head = Self.status(daemon)["journal"]["head"].count ?? 0
            if tally.lastSeq >= head && ended.elapsed > .milliseconds(200) { return }
            if ended.elapsed > patience { return }
        }
    }

    private func take(_ events: [FollowerEvent], _ recovery: Endpoint) throws {
        for event in events {
            guard case .escalation(let escalation, _) = event else {
                tell(event, recovery)
                continue
            }
            guard let value = JSONValue(escalation.body) else { continue }
            if let step = Story.step(of: value["event_time"].text) { try tellScenes(until: step) }
            try print(text.lines(value, since: tally.latest(before: value)))
            tally.note(value, seq: escalation.seq)
        }
    }

    /// Tells what should not happen in a show, such as a daemon that does not answer.
    private func tell(_ event: FollowerEvent, _ recovery: Endpoint) {
        if case .joined = event { return }
        guard let sentence = FollowerNotice.sentence(event, recovery: recovery) else { return }
        Output.notice(sentence)
    }

    private func tellScenes(until step: Int) throws {
        for scene in Story.scenes {
            let its = Story.step(of: scene.hour)
            guard its > lastScene, its <= step else { continue }
            try print([text.scene(scene.sentence, at: its)])
        }
        lastScene = max(lastScene, step)
    }

    private func tellPicture(at step: Int, _ daemon: TocsinDaemon) throws {
        guard step >= 0, lastPicture < 0 || step - lastPicture >= pictureSteps else { return }
        lastPicture = step - step % pictureSteps
        let picture = StoryPicture(step: step, status: Self.status(daemon), tally: tally)
        try print([picture.line(terminal)])
    }

    /// Steps between two pictures: full hours of the story, at least 1.5 s of the show if three
    /// hours are that long.
    private var pictureSteps: Int {
        let secondsPerHour = seconds / Double(Story.hours)
        let hours = [1, 2].first { Double($0) * secondsPerHour >= 1.5 } ?? 3
        return hours * Story.stepsPerHour
    }

    private static func status(_ daemon: TocsinDaemon) -> JSONValue {
        JSONValue(daemon.statusReport()) ?? .null
    }

    private func print(_ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        try Output.line(lines.joined(separator: "\n"))
    }
}
