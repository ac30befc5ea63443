"""Sends one high reading in each framing and format, as libraries write them.

    formats.py PACKED BLANK COLON MSGPACK CLOUDEVENTS GEOJSON SENML

Each is the endpoint of a feed; the second and the third are published, the others pushed.
"""

import datetime
import json
import sys
import time
import zlib

import geojson
import msgpack
import zmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

packed, blank, colon, messages, events, features, records = sys.argv[1:]
context = zmq.Context()
now = time.time()
clock = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)


def push(endpoint, *frames):
    socket = context.socket(zmq.PUSH)
    socket.connect(endpoint)
    for message in frames:
        socket.send_multipart(message)
    socket.close(linger=5000)


def publish(endpoint, line):
    socket = context.socket(zmq.XPUB)
    socket.bind(endpoint)
    socket.recv()  # Somebody is there now.
    socket.send_string(line)
    socket.close(linger=5000)


reading = {"station": "KE-001", "level": 5.5}
bomb = zlib.compress(b"[" + b" " * (64 << 20) + b"]")
push(
    packed,
    [b"packed", bomb],
    [b"packed", b"no zlib at all"],
    [b"packed", zlib.compress(json.dumps(reading).encode())],
)
publish(blank, "river.blank " + json.dumps(reading))
publish(colon, "river.colon:" + json.dumps(reading))
push(messages, [b"messages", msgpack.packb([reading, {**reading, "station": "KE-002", "level": 1.5}])])
event = CloudEvent(
    {
        "specversion": "1.0",
        "id": "7",
        "source": "/gauges/KE-001",
        "type": "org.example.stage",
        "time": clock,
        "datacontenttype": "application/json",
    },
    reading,
)
push(events, [JSONFormat().write(event)])
quakes = [
    geojson.Feature(
        id=f"us{number}",
        geometry=geojson.Point((36.1, -0.3, 10.0)),
        properties={"mag": magnitude, "time": int(now * 1000)},
    )
    for number, magnitude in enumerate([2.5, 6.1])
]
push(features, [b"features", geojson.dumps(geojson.FeatureCollection(quakes)).encode()])
pack = [
    {"bn": "urn:dev:mac:0024befffe804ff1/", "bt": now, "n": "stage", "u": "m", "v": 5.5},
    {"n": "voltage", "u": "V", "t": -5, "v": 3.1},
]
push(records, [json.dumps(pack).encode()])
context.term()
