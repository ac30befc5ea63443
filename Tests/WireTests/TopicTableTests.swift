import Events
import Testing
import Wire

@Suite struct TopicTableTests {
    private func find(_ table: TopicTable, _ topic: String) -> Int? {
        var topic = topic
        return topic.withUTF8 { table.stream(for: UnsafeRawBufferPointer($0)) }
    }

    @Test func longestPrefixWinsAtABoundary() {
        let names = ["river", "river.stage", "rain/hourly", "a.b.c.d"]
        let table = TopicTable(streams: names.map { StreamSchema(name: $0, fields: []) })
        #expect(find(table, "river") == 0)
        #expect(find(table, "river.stage") == 1)
        #expect(find(table, "river.stage.KE-001") == 1)
        #expect(find(table, "river.stage/KE-001") == 1)
        #expect(find(table, "river.stages") == 0)
        #expect(find(table, "rivers") == nil)
        #expect(find(table, "rain") == nil)
        #expect(find(table, "rain/hourly.x") == 2)
        #expect(find(table, "a.b.c") == nil)
        #expect(find(table, "a.b.c.d") == 3)
        #expect(find(table, "") == nil)
        #expect(find(table, String(repeating: "river.", count: 1000)) == 0)
    }

    @Test func declaredTopicIsNotTheName() {
        let table = TopicTable(streams: [
            StreamSchema(name: "x", topic: "eq", fields: []),
            StreamSchema(name: "eq", topic: "y", fields: []),
            StreamSchema(name: "z", topic: "eq", fields: []),
        ])
        #expect(find(table, "eq") == 0)
        #expect(find(table, "y.eq") == 1)
        #expect(find(table, "x") == nil)
        #expect(find(TopicTable(streams: []), "x") == nil)
    }

    @Test func manyTopicsAgainstASearch() {
        var generator = SeededGenerator(seed: 9)
        func word() -> String {
            (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                String("abc./".randomElement(using: &generator)!)
            }.joined()
        }
        let topics = (0..<60).map { _ in word() }
        let table = TopicTable(streams: topics.map { StreamSchema(name: $0, fields: []) })
        for _ in 0..<5000 {
            let topic = word() + word()
            let fits = topics.filter {
                topic == $0 || topic.hasPrefix($0 + ".") || topic.hasPrefix($0 + "/")
            }
            let longest = fits.max { $0.count < $1.count }
            #expect(find(table, topic) == longest.flatMap { topics.firstIndex(of: $0) }, "\(topic)")
        }
    }

    /// A stream that no topic leads to still keeps a shorter one from being found in its place.
    @Test func reservedStreamsAreReachedByNoTopic() {
        let streams = ["gauges", "gauges.gap", "gauges.gap.deep"].map {
            StreamSchema(name: $0, fields: [])
        }
        let table = TopicTable(streams: streams, reserved: [1])
        func found(_ topic: String) -> Int? {
            Array(topic.utf8).withUnsafeBytes { table.stream(for: $0) }
        }
        #expect(found("gauges") == 0)
        #expect(found("gauges.gap") == nil)
        #expect(found("gauges.gap.x") == nil)
        #expect(found("gauges.gaps") == 0)
        #expect(found("gauges.gap.deep") == 2)
        // Documents that name their topic themselves are led no other way.
        let harness = DecodeHarness(streams, topicMember: "to", reserved: [1])
        #expect(harness.decode(#"{"to":"gauges.gap"}"#, choice: .topicMember).reasons == [.topic])
        #expect(harness.decode(#"{"to":"gauges"}"#, choice: .topicMember).accepted == 1)
    }
}
