import Events
import Testing
import Wire

/// GeoJSON as RFC 7946 and earthquake feeds have it.
@Suite struct GeoJSONTests {
    private let harness = TranslatorHarness(.geojson)

    private func feature(_ geometry: String) -> String {
        #"{"type":"Feature","geometry":\#(geometry),"properties":{"mag":5.10}}"#
    }

    @Test func aFeatureIsADocument() {
        let text = #"""
            {"type":"Feature","id":"us1","time":5,"bbox":[1,2,3,4],
             "geometry":{"type":"Point","coordinates":[ 36.10, -0.3e0 ,10.00]},
             "properties":{"mag":5.1,"type":"earthquake","properties":0}}
            """#
        let translated = harness.translate(text)
        #expect(
            translated.lines == [
                #"{"time":5,"mag":5.1,"type":"earthquake","id":"us1","bbox":[1,2,3,4],"geometry":"#
                    + #"{"type":"Point","coordinates":[ 36.10, -0.3e0 ,10.00]},"lat":-0.3e0,"lon":36.10,"#
                    + #""alt":10.00,"properties":{"mag":5.1,"type":"earthquake","properties":0}}"#
            ])
        for (part, origin) in [
            (#""lat""#, "-0.3e0"), ("36.10,\"alt", "36.10"), ("us1", "us1"), ("5.1", "5.1"),
            ("10.00,\"prop", "10.00"),
        ] {
            #expect(
                harness.origin(of: part, in: translated) == offset(of: origin, in: text), "\(part)")
        }
    }

    @Test(arguments: [
        ("null", ""), (#"{"type":"Point","coordinates":[]}"#, ""),
        (#"{"type":"Point","coordinates":[1,2]}"#, #","lat":2,"lon":1,"#),
        (#"{"type":"Point","coordinates":[1,2,3,4]}"#, #","lat":2,"lon":1,"alt":3,"#),
        (#"{"coordinates":[1,2],"type":"Po\u0069nt"}"#, #","lat":2,"lon":1,"#),
        (#"{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[1,2]]]}"#, ""),
        (#"{"type":"GeometryCollection","geometries":[]}"#, ""),
    ])
    func onlyPointsGivePositions(geometry: String, part: String) throws {
        let line = try #require(harness.translate(feature(geometry)).lines.first)
        #expect(line.hasPrefix(#"{"mag":5.10,"type":"Feature","geometry":\#(geometry),"#))
        #expect(
            (part.isEmpty || line.contains(part)) && line.contains(#""lat""#) == !part.isEmpty,
            "\(line)")
    }

    @Test func propertiesWinOverPositions() {
        let text =
            #"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"lat":7}}"#
        #expect(
            harness.translate(text).lines == [
                #"{"lat":7,"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"lon":1,"properties":{"lat":7}}"#
            ])
        for rest in ["", #","properties":null"#] {
            #expect(
                harness.translate(#"{"type":"Feature"\#(rest)}"#).lines
                    == [#"{"type":"Feature"\#(rest)}"#])
        }
    }

    @Test(arguments: [
        ("5", "not-an-object", "5"), ("{}", "format", "{"), (#"{"type":7}"#, "format", "7"),
        (#"{"type":"Point","coordinates":[1,2]}"#, "format", #""Point"#),
        (#"{"type":"Feature","properties":[]}"#, "format", "[]"),
        (#"{"type":"Feature","geometry":5}"#, "format", "5"),
        (#"{"type":"Feature","geometry":{}}"#, "format", "{}"),
        (#"{"type":"Feature","geometry":{"type":"Dot","coordinates":[1,2]}}"#, "format", #""Dot"#),
        (#"{"type":"Feature","geometry":{"type":"Point"}}"#, "format", #"{"type":"Point"#),
        (#"{"type":"Feature","geometry":{"type":"Point","coordinates":7}}"#, "format", "7"),
        (#"{"type":"Feature","geometry":{"type":"Point","coordinates":[7]}}"#, "format", "[7"),
        (
            #"{"type":"Feature","geometry":{"type":"Point","coordinates":[7,"8"]}}"#, "format",
            #""8"#
        ),
        (
            #"{"type":"Feature","geometry":{"type":"Point","coordinates":[7,null]}}"#, "format",
            "null"
        ),
        (#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":{}}}"#, "format", "{}"),
    ])
    func featuresAreRefusedByThemselves(bad: String, reason: String, place: String) throws {
        let good = feature("null")
        let text =
            #"{"metadata":{"count":3},"features":[\#(good), \#(bad) ,\#(good)],"type":"FeatureCollection"}"#
        let translated = harness.translate(text)
        let start = try #require(offset(of: ", \(bad) ,", in: text)) + 2
        let inside = try #require(offset(of: place, in: bad))
        #expect(translated.told == ["\(reason)@\(start + inside)#1"])
        #expect(translated.lines.count == 2)
        #expect(harness.translator.element(ofDocument: 1) == 2)
    }

    @Test(arguments: [
        ("", "empty@0"), ("[]", "not-an-object@0"), ("{}", "format@0"),
        (#"{"type":"Point","coordinates":[1,2]}"#, "format@8"),
        (#"{"type":"FeatureCollection"}"#, "format@0"),
        (#"{"type":"FeatureCollection","features":{}}"#, "format@39"),
        (#"{"type":"FeatureCollection","features":[1,2,3]}"#, "readings@39"),
        (#"{"type":"Feature"}, "#, "json@18"), (#"{"type":"Feature""#, "json@17"),
        (#"{"type":"Feature","x":[[[[1]]]]}"#, "depth@25"),
    ])
    func payloadsAreRefusedAsAWhole(text: String, told: String) {
        let harness = TranslatorHarness(.geojson, limits: DecodeLimits(depth: 4, readings: 2))
        let translated = harness.translate(text)
        #expect(translated.told == [told] && translated.lines == [])
        #expect(translated.outcome == .refused)
    }
}
