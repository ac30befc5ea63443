import Events
import Testing

@testable import Journal

@Suite struct CoalescedBatchTests {
    @Test func eachRowIsWrittenOnce() {
        let batch = CoalescedBatch([
            .state(rule: "a", key: key("x"), bytes: [1]),
            .state(rule: "b", key: key("x"), bytes: [2]),
            .state(rule: "a", key: key("x"), bytes: [3]),
            .incident(subject: identity(1), incident: identity(1), state: []),
            .incidentClosed(subject: identity(1)),
        ])
        #expect(batch.states.entries.map(\.key.rule) == ["a", "b"])
        #expect(batch.states.entries.map(\.value) == [[3], [2]])
        #expect(batch.incidents.entries.count == 1)
    }

    @Test func escalationsKeepTheirOrderAndNumber() {
        let batch = CoalescedBatch([3, 1, 3].map { .escalation(draft($0)) })
        #expect(batch.escalations.map(\.id) == [3, 1, 3].map { identity($0) })
    }

    @Test func forgettingWipesWhatCameBefore() {
        let batch = CoalescedBatch([
            .state(rule: "a", key: key("x"), bytes: [1]),
            .keyHeard(knownKey("a", key("x"))),
            .keyHeard(knownKey("b", key("x"))),
            .ruleForgotten(rule: "a"),
            .ruleForgotten(rule: "a"),
            .keyHeard(knownKey("a", key("y"))),
        ])
        #expect(batch.forgottenRules.entries.map(\.key) == ["a"])
        #expect(batch.states.entries.isEmpty)
        #expect(batch.knownKeys.entries.map(\.key.key) == [key("x"), key("y")])
    }
}
