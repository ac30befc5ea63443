import Events
import Foundation
import Testing
import Wire

/// SenML against RFC 8428: its examples, with the resolved records that it gives or describes.
@Suite struct SenMLTests {
    private let harness = TranslatorHarness(.senml)

    private static let now: Int64 = 1_767_225_600_500_000_000
    private static let seconds = "1767225600.5"

    /// Section 5.1.1: "taken approximately now".
    @Test func aSingleDatapoint() {
        let text = #"[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]"#
        #expect(
            harness.translate(text).lines == [
                #"{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1,"t":\#(Self.seconds)}"#
            ])
    }

    /// Section 5.1.2, both examples; the second is in version 5, which resolved records name.
    @Test func multipleDatapoints() {
        let unspecified = #"""
            [{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},
             {"n":"current","u":"A","v":1.2}]
            """#
        #expect(
            harness.translate(unspecified).lines == [
                #"{"n":"urn:dev:ow:10e2073a01080063:voltage","u":"V","v":120.1,"t":\#(Self.seconds)}"#,
                #"{"n":"urn:dev:ow:10e2073a01080063:current","u":"A","v":1.2,"t":\#(Self.seconds)}"#,
            ])
        let timed = #"""
            [{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,
              "bu":"A","bver":5,
              "n":"voltage","u":"V","v":120.1},
             {"n":"current","t":-5,"v":1.2},
             {"n":"current","t":-4,"v":1.3},
             {"n":"current","v":1.7}]
            """#
        let name = "urn:dev:ow:10e2073a0108006:"
        #expect(
            harness.translate(timed).lines == [
                #"{"n":"\#(name)voltage","u":"V","v":120.1,"t":1.276020076001e+09,"bver":5}"#,
                #"{"n":"\#(name)current","u":"A","v":1.2,"t":1276020071.001,"bver":5}"#,
                #"{"n":"\#(name)current","u":"A","v":1.3,"t":1276020072.001,"bver":5}"#,
                #"{"n":"\#(name)current","u":"A","v":1.7,"t":1.276020076001e+09,"bver":5}"#,
            ])
    }

    /// Sections 5.1.3 and 5.1.4: the measurements, and the same as the RFC resolves them.
    @Test func multipleMeasurementsResolveAsTheRFCSays() throws {
        let pack = #"""
            [{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,
              "bu":"%RH","v":20},
             {"u":"lon","v":24.30621},
             {"u":"lat","v":60.07965},
             {"t":60,"v":20.3},
             {"u":"lon","t":60,"v":24.30622},
             {"u":"lat","t":60,"v":60.07965},
             {"t":120,"v":20.7},
             {"u":"lon","t":120,"v":24.30623},
             {"u":"lat","t":120,"v":60.07966},
             {"u":"%EL","t":150,"v":98},
             {"t":180,"v":21.2},
             {"u":"lon","t":180,"v":24.30628},
             {"u":"lat","t":180,"v":60.07967}]
            """#
        let expected: [(unit: String, time: Double, value: Double)] = [
            ("%RH", 1.320067464e+09, 20), ("lon", 1.320067464e+09, 24.30621),
            ("lat", 1.320067464e+09, 60.07965), ("%RH", 1.320067524e+09, 20.3),
            ("lon", 1.320067524e+09, 24.30622), ("lat", 1.320067524e+09, 60.07965),
            ("%RH", 1.320067584e+09, 20.7), ("lon", 1.320067584e+09, 24.30623),
            ("lat", 1.320067584e+09, 60.07966), ("%EL", 1.320067614e+09, 98),
            ("%RH", 1.320067644e+09, 21.2), ("lon", 1.320067644e+09, 24.30628),
            ("lat", 1.320067644e+09, 60.07967),
        ]
        let translated = harness.translate(pack)
        #expect(translated.lines.count == expected.count && translated.refusals.isEmpty)
        for (line, record) in zip(translated.lines, expected) {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(Set(object.keys) == ["n", "u", "t", "v"])
            #expect(object["n"] as? String == "urn:dev:ow:10e2073a01080063")
            #expect(object["u"] as? String == record.unit)
            #expect(object["t"] as? Double == record.time)
            #expect(object["v"] as? Double == record.value)
        }
    }

    /// Section 5.1.5.
    @Test func multipleDataTypes() {
        let text = #"""
            [{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},
             {"n":"label","vs":"Machine Room"},
             {"n":"open","vb":false},
             {"n":"nfc-reader","vd":"aGkgCg"}]
            """#
        let name = "urn:dev:ow:10e2073a01080063:"
        #expect(
            harness.translate(text).lines == [
                #"{"n":"\#(name)temp","u":"Cel","v":23.1,"t":\#(Self.seconds)}"#,
                #"{"n":"\#(name)label","vs":"Machine Room","t":\#(Self.seconds)}"#,
                #"{"n":"\#(name)open","vb":false,"t":\#(Self.seconds)}"#,
                #"{"n":"\#(name)nfc-reader","vd":"aGkgCg","t":\#(Self.seconds)}"#,
            ])
    }

    /// Section 5.1.6: a collection of resources, whose records have a time of their own.
    @Test func aCollectionOfResources() {
        let text = #"""
            [{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":27.2},
             {"n":"humidity","u":"%RH","v":80}]
            """#
        #expect(
            harness.translate(text).lines == [
                #"{"n":"2001:db8::2/temperature","u":"Cel","v":27.2,"t":1.320078429e+09}"#,
                #"{"n":"2001:db8::2/humidity","u":"%RH","v":80,"t":1.320078429e+09}"#,
            ])
    }

    @Test(arguments: [
        // Relative to now, up to 2^28 and not from there on (section 4.5.3).
        (#"{"n":"a","v":1,"t":0}"#, seconds), (#"{"n":"a","v":1,"t":-5}"#, "1767225595.5"),
        (#"{"n":"a","v":1,"t":0.25}"#, "1767225600.75"),
        (#"{"n":"a","v":1,"t":268435455.999}"#, "2035661056.499"),
        (#"{"n":"a","v":1,"t":268435456}"#, "268435456"),
        (#"{"n":"a","v":1,"t":2.68435456E8}"#, "2.68435456E8"),
        (#"{"n":"a","v":1,"bt":268435456,"t":-1}"#, "2035661055.5"),
        (#"{"n":"a","v":1,"bt":1320067464.123456789,"t":1e-9}"#, "1320067464.12345679"),
        (
            #"{"n":"a","v":1,"bt":1320067464,"t":1e-28}"#, "1320067464.0000000000000000000000000001"
        ),
        // Thirty-nine digits are too many for an exact sum.
        (#"{"n":"a","v":1,"bt":1320067464,"t":1e-30}"#, "1320067464.0"),
        (#"{"n":"a","v":1,"bt":1320067464,"t":1e-400}"#, "1320067464.0"),
        (#"{"n":"a","v":1,"t":-1e300}"#, "-1e+300"),
    ])
    func timesAreResolved(record: String, time: String) throws {
        let line = try #require(harness.translate("[\(record)]").lines.first)
        #expect(line.contains("\"t\":\(time)}"), "\(line)")
    }

    @Test(arguments: [
        (#"[{"n":"a","bv":20,"v":0.1}]"#, #""v":20.1"#),
        (#"[{"n":"a","bv":20.10,"v":-20.1}]"#, #""v":0"#),
        (#"[{"n":"a","bv":-0.5,"v":0.25}]"#, #""v":-0.25"#),
        (#"[{"n":"a","bv":1e17,"v":1}]"#, #""v":100000000000000001"#),
        // Exact, though it is more than a double holds: the field is UNKNOWN then.
        (#"[{"n":"a","bv":1e308,"v":1.7e308}]"#, #""v":27e307"#),
        (#"[{"n":"a","bv":1e30,"v":1e30}]"#, #""v":2e30"#),
        (#"[{"n":"a","bv":1e-60,"v":1e-60}]"#, #""v":2e-60"#),
        (#"[{"n":"a","bv":1e300,"v":1}]"#, #""v":1e+300"#),
        (#"[{"n":"a","bv":20,"vs":"x"}]"#, #""vs":"x""#),
        (#"[{"n":"a","bs":100,"s":0.5}]"#, #""s":100.5"#),
        (#"[{"bs":100},{"n":"a","v":3}]"#, #""v":3,"s":100"#),
        (#"[{"n":"a","s":7}]"#, #"{"n":"a","s":7,"t""#),
        (
            #"[{"n":"a","v":1,"ut":30,"x":{"y":[1]},"\u0078":2}]"#,
            #""ut":30,"x":{"y":[1]},"\u0078":2}"#
        ),
        (#"[{"n":"\u0061b","bn":"c\/","v":1}]"#, #"{"n":"c/ab","#),
        (#"[{"n":"a","n":"b","v":1,"v":2}]"#, #"{"n":"b","v":2,"#),
        ("[{\"n\":\"a\",\r\n\"x\":[1,\n2],\"v\":\n1}]", #""x":[1, 2]"#),
    ])
    func valuesAreResolved(pack: String, part: String) throws {
        let translated = harness.translate(pack)
        let line = try #require(translated.lines.last, "\(translated.told)")
        #expect(line.contains(part), "\(line)")
    }

    /// Each with the place where it goes wrong; the element that follows is read all the same.
    @Test(arguments: [
        (#"5"#, "not-an-object", "5"), (#"{"n":"a"}"#, "format", "{"),
        (#"{}"#, "", ""), (#"{"bt":1e9}"#, "", ""),
        (#"{"v":1}"#, "format", "{"), (#"{"n":"","v":1}"#, "format", #""""#),
        (#"{"n":"-a","v":1}"#, "format", "-a"), (#"{"n":"a b","v":1}"#, "format", " b"),
        (#"{"n":"ä","v":1}"#, "format", "ä"), (#"{"n":"\u00e4","v":1}"#, "format", #""\u00e4"#),
        (#"{"n":7,"v":1}"#, "format", "7"), (#"{"n":"a","v":"1"}"#, "format", #""1""#),
        (#"{"n":"a","v":null}"#, "format", "null"), (#"{"n":"a","vb":1}"#, "format", "1"),
        (#"{"n":"a","v":1,"vs":"x"}"#, "format", #""x""#),
        (#"{"n":"a","vd":"a+/="}"#, "format", #""a+"#),
        (#"{"n":"a","vd":"aGkgC"}"#, "format", #""aGk"#),
        (#"{"n":"a","v":1,"t":"x"}"#, "format", #""x""#),
        (#"{"n":"a","v":1,"new_":1}"#, "format", "new_"), (#"{"new\u005f":1}"#, "format", "new"),
        (#"{"n":"a","bv":1.00000000000000000001e308,"v":1.7e308}"#, "format", "1.7e308"),
    ])
    func recordsAreRefusedByThemselves(record: String, reason: String, place: String) throws {
        let pack = #"[{"n":"first","v":1}, \#(record), {"n":"last","v":2,"t":1e9}]"#
        let translated = harness.translate(pack)
        #expect(translated.lines.count == 2)
        #expect(translated.lines.last?.hasPrefix(#"{"n":"last","v":2"#) == !record.contains("bv"))
        if reason.isEmpty {
            #expect(translated.refusals.isEmpty)
        } else {
            let start = try #require(offset(of: record, in: pack))
            let inside = try #require(offset(of: place, in: record))
            #expect(translated.told == ["\(reason)@\(start + inside)#1"])
        }
        #expect(harness.translator.element(ofDocument: 1) == 2)
    }

    @Test(arguments: [
        ("", "empty@0"), (" \n", "empty@2"), ("x", "json@0"), (#"{"n":"a","v":1}"#, "format@0"),
        (#"[{"n":"a","v":1}"#, "json@16"), (#"[{"n":"a","v":1}]x"#, "json@17"),
        (#"[{"n":"a","v":1}] []"#, "json@18"), (#" "n""#, "format@1"),
        (#"[{"n":"a","v":1},{"bver":11}]"#, "format@25"), (#"[{"bver":0}]"#, "format@9"),
        (#"[{"bver":5},{"bver":6}]"#, "format@20"), (#"[{"bver":5.5}]"#, "format@9"),
        (#"[{"n":"a","v":1},{"bn":7}]"#, "format@23"), (#"[{"bt":"now"}]"#, "format@7"),
        (#"[{"bnew_":1}]"#, "format@3"), ("[\"\u{1}\"]", "json@2"),
        (#"[[[[[["deep"]]]]]]"#, "depth@4"),
    ])
    func payloadsAreRefusedAsAWhole(pack: String, told: String) {
        let harness = TranslatorHarness(.senml, limits: DecodeLimits(depth: 4))
        let translated = harness.translate(pack)
        #expect(translated.told == [told] && translated.lines == [])
        guard case .refused = translated.outcome else {
            Issue.record("\(translated.outcome)")
            return
        }
    }

    @Test func limitsAreKept() {
        let limits = DecodeLimits(textBytes: 8, readings: 3)
        let harness = TranslatorHarness(.senml, limits: limits)
        #expect(harness.translate("[{},{},{}]").told == [])
        #expect(harness.translate(" [{},{},{},{}]").told == ["readings@1"])
        #expect(harness.translate(#"[{"bn":"12345678","v":1}]"#).told == [])
        #expect(harness.translate(#"[{"bn":"12345678","n":"9","v":1}]"#).told == ["text@22"])
        #expect(harness.translate("[]").outcome == .nothing)
    }

    /// A long base in front of many small records would grow without bound.
    @Test func aPackThatUnfoldsTooFarIsRefused() {
        let base = #"{"bn":"\#(String(repeating: "n", count: 4000))","v":1}"#
        let many = "[" + base + String(repeating: ",{\"v\":1}", count: 2000) + "]"
        #expect(harness.translate(many).told == ["frame-size@0"])
        let few = "[" + base + String(repeating: ",{\"v\":1}", count: 200) + "]"
        #expect(harness.translate(few).lines.count == 201)
    }

    @Test func placesLeadBackToThePayload() throws {
        let pack = #"[{"bn":"base/","bu":"m","bt":2e9},{"n":"x","v":1.5,"t":3,"foo":[true]}]"#
        let translated = harness.translate(pack)
        #expect(
            translated.lines == [#"{"n":"base/x","u":"m","v":1.5,"t":2000000003,"foo":[true]}"#])
        for part in ["base/", #"x""#, #""m""#, "1.5", #"foo":[true]"#, "true"] {
            #expect(
                harness.origin(of: part, in: translated) == offset(of: part, in: pack), "\(part)")
        }
        #expect(harness.origin(of: "2000000003", in: translated) == offset(of: "3,", in: pack))
        #expect(harness.translator.place(ofDocumentOffset: 0) == offset(of: #"{"n""#, in: pack))
    }
}
