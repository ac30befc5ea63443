"""Attacks the feeds of a daemon on this host while a good one goes on, and prints what was sent.

    hostile.py GOOD_PORT WILD_PORT REPORT_PORT SECONDS

Everything talks to loopback and ends by itself.
"""
import datetime
import json
import random
import socket
import struct
import sys
import threading
import time

import zmq

good_port, wild_port, report_port = (int(port) for port in sys.argv[1:4])
end = time.time() + float(sys.argv[4])
context = zmq.Context()
counts = {}
lock = threading.Lock()


def count(name, number=1):
    with lock:
        counts[name] = counts.get(name, 0) + number


def push(port):
    pusher = context.socket(zmq.PUSH)
    pusher.setsockopt(zmq.LINGER, 0)
    pusher.setsockopt(zmq.SNDTIMEO, 200)
    pusher.connect(f"tcp://127.0.0.1:{port}")
    return pusher


def send(pusher, frames, name):
    try:
        pusher.send_multipart(frames)
        count(name)
    except zmq.Again:
        time.sleep(0.01)


def stamp(years=0):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(days=365 * years)).isoformat()


def good():
    """1,000 readings a second of ten stations, which all must be decided."""
    pusher = context.socket(zmq.PUSH)
    pusher.setsockopt(zmq.LINGER, 20000)
    pusher.connect(f"tcp://127.0.0.1:{good_port}")
    start, sent = time.time(), 0
    while time.time() < end:
        for station in range(10):
            reading = {"t": stamp(), "k": f"g{station}", "v": sent // 10 % 2}
            pusher.send_multipart([b"good", json.dumps(reading).encode()])
            sent += 1
        time.sleep(max(0, start + sent / 1000 - time.time()))
    count("good", sent)
    pusher.close()


def zmtp(port):
    """A connection that speaks ZMTP 3.0 by hand, as a PUSH."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    connection.sendall(
        b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL" + bytes(16) + b"\0" + bytes(31))
    need = 64
    while need:
        greeting = connection.recv(need)
        if not greeting:
            connection.close()
            raise ConnectionError("cut off in the greeting")
        need -= len(greeting)
    body = b"\x05READY\x0bSocket-Type" + struct.pack(">I", 4) + b"PUSH"
    connection.sendall(b"\x04" + bytes([len(body)]) + body)
    connection.recv(1000)
    return connection


def endless():
    """A multipart message that never ends."""
    data = b"x" * 60000
    part = b"\x03" + struct.pack(">Q", len(data)) + data
    while time.time() < end:
        try:
            with zmtp(wild_port) as connection:
                while time.time() < end:
                    connection.sendall(part * 10)
                    count("endless_bytes", 10 * len(part))
        except OSError:
            count("endless_cut")
            time.sleep(0.2)


def garbage():
    """Bytes that are no ZMTP, and ZMTP that breaks off."""
    source = random.Random(1)
    while time.time() < end:
        for port in (wild_port, report_port):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                    if source.random() < 0.5:
                        connection.sendall(b"\xff" + bytes(8) + b"\x7f\x03")
                    connection.sendall(source.randbytes(source.randrange(1, 4000)))
                    count("garbage")
            except OSError:
                pass


def half_open():
    """Connections that say nothing."""
    held = []
    while time.time() < end:
        try:
            if len(held) < 300:
                held.append(socket.create_connection(("127.0.0.1", report_port), timeout=1))
                count("half_open")
            else:
                time.sleep(0.1)
        except OSError:
            time.sleep(0.05)
    for connection in held:
        connection.close()


def broken():
    """Frames that are refused: no JSON, no stream, too large, too many, of another decade."""
    pusher = push(wild_port)
    source = random.Random(2)
    number = 0
    while time.time() < end:
        number += 1
        send(pusher, [b"wild", source.randbytes(source.randrange(0, 300))], "broken")
        send(pusher, [b"topic.%d" % number, b"{}"], "topics")
        send(pusher, [b"wild"] * source.randrange(3, 20), "frames")
        for years in (10, -10):
            reading = {"t": stamp(years), "k": "clock", "v": 1}
            send(pusher, [b"timed", json.dumps(reading).encode()], "clocks")
        if number % 50 == 0:
            send(pusher, [b"wild", b" " * (5 << 20)], "large")


def keys():
    """A million keys, a thousand in a frame."""
    pusher = push(wild_port)
    number = 0
    while time.time() < end and number < 1_000_000:
        readings = ",".join(
            f'{{"k":"k{number + index}","v":1}}' for index in range(1000))
        send(pusher, [b"wild", f"[{readings}]".encode()], "key_frames")
        number += 1000


def flood():
    """One source that sends a hundred times its share."""
    pusher = push(wild_port)
    frame = ("[" + ",".join(['{"k":"loud","v":0}'] * 1000) + "]").encode()
    while time.time() < end:
        send(pusher, [b"wild", frame], "flood_frames")


def reports():
    """Reports that are refused, from an asker that does not read the answers."""
    dealer = context.socket(zmq.DEALER)
    dealer.setsockopt(zmq.LINGER, 0)
    dealer.setsockopt(zmq.SNDTIMEO, 200)
    dealer.setsockopt(zmq.RCVHWM, 1)
    dealer.connect(f"tcp://127.0.0.1:{report_port}")
    number = 0
    while time.time() < end:
        number += 1
        send(dealer, [b"good", b'{"t":1}'], "reports")
        if number % 4 == 0:
            send(dealer, [b"topic.%d" % number, b"{}"], "topics")


attacks = [good, endless, garbage, half_open, broken, keys, flood, reports]
threads = [threading.Thread(target=attack) for attack in attacks]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
context.destroy(linger=20000)
print(json.dumps(counts, sort_keys=True))
