package import Evaluation
import Events
import Rules
import Transport

extension Configuration {
    /// Where the file says what may turn out wrong later, each as `FILE:LINE:COLUMN`; empty for a
    /// configuration that was made in code.
    package struct Places: Sendable {
        /// `rules`.
        package var rules: String?
        /// `state`.
        package var state: String?
        /// Endpoints, as they describe themselves.
        var endpoints: [String: String] = [:]
        /// The `stream` of feeds, by their name.
        var streams: [String: String] = [:]

        /// None.
        package init() {}

        /// A sentence about what stands at a place, which begins with it.
        package static func at(_ place: String?, _ sentence: String) -> String {
            place.map { "\($0): \(sentence)" } ?? sentence
        }
    }

    /// What does not fit between the feeds and the rules: one sentence each.
    package func complaints(about plan: Plan) -> [String] {
        let names = plan.streams.map(\.name)
        return feeds.compactMap { feed in
            guard case .named(let name) = feed.stream, !names.contains(name) else { return nil }
            let meant = Spelling.closest(to: name, among: names).map { ": did you mean `\($0)`?" }
            return Places.at(
                places.streams[feed.name],
                "the feed `\(feed.name)` is for the stream `\(name)`, which no rule file declares"
                    + (meant ?? "."))
        }
    }
}

extension StartGate {
    /// A stage cannot open its sockets: says so, beginning with where the configuration names the
    /// endpoint.
    func failed(_ what: String, _ error: TransportError) {
        let place = error.endpoint.flatMap { places[$0.description] }
        failed(StartFailure(Configuration.Places.at(place, "\(what) cannot open: \(error).")))
    }
}
