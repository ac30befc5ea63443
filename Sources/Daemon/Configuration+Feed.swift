package import Events
package import Transport
package import Wire

extension Configuration {
    /// A socket that events come from.
    package struct Feed: Hashable, Sendable {
        /// Unique in the configuration; the source of events that name none.
        package var name: String
        /// Where, and which side waits.
        package var endpoint: Attachment
        /// What kind of socket it is.
        package var pattern: Pattern
        /// Topic prefixes that a `sub` socket asks for; none asks for all. Other sockets get what
        /// they are sent.
        package var topics: [String]
        /// The frames of its messages.
        package var framing: Framing
        /// How its payloads are written.
        package var format: PayloadFormat
        /// How its payloads are packed.
        package var compression: Compression
        /// Which stream a payload belongs to.
        package var stream: StreamSelector
        /// What an overload does to it.
        package var carries: Cargo
        /// Who counts the messages, where their frames say a sequence.
        package var sequence: SequenceScope
        /// Whether its events speak of the world, of an exercise or of a test.
        package var status: Status
        /// What is refused before it is decoded.
        package var limits: FeedLimits

        /// The stream that tells of messages missing in it.
        package var gapStream: String { "\(name).gap" }

        /// Where a socket waits, or whom it calls.
        package enum Attachment: Hashable, Sendable {
            case bind(Endpoint)
            case connect(Endpoint)
        }

        /// The kinds of sockets that feed.
        package enum Pattern: String, CaseIterable, Sendable {
            /// Hears a PUB.
            case sub
            /// Takes from a PUSH.
            case pull
            /// Answers a REQ or DEALER when what it sent is durable.
            case router
        }

        /// How a payload is packed.
        package enum Compression: String, CaseIterable, Sendable {
            case none
            /// RFC 1950.
            case zlib
        }

        /// Which stream a payload belongs to.
        package enum StreamSelector: Hashable, Sendable {
            /// The one that its topic selects.
            case topic
            /// This one, always.
            case named(String)
            /// The one whose topic stands in this top-level member of each document.
            case member(String)

            /// Whether each document names its own.
            var isMember: Bool {
                switch self {
                case .member: true
                case .topic, .named: false
                }
            }
        }

        /// What a feed brings when there is more than can be taken.
        package enum Cargo: String, CaseIterable, Sendable {
            /// The oldest of the noisiest source are shed.
            case readings
            /// Nothing is shed: the socket is left unread, which pushes back.
            case reports
        }

        /// Whose sequence the sequence frames of a feed count.
        package enum SequenceScope: String, CaseIterable, Sendable {
            /// Each source's own.
            case source
            /// One for all that the feed brings.
            case feed
        }

        /// A feed.
        package init(
            name: String, endpoint: Attachment, pattern: Pattern = .sub, topics: [String] = [],
            framing: Framing = .topicPayload, format: PayloadFormat = .json,
            compression: Compression = .none, stream: StreamSelector = .topic,
            carries: Cargo? = nil, sequence: SequenceScope = .source, status: Status = .actual,
            limits: FeedLimits = FeedLimits()
        ) {
            self.name = name
            self.endpoint = endpoint
            self.pattern = pattern
            self.topics = topics
            self.framing = framing
            self.format = format
            self.compression = compression
            self.stream = stream
            self.carries = carries ?? (pattern == .router ? .reports : .readings)
            self.sequence = sequence
            self.status = status
            self.limits = limits
        }
    }

    /// What a feed may bring; beyond it, a dead letter with the limit's name.
    package struct FeedLimits: Hashable, Sendable {
        /// Bytes of a frame, and of what it is unpacked to.
        package var frameBytes: Int
        /// Nesting of a document.
        package var depth: Int
        /// Bytes of a text.
        package var textBytes: Int
        /// Readings in a frame.
        package var readings: Int
        /// Bytes of readings that wait while the line is full, before the oldest are shed.
        package var backlogBytes: Int

        /// Limits, by default those of the core.
        package init(
            frameBytes: Int = Limits.frameBytes, depth: Int = Limits.depth,
            textBytes: Int = Limits.textBytes, readings: Int = Limits.readingsPerFrame,
            backlogBytes: Int = Limits.backlogBytes
        ) {
            self.frameBytes = frameBytes
            self.depth = depth
            self.textBytes = textBytes
            self.readings = readings
            self.backlogBytes = backlogBytes
        }
    }
}
