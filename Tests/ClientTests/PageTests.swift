import Client
import Testing

@testable import tocsin

@Suite("Pages of the daemon's answers")
struct PageTests {
    @Test("status")
    func status() throws {
        let json = """
            {"version":"0.1.0","publisher":"nbo-1","clock":"wall","now":"2026-01-01T00:10:00Z",
             "uptime_s":12000,"conservation":{"in":12345,"accepted":12340,"rejected":5,"shed":0,
             "duplicate":0,"holds":true},"dead_letters":[{"feed":"gauges","stream":"river.stage",
             "source":"KE-001","reason":"json","sentence":"this is no JSON","count":5,"last":{"payload":"{\\u001b",
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
            "      5  gauges  river.stage  KE-001  json    2026-01-01 00:09:00Z",
            "  `tocsin dead-letters` shows what is wrong, and where",
            "  river.stage  A        1 h 6 min       3",
            "  intake   7    6", "  1 rule from rules", "  rules/a.yaml:1:1: no",
            "  epoch 1764038400 · head 17",
        ] {
            #expect(lines.contains(line), "\(line) is not in\n\(lines.joined(separator: "\n"))")
        }
        let broken = json.replacing("\"holds\":true", with: "\"holds\":false")
        let page = StatusPage(
            try #require(JSONValue(Array(broken.utf8))), terminal: Terminal(hasColour: false))
        #expect(page.lines().contains("  ✗ BROKEN: readings are unaccounted for"))
    }

    @Test("what a feed lost stands on the page where there is any")
    func feeds() throws {
        func lines(_ feed: String) throws -> [String] {
            let json = #"{"feeds":[{"name":"gauges","frames":7,\#(feed)}]}"#
            let value = try #require(JSONValue(Array(json.utf8)))
            return StatusPage(value, terminal: Terminal(hasColour: false)).lines()
        }
        let quiet = try lines(
            #""shed":0,"duplicate":0,"unanswered":0,"backlog_bytes":0,"sheddings":[],"#
                + #""sequence":{"messages":0,"gaps":0}"#)
        #expect(quiet.suffix(3) == ["Feeds", "  feed    frames", "  gauges       7"])
        let busy = try lines(
            #""shed":12,"duplicate":3,"unanswered":0,"backlog_bytes":4096,"#
                + #""sheddings":[{"source":"KE-001","count":11},{"source":"B","count":1}],"#
                + #""sequence":{"messages":1000,"gaps":2,"missing":5,"duplicates":0,"too_old":4}"#)
        #expect(
            busy.suffix(4) == [
                "  feed    frames  duplicates  shed  backlog bytes",
                "  gauges       7           3    12          4,096",
                "  gauges: most was shed of KE-001 (11), B (1)",
                "  gauges: 1,000 messages with a sequence, 5 missing in 2 gaps, "
                    + "4 too far back to tell whether they came twice",
            ])
    }

    @Test(
        "whether the line moves",
        arguments: [
            (
                #"{"age_s":3.2,"round_trip_ms":871.5}"#,
                "✓ A canary went through every stage 3 s ago, in 871 ms"
            ),
            (
                #"{"age_s":61,"round_trip_ms":871.5}"#,
                "✗ The line stands still: no canary came back for 1 min"
            ),
            (
                #"{"age_s":61,"round_trip_ms":null}"#,
                "✗ The line stands still: no canary came back for 1 min"
            ),
            (#"{"age_s":1,"round_trip_ms":null}"#, nil),
        ] as [(String, String?)])
    func canary(json: String, line: String?) throws {
        let value = try #require(JSONValue(Array(#"{"canary":\#(json)}"#.utf8)))
        let lines = StatusPage(value, terminal: Terminal(hasColour: false)).lines()
        #expect(lines.dropFirst(2).first == line)
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
        let json =
            #"{"area":"KE030","headline":null,"incident":"ab","key":{"station":"A"},"#
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
