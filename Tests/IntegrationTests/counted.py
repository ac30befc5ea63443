"""A publisher that counts its messages, and loses, repeats and restarts as publishers do.

    counted.py ENDPOINT JOINED

It publishes from the start, heard or not, until the file JOINED is there; then it plays its story
and prints the numbers of it: a JSON object.
"""

import json
import os
import struct
import sys
import time

import zmq

endpoint, joined = sys.argv[1:]
context = zmq.Context()
pub = context.socket(zmq.PUB)
pub.bind(endpoint)
epoch, number = 1000, 0


def publish(station, level, count=None, topic=b"river.stage", payload=None):
    """Sends one reading under a number of its own, or under `count`."""
    global number
    if count is None:
        number += 1
        count = number
    reading = json.dumps({"station": station, "level": level}).encode()
    pub.send_multipart([topic, payload or reading, struct.pack(">QQ", epoch, count)])


while not os.path.exists(joined):
    publish("KE-001", 1.0)
    time.sleep(0.01)
story = {"joined": number}
# Three that nobody gets, and one behind them.
story["gap"] = [number + 1, number + 3]
number += 3
publish("KE-001", 5.0)
high = number
# Messages that cannot be used came all the same: nothing is missing.
publish("KE-001", 1.0, topic=b"weather")
publish("KE-001", 1.0, payload=b"{")
publish("KE-001", 1.0)
# The same once more, and what somebody else says under its number.
publish("KE-001", 5.0, count=high)
publish("KE-002", 9.0, count=high)
# One of the three comes late.
publish("KE-003", 9.0, count=story["gap"][1])
# It starts anew, and its first two are lost.
old, epoch, number = epoch, epoch + 1, 2
publish("KE-004", 9.0)
# A copy of a message before the restart.
epoch = old
publish("KE-001", 5.0, count=high)
epoch += 1
publish("KE-001", 0.5)
print(json.dumps(story), flush=True)
time.sleep(1)
