import Events
import Foundation
import Testing
import Wire

/// CloudEvents 1.0 in JSON, as the specification's own examples and rules have them.
@Suite struct CloudEventTests {
    private let harness = TranslatorHarness(.cloudevents)

    private static let required = #""specversion":"1.0","id":"7","source":"/gauge","type":"stage""#
    private static let attributes =
        #""ce-specversion":"1.0","ce-id":"7","ce-source":"/gauge","ce-type":"stage""#

    private func event(_ members: String) -> String { "{\(Self.required)\(members)}" }

    @Test func membersOfDataWinOverAttributes() {
        let text = event(#","unit":"x","data":{"level":3.20,"id":"KE-1","unit":"m","data":1}"#)
        #expect(
            harness.translate(text).lines == [
                #"{"unit":"x","level":3.20,"id":"KE-1","unit":"m","specversion":"1.0","#
                    + #""source":"/gauge","type":"stage",\#(Self.attributes),"ce-unit":"x","#
                    + #""data":{"level":3.20,"id":"KE-1","unit":"m","data":1}}"#
            ])
    }

    /// Example of the JSON event format, section 3.1.1, with data that is JSON.
    @Test func theExampleOfTheSpecification() throws {
        let text = #"""
            {
                "specversion" : "1.0",
                "type" : "com.example.someevent",
                "source" : "/mycontext",
                "subject": null,
                "id" : "C234-1234-1234",
                "time" : "2018-04-05T17:31:00Z",
                "comexampleextension1" : "value",
                "comexampleothervalue" : 5,
                "datacontenttype" : "application/json",
                "data" : {
                    "appinfoA" : "abc",
                    "appinfoB" : 123,
                    "appinfoC" : true
                }
            }
            """#
        let translated = harness.translate(text)
        let line = try #require(translated.lines.first)
        #expect(translated.lines.count == 1 && translated.refusals.isEmpty)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["appinfoB"] as? Int == 123 && object["ce-id"] as? String == "C234-1234-1234")
        #expect(object["comexampleothervalue"] as? Int == 5)
        #expect(object["ce-comexampleextension1"] as? String == "value")
        #expect(object["time"] as? String == "2018-04-05T17:31:00Z")
        #expect((object["data"] as? [String: Any])?["appinfoA"] as? String == "abc")
        #expect(harness.origin(of: "123", in: translated) == offset(of: "123,", in: text))
    }

    @Test(arguments: [
        (#","data":5"#, #""data":5}"#), (#","data":"text""#, #""data":"text"}"#),
        (#","data":null"#, #""data":null}"#), ("", #"\#(attributes)}"#),
        (#","data":[{"a":1}]"#, #""data":[{"a":1}]}"#),
        // {"a":[1,2]} with a newline, and without a content type.
        (#","data_base64":"eyJhIjpbMSwKMl19""#, #""data":{"a":[1, 2]}}"#),
        (#","datacontenttype":"application/cap+JSON ; x=1","data_base64":"MQ==""#, #""data":1}"#),
        (#","datacontenttype":"text/json","data_base64":"MQ==""#, #""data":1}"#),
        (#","datacontenttype":"text/xml","data_base64":"PGEvPg==""#, #""data_base64":"PGEvPg=="}"#),
        (#","datacontenttype":"jsonx","data_base64":"MQ==""#, #""data_base64":"MQ=="}"#),
        (#","data":1,"data":{"x":2}"#, #""data":{"x":2}}"#),
    ])
    func dataIsTakenAsItIs(members: String, end: String) throws {
        let translated = harness.translate(event(members))
        let line = try #require(translated.lines.first, "\(translated.told)")
        #expect(line.hasSuffix(end), "\(line)")
    }

    @Test func decodedMembersStandAtTheTop() {
        let encoded = Data(#"{"level":3,"\u0069d":"x"}"#.utf8).base64EncodedString()
        let text = event(#","data_base64":"\#(encoded)""#)
        let translated = harness.translate(text)
        #expect(
            translated.lines == [
                #"{"level":3,"\u0069d":"x","specversion":"1.0","source":"/gauge","type":"stage","#
                    + #"\#(Self.attributes),"data":{"level":3,"\u0069d":"x"}}"#
            ])
        // The places of what was decoded are the text that it was decoded from.
        #expect(harness.origin(of: "3,", in: translated) == offset(of: "\"\(encoded)", in: text))
    }

    @Test(arguments: [
        (#"{"id":"7","source":"s","type":"t"}"#, "format", "{"),
        (#"{"specversion":"2.0","id":"7","source":"s","type":"t"}"#, "format", #""2.0"#),
        (#"{"specversion":"1","id":"7","source":"s","type":"t"}"#, "format", #""1"#),
        (#"{"specversion":"1.x","id":"7","source":"s","type":"t"}"#, "format", #""1.x"#),
        (#"{"specversion":1.0,"id":"7","source":"s","type":"t"}"#, "format", "1.0"),
        (#"{"specversion":"1.0","id":"","source":"s","type":"t"}"#, "format", #""","#),
        (#"{"specversion":"1.0","id":7,"source":"s","type":"t"}"#, "format", "7"),
        (#"{"specversion":"1.0","id":"7","source":null,"type":"t"}"#, "format", "null"),
        (#"{"specversion":"1.0","id":"7","source":"s"}"#, "format", "{"),
        (#"{\#(required),"data":1,"data_base64":"MQ=="}"#, "format", #""MQ"#),
        (#"{\#(required),"data_base64":7}"#, "format", "7}"),
        (#"{\#(required),"data_base64":"MQ="}"#, "format", #""MQ"#),
        (#"{\#(required),"data_base64":"MR=="}"#, "format", #""MR"#),
        (#"{\#(required),"data_base64":"eyI="}"#, "format", #""ey"#),
        (#"{\#(required),"data_base64":"MSAx"}"#, "format", #""MSAx"#),
        (#"[]"#, "not-an-object", "["),
    ])
    func eventsAreRefusedByThemselves(event: String, reason: String, place: String) throws {
        let batch = "[\(self.event("")), \(event), \(self.event(""))]"
        let translated = harness.translate(batch)
        let start = try #require(offset(of: ", \(event)", in: batch)) + 2
        let inside = try #require(offset(of: place, in: event))
        #expect(translated.told == ["\(reason)@\(start + inside)#1"])
        #expect(translated.lines.count == 2)
        if reason == "format" {
            #expect(harness.translate(event).told == ["format@\(inside)"])
            #expect(harness.translate(event).outcome == .nothing)
        }
    }

    @Test func payloadsAreRefusedAsAWhole() {
        #expect(harness.translate("").told == ["empty@0"])
        #expect(harness.translate(" 5").told == ["not-an-object@1"])
        #expect(harness.translate(event("") + event("")).told == ["json@\(event("").utf8.count)"])
        #expect(harness.translate("[{},").told == ["json@4"])
        #expect(harness.translate("[]").outcome == .nothing)
        let few = TranslatorHarness(.cloudevents, limits: DecodeLimits(readings: 1))
        #expect(few.translate("[{},{}]").told == ["readings@0"])
    }

    /// Data that nests as deep as a document may, once it stands in one.
    @Test func decodedDataKeepsTheDepth() {
        let harness = TranslatorHarness(.cloudevents, limits: DecodeLimits(depth: 3))
        for (text, isGood) in [("[[1]]", true), ("[[[1]]]", false)] {
            let encoded = Data(text.utf8).base64EncodedString()
            let translated = harness.translate(event(#","data_base64":"\#(encoded)""#))
            #expect(translated.lines.isEmpty != isGood)
        }
    }
}
