/// Names of CEL, its extensions and Tocsin's macros that this version does not carry out.
///
/// They are refused by name, so that nobody takes a planned feature for a typing error; a name
/// leaves this list when it enters the `FunctionTable`.
enum LaterNames {
    /// Whether a function, a macro, a type or a name space is planned.
    static func contains(_ name: String) -> Bool { all.contains(name) }

    private static let all: Set<String> = [
        // CEL's standard functions and types.
        "matches", "bool", "bytes", "dyn", "list", "map", "null_type", "type", "uint", "getDate",
        "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours",
        "getMilliseconds", "getMinutes", "getMonth", "getSeconds", "google",
        // CEL's macros.
        "all", "exists", "exists_one", "existsOne", "filter", "transformList", "transformMap",
        "transformMapEntry",
        // CEL's extensions.
        "math.sqrt", "math.sign", "math.isNaN", "math.isInf", "math.isFinite", "math.bitAnd",
        "math.bitOr", "math.bitXor", "math.bitNot", "math.bitShiftLeft", "math.bitShiftRight",
        "strings", "lists", "sets", "optional", "optional_type", "base64", "cel", "ip",
        "cidr", "isIP", "isCIDR", "regex", "charAt", "indexOf", "lastIndexOf", "lowerAscii",
        "upperAscii", "replace", "split", "substring", "trim", "join", "format", "reverse", "quote",
        "or", "hasValue", "value", "optMap", "optFlatMap", "flatten", "slice", "sort",
        "sortBy", "proto",
        // Window macros.
        "median", "mad", "quantile", "distinct", "prev", "lag", "ago", "changes", "share",
        "duration_true", "zscore", "ewma", "sta_lta", "bandpass",
        "cusum", "ears_c1", "ears_c2", "ears_c3", "baseline",
        // Functions for the field.
        "dist_km", "bearing", "inside", "geohash", "aqi_pm25",
    ]
}
