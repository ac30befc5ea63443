"""Writes payloads as libraries for CloudEvents, GeoJSON and MessagePack write them, and the
documents that they are: a JSON object a line with `format`, the `payload` in hexadecimal and its
`documents`.
"""

import base64, datetime, json, math, random, struct, sys

import geojson, msgpack
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

choose = random.Random(7)
TEXTS = ["", "KE-001", "größer", "水\n\"\\\t\u0001", "😀", "a" * 300]


def number():
    return choose.choice(
        [
            choose.randint(-(2**63), 2**64 - 1),
            choose.randint(-40, 300),
            choose.uniform(-1e3, 1e3),
            round(choose.uniform(-180, 180), 4),
            choose.uniform(-1, 1) * 10.0 ** choose.randint(-300, 300),
        ]
    )


def value(depth=0):
    kind = choose.randrange(7 if depth < 4 else 5)
    if kind == 5:
        return [value(depth + 1) for _ in range(choose.randrange(20))]
    if kind == 6:
        return members(depth + 1)
    return [None, True, False, number(), choose.choice(TEXTS)][kind]


def members(depth=0):
    names = ["a", "b", "id", "type", "lat", "ü", ""]
    return {choose.choice(names): value(depth) for _ in range(4)}


def tell(kind, payload, documents):
    line = {"format": kind, "payload": payload.hex(), "documents": documents}
    print(json.dumps(line, allow_nan=False))


def shortest_single(number):
    """The shortest decimal that reads back as the same number of 32 bits."""
    for digits in range(1, 10):
        text = f"{number:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", number):
            return float(text)


def message_pack():
    document = members()
    tell("msgpack", msgpack.packb(document), [document])
    array = [members() for _ in range(choose.randrange(20))]
    tell("msgpack", msgpack.packb(array), array)
    tell("msgpack", b"".join(map(msgpack.packb, array)) or b"\x90", array)
    single = struct.pack("f", choose.uniform(-1, 1) * 10 ** choose.randint(-30, 30))
    single = struct.unpack("f", single)[0]
    packed = msgpack.packb({"v": single}, use_single_float=True)
    tell("msgpack", packed, [{"v": shortest_single(single)}])
    data = choose.randbytes(choose.randrange(300))
    text = base64.b64encode(data).decode()
    packed = msgpack.packb({"v": data, 7: math.nan, True: 1})
    tell("msgpack", packed, [{"v": text, "7": None, "true": 1}])
    extension = msgpack.ExtType(choose.randint(0, 127), data)
    packed = msgpack.packb({"v": extension})
    tell("msgpack", packed, [{"v": {"type": extension.code, "data": text}}])
    seconds = choose.randrange(-(2**31), 7 * 10**9)
    time = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    stamp = msgpack.Timestamp.from_datetime(time)
    tell("msgpack", msgpack.packb({"v": stamp}), [{"v": f"{time:%Y-%m-%dT%H:%M:%S}Z"}])
    stamp.nanoseconds = 7
    tell("msgpack", msgpack.packb({"v": stamp}), [{"v": f"{time:%Y-%m-%dT%H:%M:%S}.000000007Z"}])


def geo_json():
    def feature():
        properties, own = members(), {}
        position = [number() for _ in range(choose.choice([2, 3]))]
        if choose.random() < 0.7:
            geometry = geojson.Point(position, precision=15, validate=False)
            own = dict(zip(["lon", "lat", "alt"], geometry["coordinates"]))
        else:
            geometry = choose.choice([None, geojson.LineString([(1.5, 2), (3, 4)])])
        name = choose.choice([1, "x"])
        written = geojson.Feature(id=name, geometry=geometry, properties=properties)
        document = {**own, **json.loads(geojson.dumps(written)), **properties}
        return written, {**document, "properties": properties}

    one, document = feature()
    tell("geojson", geojson.dumps(one).encode(), [document])
    many = [feature() for _ in range(choose.randrange(9))]
    collection = geojson.FeatureCollection([written for written, _ in many])
    text = geojson.dumps(collection, indent=choose.choice([None, 2]))
    tell("geojson", text.encode(), [document for _, document in many])


def cloud_events():
    def event():
        attributes = {"specversion": "1.0", "id": "7", "source": "/gauge", "type": "stage"}
        attributes["alpha"] = "x"
        attributes["time"] = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        data = choose.choice([None, members(), [1], members()])
        if data is not None and choose.random() < 0.3:
            written = CloudEvent(attributes, json.dumps(data, indent=2).encode())
        else:
            written = CloudEvent({**attributes, "datacontenttype": "application/json"}, data)
        payload = JSONFormat().write(written)
        envelope = json.loads(payload)
        envelope.pop("data_base64", None)
        envelope.pop("data", None)
        document = {**envelope, **(data if isinstance(data, dict) else {})}
        document |= {"ce-" + name: said for name, said in envelope.items()}
        if data is not None:
            document["data"] = data
        return payload, document

    one, document = event()
    tell("cloudevents", one, [document])
    many = [event() for _ in range(choose.randrange(1, 6))]
    batch = b"[" + b",".join(one for one, _ in many) + b"]"
    tell("cloudevents", batch, [document for _, document in many])


for _ in range(int(sys.argv[1])):
    message_pack()
    geo_json()
    cloud_events()
