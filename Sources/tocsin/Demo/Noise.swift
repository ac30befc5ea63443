/// The small disturbances of an instrument: a fixed function of who measures and when, so that
/// every run of the demo sends the same bytes.
enum Noise {
    /// A number in -1 ..< 1 for an instrument and a step, from SplitMix64
    /// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    static func value(instrument: Int, step: Int) -> Double {
        let seed = UInt64(truncatingIfNeeded: instrument &* 1_000_003 &+ step)
        var z = 0x70C5_1217 &+ seed &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 11) / Double(1 << 52) - 1
    }
}
