import Client
import Testing

@testable import tocsin

private let alert = """
    {"area":{"code":"KE030","name":"Nakuru"},"channel":"main","event_time":"2026-01-01T00:10:00.25Z",\
    "expires":"2026-01-01T06:10:00Z","flags":[],"key":{"station":"KE-001"},"kind":"alert",\
    "level":"warning","message":{"en":{"headline":"Stage is 5.21 m"},"sw":{"headline":"Maji 5.21 m"}},\
    "previous_level":null,"rule":{"name":"river-stage"},"seq":17,"severity":"severe",\
    "status":"actual","title":"River above flood stage"}
    """

@Suite("Escalations as people read them")
struct EscalationTextTests {
    private func text(_ body: String, colour: Bool = false, _ languages: String...) -> String {
        EscalationText(terminal: Terminal(hasColour: colour), languages: languages)
            .lines(Array(body.utf8))
    }

    @Test("an alert")
    func first() {
        #expect(
            text(alert) == """
                2026-01-01 00:10:00Z  ▲▲   SEVERE    ALERT warning  River above flood stage · station KE-001
                                                     Stage is 5.21 m · area KE030 Nakuru · until 06:10:00Z
                """)
    }

    @Test("a level that moves, data that stop, the all-clear, an exercise")
    func kinds() {
        let update = alert.replacing(#""kind":"alert""#, with: #""kind":"update""#)
            .replacing(#""previous_level":null"#, with: #""previous_level":"watch""#)
        #expect(text(update).contains("SEVERE    UPDATE watch → warning  River"))
        let noData = alert.replacing(#""kind":"alert""#, with: #""kind":"update""#)
            .replacing(#""flags":[]"#, with: #""flags":["no-data"]"#)
        #expect(text(noData).contains("UPDATE no data  River"))
        let clear = alert.replacing(#""kind":"alert""#, with: #""kind":"clear""#)
            .replacing(#""level":"warning""#, with: #""level":null"#)
        #expect(text(clear).contains("✓              ALL CLEAR  River"))
        #expect(!text(clear).contains("until"))
        let refresh = alert.replacing(#""kind":"alert""#, with: #""kind":"refresh""#)
        #expect(text(refresh).contains("STILL warning"))
        let cancel = alert.replacing(#""kind":"alert""#, with: #""kind":"cancel""#)
            .replacing(#""flags":[]"#, with: #""flags":["rule-withdrawn"]"#)
        #expect(text(cancel).contains("CANCELLED  River"))
        #expect(text(cancel).contains("(rule withdrawn)"))
        let exercise = alert.replacing("actual", with: "exercise")
        #expect(text(exercise).contains("[EXERCISE] River"))
        #expect(text(alert.replacing("\"alert\"", with: "\"step\"")).contains("STEP  River"))
    }

    @Test("the headline is in the reader's language, else in English, else in any")
    func languages() {
        #expect(text(alert, "sw-KE", "sw_KE", "sw").contains("Maji"))
        #expect(text(alert, "fr").contains("Stage is"))
        #expect(text(alert.replacing("\"en\"", with: "\"pt\""), "fr").contains("Stage is"))
        #expect(
            EscalationText.languages(of: ["LANG": "sw_KE.UTF-8"]) == ["sw-KE", "sw_KE", "sw"])
        #expect(
            EscalationText.languages(of: ["LANG": "sw", "LC_ALL": "fr_FR@euro"]).first == "fr-FR")
        #expect(EscalationText.languages(of: [:]).isEmpty)
    }

    @Test("colour only adds: without it every severity has its symbol and its word")
    func colour() {
        #expect(text(alert, colour: true).contains("\u{1b}[1;31mSEVERE"))
        #expect(!text(alert).contains("\u{1b}"))
        for (name, symbol) in [("minor", "△"), ("moderate", "▲"), ("extreme", "▲▲▲")] {
            let body = alert.replacing("\"severe\"", with: "\"\(name)\"")
            #expect(text(body).contains(symbol.padded(to: 3) + "  \(name.uppercased())"))
        }
    }

    @Test("nothing that feeds or rules write steers the terminal")
    func hostile() {
        let body = alert.replacing("Stage is", with: #"\u001b[2J\u202e\n"#)
        #expect(!text(body).contains("\u{1b}"))
        #expect(!text(body).contains("\u{202e}"))
        #expect(text(body).split(separator: "\n").count == 2)
        #expect(text("\u{1b}[2J no JSON").hasPrefix("\u{fffd}[2J no"))
    }

    @Test("what is missing is left out")
    func empty() { #expect(text("{}").contains("?")) }
}

@Suite("Pages of the daemon's answers")
struct PageTests {
    @Test("status")
    func status() throws {
        let json = """
            {"version":"0.1.0","publisher":"nbo-1","clock":"wall","now":"2026-01-01T00:10:00Z",
             "uptime_s":12000,"conservation":{"in":12345,"accepted":12340,"rejected":5,"shed":0,
             "duplicate":0,"holds":true},"dead_letters":[{"feed":"gauges","stream":"river.stage",
             "reason":"json","sentence":"this is no JSON","count":5,"last":{"payload":"{\\u001b",
             "at":"2026-01-01T00:09:00Z"}}],"stages":[{"name":"intake","in":7,"out":6,"extra":1}],
             "streams":[{"name":"river.stage","events":12340,"sources":4,"silent":[{"source":"A",
             "silent_s":4000,"events":3}]}],"incidents":{"open":2,"by_severity":{"severe":2}},
             "rules":{"count":1,"folder":"rules","list":[{"name":"r","keys":4,"open":2}],
             "errors":["rules/a.yaml:1:1: no"]},"journal":{"epoch":1764038400,"head":17}}
            """
        let value = try #require(JSONValue(Array(json.utf8)))
        let lines = StatusPage(value, terminal: Terminal(hasColour: false)).lines()
        #expect(lines.first == "tocsin nbo-1  version 0.1.0  up 3 h 20 min")
        for line in [
            "  12,345 in = 12,340 accepted + 5 rejected + 0 shed + 0 duplicate",
            "  ✓ holds: nothing is unaccounted for", "  2 open: ▲▲ 2 severe",
            "      5  gauges  river.stage  json    2026-01-01 00:09:00Z  this is no JSON",
            "    json: {\u{fffd}", "  river.stage  A         1 h 6 min       3",
            "  intake   7    6", "  1 rules from rules", "  rules/a.yaml:1:1: no",
            "  epoch 1764038400 · head 17",
        ] {
            #expect(lines.contains(line), "\(line) is not in\n\(lines.joined(separator: "\n"))")
        }
        let broken = json.replacing("\"holds\":true", with: "\"holds\":false")
        let page = StatusPage(
            try #require(JSONValue(Array(broken.utf8))), terminal: Terminal(hasColour: false))
        #expect(page.lines().contains("  ✗ BROKEN: readings are unaccounted for"))
    }

    @Test("a status of a daemon that tells nothing we know")
    func emptyStatus() {
        let page = StatusPage(.object([:]), terminal: Terminal(hasColour: false))
        #expect(page.lines() == ["tocsin this daemon"])
    }

    @Test("incidents, the gravest first")
    func incidents() {
        var mild = IncidentSummary(incident: "aaaaaaaaaa", rule: "air", title: "Bad air")
        mild.severity = "minor"
        mild.level = "watch"
        mild.isKnown = false
        var grave = IncidentSummary(
            incident: "bbbbbbbbbb", rule: "river", title: "Flood", key: [("station", "KE-001")])
        grave.severity = "extreme"
        grave.level = "emergency"
        grave.area = "KE030"
        grave.onset = "2026-01-01T00:10:00Z"
        let page = IncidentsPage(terminal: Terminal(hasColour: false))
        #expect(
            page.lines([mild, grave]) == [
                "2 are open.",
                "       severity  level            what     key             area   since                 last said  incident",
                "  ▲▲▲  EXTREME   emergency        Flood    station KE-001  KE030  2026-01-01 00:10:00Z  -          bbbbbbbb",
                "  △    MINOR     watch (no data)  Bad air                  -      -                     -          aaaaaaaa",
            ])
        #expect(page.lines([]) == ["No incident is open."])
    }

    @Test("an incident is read as the daemon writes it, and written so")
    func incidentJSON() throws {
        let json = #"{"area":"KE030","headline":null,"incident":"ab","key":{"station":"A"},"#
            + #""known":false,"last_said":null,"level":"watch","onset":null,"raised":null,"#
            + #""rule":"r","severity":"minor","status":"test","title":"T"}"#
        let value = try #require(JSONValue(Array(json.utf8)))
        #expect(IncidentSummary(value).json == json)
    }

    @Test("the progress line")
    func progress() {
        #expect(
            ProgressLine.text(readings: 12345, fraction: 0.5, rate: 98000.4)
                == "[###############...............]  50 %  12,345 readings  98,000/s")
        #expect(ProgressLine.text(readings: 1, fraction: nil, rate: -1) == "1 readings  0/s")
    }
}

@Suite("Exit codes")
struct EndingTests {
    private func ending(_ arguments: String...) -> Ending? {
        do {
            _ = try Tocsin.parseAsRoot(arguments)
            return nil
        } catch {
            return Ending(of: error)
        }
    }

    @Test(
        "what cannot be understood is 2",
        arguments: [
            ["watch", "--nonsense"], ["watch", "--count", "0"], ["watch", "--from", "nowhere"],
            ["publish", "f", "--to", "tcp://127.0.0.1:1"], ["watch", "--timeout", "soon"],
            ["publish", "f", "--to", "tcp://*:1", "--topic", "t"], ["frobnicate"],
            ["publish", "f", "--to", "tcp://h:1", "--topic", "t", "--speed", "0"],
            ["status", "--state", "a", "--control", "ipc:///b"], ["watch", "--since", "0"],
        ])
    func usage(arguments: [String]) {
        do {
            _ = try Tocsin.parseAsRoot(arguments)
            Issue.record("\(arguments) was understood")
        } catch {
            let ending = Ending(of: error)
            #expect(ending.code == 2)
            #expect(!ending.isOutput && !ending.text.isEmpty)
        }
    }

    @Test("help and version are output and 0; help has an example each")
    func help() {
        for arguments in [["publish"], ["watch"], ["incidents"], ["status"], []] {
            do {
                var command = try Tocsin.parseAsRoot(arguments + ["--help"])
                try command.run()
                Issue.record("no help for \(arguments)")
            } catch {
                let ending = Ending(of: error)
                #expect(ending.code == 0 && ending.isOutput)
                #expect(ending.text.contains("EXAMPLE\n  ") && ending.text.contains("tocsin "))
            }
        }
    }

    @Test("our own failures keep their code")
    func own() {
        let failure = CommandFailure(.configuration, "the port is taken", hint: "take another")
        let ending = Ending(of: failure)
        #expect(ending.code == 78)
        #expect(ending.text == "tocsin: the port is taken\n        take another")
        #expect(Ending(of: OutputClosed()).code == 0)
        #expect(Ending(of: CommandFailure(.timedOut, "late")).code == 3)
    }

    @Test("lengths of time")
    func durations() throws {
        #expect(try Arguments.duration("5") == .seconds(5))
        #expect(try Arguments.duration("0.5") == .milliseconds(500))
        #expect(try Arguments.duration("1m30s") == .seconds(90))
        #expect(throws: (any Error).self) { try Arguments.duration("-1") }
    }
}
