import Testing

@testable import Evaluation

/// Times that lie too far apart stop at the ends of the range.
@Suite struct SaturatingTimeTests {
    @Test func sumsAndDifferencesStopAtTheEnds() {
        let numbers: [Int64] = [
            .min, .min + 1, .min / 2 - 1, .min / 2, -1, 0, 1, .max / 2, .max / 2 + 1, .max - 1,
            .max,
        ]
        func clamped(_ number: Int128) -> Int64 {
            Int64(min(max(number, Int128(Int64.min)), Int128(Int64.max)))
        }
        for left in numbers {
            for right in numbers {
                #expect(left +| right == clamped(Int128(left) + Int128(right)), "\(left) \(right)")
                #expect(left -| right == clamped(Int128(left) - Int128(right)), "\(left) \(right)")
            }
        }
    }
}
