import Evaluation
import Rules

/// The rules of the demo as an author would write them; `tocsin demo --show-rules` prints them.
enum DemoRules {
    /// The plan of the rules; a problem in them ends the command with everything that is wrong.
    ///
    /// - Parameter digest: SHA-256.
    static func plan(digest: ([UInt8]) -> [UInt8]) throws -> Plan {
        let file = SourceFile(path: "demo.yaml", bytes: Array(yaml.utf8))
        switch RuleSet.compile([file], generation: 1, digest: digest) {
        case .compiled(let plan, let warnings):
            try DiagnosticPrinter(toError: true).print(warnings)
            return plan
        case .refused(let diagnostics):
            try DiagnosticPrinter(toError: true).print(diagnostics)
            throw CommandFailure(.failed, "the rules of the demo have errors")
        }
    }

    /// The rule file.
    static let yaml = """
        # The rules of `tocsin demo`. Save them, change a threshold, and look what it does:
        #   tocsin demo --show-rules > demo.yaml && tocsin check demo.yaml
        version: 1

        streams:
          river.stage:                      # the ZeroMQ topic
            time: time
            source: gauge
            expect: 10m                     # a reading every ten minutes
            fields:
              gauge: string
              stage: {type: double, unit: m, valid: [-2, 15], missing: [-9999]}

          air.pm25:
            time: time
            source: monitor
            expect: 10m
            fields:
              monitor: string
              pm25: {type: double, unit: ug/m3, valid: [0, 1000]}

          conflict.report:                  # people report when there is something to report
            time: time
            source: reporter
            fields:
              reporter: string
              district: string
              place: string
              kind: string
              deaths: int
              confirmed: bool

        rules:
          - rule: river-flood
            title: Flood
            hazard: flood
            on: river.stage
            by: [gauge]
            let:
              flood: >-                     # the stage in metres at which each place floods
                gauge == '1 Highfield' ? 2.0 : gauge == '2 Stonegate' ? 3.0 :
                gauge == '3 Millford' ? 4.0 : gauge == '4 Fairtown' ? 4.5 :
                gauge == '5 Oldport' ? 5.0 : gauge == '6 Seagate' ? 3.5 : 2.5
            levels:                         # one incident a gauge, whose level moves
              watch:     {when: stage >= flood - 0.5, clear: stage < flood - 0.7, severity: minor}
              warning:   {when: stage >= flood,       clear: stage < flood - 0.2, severity: severe}
              emergency: {when: stage >= flood + 1.0, clear: stage < flood + 0.8, severity: extreme}
            clear_for: 30m                  # must stay low before a level is left
            no_data: {after: 45m, do: alert, severity: moderate}    # silence is told
            lifetime: 48h
            area: {code: "'KASU-RIVER'"}
            message:
              en:
                headline: "Stage ${fixed(stage, 2)} m; it floods here at ${fixed(flood, 1)} m"
                instruction: Keep away from the river and be ready to move to high ground.

          - rule: smoke
            title: Smoke
            hazard: air-quality
            on: air.pm25
            by: [monitor]
            levels:                         # US EPA 2024: unhealthy 55.5, hazardous 225.5
              unhealthy: {when: pm25 >= 55.5,  clear: pm25 < 45.0,  severity: moderate, for: 1h}
              hazardous: {when: pm25 >= 225.5, clear: pm25 < 180.0, severity: severe, for: 1h}
            clear_for: 2h
            no_data: {after: 2h, do: hold}
            lifetime: 48h
            message:
              en:
                headline: "An hour of smoke, PM2.5 now ${fixed(pm25, 0)} µg/m³: stay indoors"

          - rule: attacks
            title: Attack
            hazard: conflict
            on: conflict.report
            where: confirmed                # a rumour is not judged
            by: [district]
            levels:
              attack:
                {when: kind == 'attack', clear: kind == 'calm', severity: moderate}
              deadly:
                {when: kind == 'attack' && deaths >= 1, clear: kind == 'calm', severity: severe}
              massacre:
                {when: kind == 'attack' && deaths >= 10, clear: kind == 'calm', severity: extreme}
            lifetime: 72h
            area: {code: district}
            message:
              en: {headline: "Attack at ${place}, ${deaths} dead: keep away from ${district}"}
              fr: {headline: "Attaque à ${place}, ${deaths} morts : évitez ${district}"}
        """
}
