#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A ledger with many cases, and many items due at one instant.

usage: bench_large.py WAYMARK BIN large CASES SECONDS    start, memory, and events a second beside an empty ledger
       bench_large.py WAYMARK BIN due CASES              CASES deadlines at one instant that fell due while the
                                                         daemon was down: how soon it listens, how long they take
                                                         to fire, and how long requests take meanwhile
"""
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
POLICIES = os.path.join(HERE, "..", "..", "policies")
CONNECTIONS = 32
PACE_S = 0.005  # between two requests while items fire
DAY_S = 86400
START_SECONDS = 3600


class Daemon:
    def __init__(self, waymark, folder, name, *more):
        ledger = os.path.join(folder, name + ".db")
        done = subprocess.run([waymark, "token", "add", "bench", "--role", "submit", "--county", "all",
                               "--ledger", ledger], capture_output=True, text=True, check=True)
        self.token = done.stdout.strip()
        self.said, self.wait_for = [], {}
        self.listening = self.event("listening")
        self.began = time.monotonic()
        self.process = subprocess.Popen([waymark, "serve", "--policies", POLICIES, "--ledger", ledger, "--listen",
                                         "127.0.0.1:0", *more], stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        if not self.listening.wait(START_SECONDS):
            sys.exit("the daemon did not start")
        self.start_s = time.monotonic() - self.began
        self.port = next(e["port"] for e in self.said if e["event"] == "listening")

    def event(self, name):
        return self.wait_for.setdefault(name, threading.Event())

    def read(self):
        for line in self.process.stderr:
            e = json.loads(line)
            self.said.append(e)
            self.event(e["event"]).set()
        for event in list(self.wait_for.values()):
            event.set()

    def megabytes(self, what):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(what + r":\s+(\d+)", f.read()).group(1)) / 1024

    def processor_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        if self.process.wait():
            sys.exit(f"the daemon ended with {self.process.returncode}: {self.said[-1:]}")


def make(bin_, folder, name, cases, turns, start, seconds, *more):
    began = time.monotonic()
    subprocess.run([f"{bin_}/tests/bench/gen_ledger", POLICIES, os.path.join(folder, name + ".db"), str(cases),
                    str(turns), str(start), str(seconds), *more], check=True, stderr=subprocess.DEVNULL)
    size = os.path.getsize(os.path.join(folder, name + ".db"))
    print(f"{name}: {cases} cases, {size >> 20} MB, made in {time.monotonic() - began:.0f} s", flush=True)


def write_load(bin_, folder, cases, start):
    """Half of the events are for each round."""
    made = subprocess.run([f"{bin_}/tests/bench/gen_events", "800000", str(cases), str(start), "3500"],
                          capture_output=True, text=True, check=True)
    lines = made.stdout.replace('"id":"e-', '"id":"load-').splitlines()
    for n, part in enumerate((lines[: len(lines) // 2], lines[len(lines) // 2:])):
        with open(os.path.join(folder, f"load{n}.jsonl"), "w", encoding="utf-8") as f:
            f.write("\n".join(part) + "\n")


def load(d, folder, n, seconds):
    """Events a second, p99 in words, microseconds of processor for each event."""
    before = d.processor_s()
    env = dict(os.environ, PATH_="/v1/events", TOKEN=d.token, EVENTS=os.path.join(folder, f"load{n}.jsonl"))
    done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s",
                           os.path.join(HERE, "events.lua"), f"http://127.0.0.1:{d.port}"],
                          capture_output=True, text=True, check=True, env=env)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1)),
            re.search(r"99%\s+(\S+)", done.stdout).group(1),
            (d.processor_s() - before) * 1e6 / int(re.search(r"(\d+) requests in", done.stdout).group(1)))


def large(waymark, bin_, folder, cases, seconds):
    now = int(time.time())
    make(bin_, folder, "large", cases, 1, now - 4 * 3600, 3500)
    write_load(bin_, folder, cases, now - 2 * 3600)
    many, empty = Daemon(waymark, folder, "large"), Daemon(waymark, folder, "empty")
    print(f"start: {many.start_s:.2f} s with {cases} cases, {empty.start_s:.2f} s with none; memory "
          f"{many.megabytes('VmRSS'):.0f} and {empty.megabytes('VmRSS'):.0f} MB", flush=True)
    for n in range(2):
        floor, floor99, floor_us = load(empty, folder, n, seconds)
        rate, p99, us = load(many, folder, n, seconds)
        print(f"events: {rate:.0f}/s with p99 {p99}, and {floor:.0f}/s with p99 {floor99} from an empty ledger on; "
              f"ratio {rate / floor:.2f}, by processor time {floor_us / us:.2f} ({us:.0f} us an event)", flush=True)
    print(f"memory after that: {many.megabytes('VmHWM'):.0f} and {empty.megabytes('VmHWM'):.0f} MB at most")
    many.stop()
    empty.stop()


def request(connection, token, n):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    event = {"specversion": "1.0", "id": f"meanwhile-{n}", "source": "/bench", "type": "session_attended",
             "subject": f"S-new-{n}", "time": now, "county": "alameda",
             "data": {"service": "counselling", "provider": "A-0", "minutes": 60}}
    began = time.monotonic()
    connection.request("POST", "/v1/events", json.dumps(event), {
        "Authorization": "Bearer " + token, "Content-Type": "application/cloudevents+json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"an event was answered with {answer.status}")
    return time.monotonic() - began


def tell(what, took):
    took = sorted(took)
    if took:
        print(f"{what}: {len(took)} requests, median {took[len(took) // 2] * 1000:.1f} ms, "
              f"p99 {took[len(took) * 99 // 100] * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms", flush=True)


def pace(d, connection, until, seconds, first):
    took, end = [], time.monotonic() + seconds
    while not until.is_set() and time.monotonic() < end:
        took.append(request(connection, d.token, first + len(took)))
        time.sleep(PACE_S)
    return took


def due(waymark, bin_, folder, cases):
    make(bin_, folder, "due", cases, 1, int(time.time()) - 20 * DAY_S, 3500, "waiting")
    d = Daemon(waymark, folder, "due")
    fired = d.event("overdue-fired")
    connection = http.client.HTTPConnection("127.0.0.1", d.port, timeout=START_SECONDS)
    took = pace(d, connection, fired, START_SECONDS, 0)
    all_s = time.monotonic() - d.began
    count = next(e["count"] for e in d.said if e["event"] == "overdue-fired")
    print(f"{count} items due at one instant: listening after {d.start_s:.2f} s, all fired after {all_s:.1f} s "
          f"({count / all_s:.0f}/s, {d.processor_s() * 1e6 / count:.0f} us of processor each); memory "
          f"{d.megabytes('VmHWM'):.0f} MB at most", flush=True)
    tell("while they fire", took)
    tell("when nothing does", pace(d, connection, threading.Event(), 5, 10**9))
    d.stop()


def main(waymark, bin_, what, *numbers):
    with tempfile.TemporaryDirectory(prefix="waymark-bench-") as folder:
        {"large": large, "due": due}[what](waymark, bin_, folder, *map(int, numbers))


if __name__ == "__main__":
    if len(sys.argv) == 6 and sys.argv[3] == "large" or len(sys.argv) == 5 and sys.argv[3] == "due":
        main(*sys.argv[1:])
    else:
        sys.exit(__doc__)
