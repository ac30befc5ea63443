import Events
import Testing

/// Real streams that nobody here wrote.
@Suite(.enabled(if: SharedData.isWanted, "needs ../shared/data"))
struct StreamTests {
    private func river(valid: String) -> String {
        """
        version: 1
        streams:
          river:
            time: ts
            source: station
            fields: {station: string, value: {type: double, unit: m\(valid)}}
        rules:
          - rule: stage
            on: river
            by: station
            levels:
              watch: {when: value >= 1.0, clear: value < 0.8, severity: minor}
              emergency: {when: value >= 3.35, severity: extreme}
        """
    }

    @Test func spikeIsNotBelieved() throws {
        let rehearsal = try Rehearsal(river(valid: ", valid: [-5, 40]"))
        let clean = try rehearsal.run(
            file: SharedData.path("streams/river_adur_clean_15min.jsonl"), topic: "river")
        let spike = try rehearsal.run(
            file: SharedData.path("streams/river_adur_spike_15min.jsonl"), topic: "river")
        #expect(clean.log.map(\.brief) == spike.log.map(\.brief))
        #expect(clean.log.count { $0.to == "watch" } == 3)
        #expect(clean.log.count { $0.to == "inactive" } == 2)
        #expect(clean.log.allSatisfy { $0.to != "emergency" })
    }

    @Test func spikeReachesEmergencyWhereNothingSaysWhatIsValid() throws {
        let rehearsal = try Rehearsal(river(valid: ""))
        let spike = try rehearsal.run(
            file: SharedData.path("streams/river_adur_spike_15min.jsonl"), topic: "river")
        #expect(spike.log.contains { $0.to == "emergency" })
    }

    @Test func kumamotoShakesFiftySixStations() throws {
        let rehearsal = try Rehearsal(
            """
            version: 1
            streams:
              quake: {time: ts, fields: {station: string, metric: string, value: double}}
            rules:
              - rule: pga
                on: quake
                where: metric == 'pga'
                by: station
                when: value > 10.0
                severity: severe
            """)
        let result = try rehearsal.run(
            file: SharedData.path("streams/shakemap_20160416_m7_0_kumamoto.jsonl"),
            topic: "quake")
        #expect(result.log.count { $0.to == "active" } == 56)
        #expect(result.log.count { $0.to == "inactive" } == 0)
        #expect(Set(result.log.map { "\($0.key.map(\.value))" }).count == 56)
    }

    @Test func equalTimeStampsKeepTheirOrder() throws {
        // Each row of the file moves the rule between two levels by itself, whatever its value:
        // the log must hold the rows' values in the order of the file.
        let rehearsal = try Rehearsal(
            """
            version: 1
            streams:
              dart: {time: ts, fields: {station: string, value: double}}
            rules:
              - rule: sea
                on: dart
                by: station
                when: value > 0.01
                severity: minor
            """)
        let path = try SharedData.path("streams/tsunami_dart_chile2010.jsonl")
        let first = try rehearsal.run(file: path, topic: "dart")
        let second = try rehearsal.run(file: path, topic: "dart")
        #expect(first.log.map { "\($0)" } == second.log.map { "\($0)" })
        #expect(first.1.events == 1322)
        var last: [String: Timestamp] = [:]
        for transition in first.log {
            let key = "\(transition.key.map(\.value))"
            #expect(transition.time >= last[key] ?? .earliest)
            last[key] = transition.time
        }
    }
}
