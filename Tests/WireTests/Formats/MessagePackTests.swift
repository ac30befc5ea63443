import Events
import Testing
import Wire

/// MessagePack, byte by byte, with the forms of its specification.
@Suite struct MessagePackTests {
    private let harness = TranslatorHarness(.msgpack)

    /// A map with one member `v`.
    private func map(_ value: [UInt8]) -> [UInt8] { [0x81, 0xA1, 0x76] + value }

    @Test(arguments: [
        ([0xC0], "null"), ([0xC2], "false"), ([0xC3], "true"), ([0x00], "0"), ([0x7F], "127"),
        ([0xE0], "-32"), ([0xFF], "-1"), ([0xCC, 0xFF], "255"), ([0xCD, 0x01, 0x00], "256"),
        ([0xCE, 0xFF, 0xFF, 0xFF, 0xFF], "4294967295"),
        ([0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "18446744073709551615"),
        ([0xD0, 0x80], "-128"), ([0xD1, 0x80, 0x00], "-32768"),
        ([0xD2, 0x80, 0x00, 0x00, 0x00], "-2147483648"),
        ([0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0], "-9223372036854775808"),
        ([0xCA, 0x3D, 0xCC, 0xCC, 0xCD], "0.1"),
        ([0xCA, 0x7F, 0x80, 0x00, 0x00], "null"), ([0xCA, 0x7F, 0xC0, 0x00, 0x00], "null"),
        ([0xCB, 0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A], "0.1"),
        ([0xCB, 0xFF, 0xF0, 0, 0, 0, 0, 0, 0], "null"),
        ([0xCB, 0x7E, 0x37, 0xE4, 0x3C, 0x88, 0x00, 0x75, 0x9C], "1e+300"),
        ([0xA0], #""""#), ([0xA2, 0xC3, 0xA4], #""ä""#), ([0xD9, 1, 0x22], #""\"""#),
        ([0xDA, 0, 3, 0x5C, 0x0A, 0x1F], #""\\\u000a\u001f""#),
        ([0xDB, 0, 0, 0, 1, 0x7F], "\"\u{7F}\""),
        ([0xC4, 0], #""""#), ([0xC4, 1, 0xFF], #""/w==""#), ([0xC5, 0, 2, 0xFF, 0xFE], #""//4=""#),
        ([0xC6, 0, 0, 0, 3, 1, 2, 3], #""AQID""#),
        ([0x93, 1, 0x90, 0x80], "[1,[],{}]"), ([0xDC, 0, 1, 1], "[1]"),
        ([0xDD, 0, 0, 0, 1, 1], "[1]"),
        ([0x81, 0x01, 0xC3], #"{"1":true}"#), ([0xDE, 0, 1, 0xFF, 1], #"{"-1":1}"#),
        ([0xDF, 0, 0, 0, 1, 0xC3, 1], #"{"true":1}"#),
        ([0xD4, 0x05, 0xAA], #"{"type":5,"data":"qg=="}"#),
        ([0xC7, 0, 0x80], #"{"type":-128,"data":""}"#),
        ([0xD6, 0xFF, 0x69, 0x55, 0xB9, 0x00], #""2026-01-01T00:00:00Z""#),
        (
            [0xD7, 0xFF, 0x77, 0x35, 0x94, 0x00, 0x69, 0x55, 0xB9, 0x00],
            #""2026-01-01T00:00:00.5Z""#
        ),
        (
            [0xC7, 12, 0xFF, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            #""1969-12-31T23:59:59.000000001Z""#
        ),
        ([0xC7, 12, 0xFF, 0, 0, 0, 1, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "null"),
    ])
    func valuesAreSaidInJSON(value: [UInt8], text: String) {
        let translated = harness.translate(map(value))
        #expect(translated.lines == [#"{"v":\#(text)}"#], "\(translated.told)")
    }

    @Test func mapsComeAloneInArraysOrOneAfterAnother() {
        let one = map([1])
        let two = map([2])
        #expect(harness.translate(one).lines == [#"{"v":1}"#])
        #expect(harness.translate([0x92] + one + two).lines == [#"{"v":1}"#, #"{"v":2}"#])
        #expect(harness.translate(one + two).lines == [#"{"v":1}"#, #"{"v":2}"#])
        #expect(harness.translate([0x91] + one + two + [0x90]).lines.count == 2)
        #expect(harness.translate([0x90]).outcome == .nothing)
    }

    @Test(arguments: [
        ([0x05], "not-an-object@5#1"), ([0x90], "not-an-object@5#1"),
        ([0x81, 0xC0, 0x01], "format@6#1"), ([0x81, 0xCA, 0, 0, 0, 0, 1], "format@6#1"),
        ([0x81, 0xC4, 1, 0x76, 0x01], "format@6#1"), ([0x81, 0x90, 0x01], "format@6#1"),
        ([0x81, 0xA1, 0x76, 0xA2, 0xC3, 0x28], "format@9#1"),
        ([0x81, 0xA1, 0x80, 0x01], "format@7#1"),
        ([0x81, 0xA1, 0x76, 0xA3, 0xED, 0xA0, 0x80], "format@9#1"),
        ([0x81, 0xA1, 0x76, 0xD5, 0xFF, 0, 0], "format@8#1"),
        ([0x81, 0xA1, 0x76, 0xD7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], "format@8#1"),
        ([0x81, 0xA1, 0x76, 0x91, 0x91, 0x91, 0x91, 0x00], "depth@10#1"),
        ([0x81, 0xA1, 0x76, 0x91, 0x91, 0xD4, 5, 0xAA], "depth@10#1"),
    ])
    func elementsAreRefusedByThemselves(bad: [UInt8], told: String) {
        let harness = TranslatorHarness(.msgpack, limits: DecodeLimits(depth: 4))
        let translated = harness.translate([0x93] + map([1]) + bad + map([2]))
        #expect(translated.told == [told])
        #expect(translated.lines == [#"{"v":1}"#, #"{"v":2}"#])
    }

    @Test(arguments: [
        ([], "empty@0"), ([0xC1], "format@0"), ([0x81, 0xA1, 0x76, 0xC1], "format@3"),
        ([0x81], "format@0"), ([0x81, 0xA1, 0x76], "format@1"), ([0x81, 0xA1], "format@0"),
        ([0x81, 0xA1, 0x76, 0xD9, 5, 0x61], "format@3"), ([0x81, 0xA1, 0x76, 0xCB, 0], "format@3"),
        ([0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "format@0"),
        ([0xDD, 0x7F, 0xFF, 0xFF, 0xFF, 0x01], "format@0"),
        ([0xC6, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "format@0"),
        ([0x93, 0x80, 0x80, 0x80], "readings@0"),
        ([0x80, 0x80, 0x80], "readings@2"), ([0x80, 0xC1], "format@1"),
        ([0xC0], "format@0"), ([0xA1, 0x61], "format@0"), ([0x80, 0x05], "format@1"),
        (Array(#"{"v":1}"#.utf8), "format@0"), (Array(#"[{"v":1}]"#.utf8), "format@0"),
    ])
    func payloadsAreRefusedAsAWhole(bytes: [UInt8], told: String) {
        let harness = TranslatorHarness(.msgpack, limits: DecodeLimits(readings: 2))
        let translated = harness.translate(bytes)
        #expect(translated.told == [told] && translated.outcome == .refused)
        #expect(translated.lines == [])
    }

    /// A dead letter of the decoder is marked at the object it came from.
    @Test func placesAreThoseOfTheObjects() {
        let bytes = map([0xA1, 0x61]) + [0x82, 0xA1, 0x76, 0x05, 0xA1, 0x77, 0xA2, 0x78, 0x79]
        let translated = harness.translate(bytes)
        #expect(translated.lines == [#"{"v":"a"}"#, #"{"v":5,"w":"xy"}"#])
        #expect(harness.origin(of: "5,", in: translated) == 8)
        #expect(harness.origin(of: "xy", in: translated) == 11)
        #expect(harness.origin(of: #"w":"#, in: translated) == 9)
        #expect(harness.origin(of: #"{"v":5"#, in: translated) == 5)
        #expect(harness.translator.element(ofDocument: 1) == 1)
    }
}
