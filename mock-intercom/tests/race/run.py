#!/usr/bin/env python3
"""How fast the mock answers POST /conversations/{id}/parts, beside other mock servers, on this machine.

    mock-intercom/tests/race/run.py            the race, then growth
    mock-intercom/tests/race/run.py growth     100,000 conversations with 10 parts each, alone

Needs cargo, wrk, Node with npm, and Java 17. Peers are installed below Cargo's target directory. Prism
is given Intercom's OpenAPI description: INTERCOM_OPENAPI or ../shared/data/intercom-openapi; without it,
Prism sits out. Nothing here is a test: it prints two tables, in Markdown, and what they were measured with.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target")).resolve()
PLACE = TARGET / "race"
CONNECTIONS = 16
WARM_UP_SECONDS, ROUND_SECONDS, ROUNDS = 15, 4, 7
CONVERSATIONS_OF_THE_RACE = 1_000
CONVERSATIONS_OF_GROWTH, PARTS_EACH = 100_000, 10
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server that runs: where, and what it has used up."""

    def __init__(self, name, configuration, command, paths, cwd=PLACE):
        self.name, self.configuration, self.paths = name, configuration, paths
        self.port = free_port()
        command = [str(part).replace("PORT", str(self.port)) for part in command]
        self.process = subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self.rounds = []
        wait_for(self)

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_mb(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(server):
    for _ in range(600):
        if server.process.poll() is not None:
            sys.exit(f"{server.name} ended with {server.process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{server.name} does not listen")


def post(url, body):
    headers = {"content-type": "application/json", "accept": "application/json", "authorization": "Bearer test-token"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    return urllib.request.urlopen(request, timeout=10).read()


def get(url):
    return json.load(urllib.request.urlopen(url, timeout=60))


def written(name, lines):
    path = PLACE / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def load(server, paths, bodies, seconds, first=0):
    """wrk for a while; what it says, and the processor time that the server took."""
    environment = {**os.environ, "PATHS": str(paths), "BODIES": str(bodies), "FIRST": str(first)}
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", HERE / "load.lua", server.url]
    before = server.cpu_seconds()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    used = server.cpu_seconds() - before
    found = json.loads(done.stdout.splitlines()[-1])
    if found["refused"] or found["broken"]:
        sys.exit(f"{server.name}: {found}")
    found["per_second"] = found["requests"] / found["microseconds"] * 1e6
    found["cpu_us"] = used / found["requests"] * 1e6
    return found


# Assignments, the hot path: a team, then a teammate, so that every call changes something.
def bodies():
    team = {"message_type": "assignment", "type": "team", "admin_id": "101", "assignee_id": "201"}
    admin = {"message_type": "assignment", "type": "admin", "admin_id": "101", "assignee_id": "102"}
    return written("bodies", [json.dumps(team), json.dumps(admin)])


def mock(name):
    command = [TARGET / "release/mock-intercom", "serve", "--port", "PORT", "--workspace", HERE / "workspace.toml"]
    return Server(name, "release build, every call changes the state and is journalled", command, None)


def bring(server, count):
    """DMs, each a conversation; their paths, in a file."""
    for user in range(count):
        post_kept(server, "/_mock/dms", json.dumps({"user": f"user-{user}", "text": "how much is the blue one?"}))
    ids, after = [], 0
    while after is not None:
        page = get(f"{server.url}/_mock/conversations?after={after}&limit=10000")
        ids += [row["id"] for row in page["conversations"]]
        after = page["next"]
    server.paths = written(f"paths-{count}", [f"/conversations/{id}/parts" for id in ids])


def post_kept(server, path, body):
    """Over one connection that is kept open: for many calls that must each be made once."""
    if getattr(server, "connection", None) is None:
        server.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    server.connection.request("POST", path, body, {"content-type": "application/json"})
    answer = server.connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")


def description():
    given = os.environ.get("INTERCOM_OPENAPI")
    folder = Path(given) if given else PROJECT.parent / "shared/data/intercom-openapi"
    path = folder / "2.14.yaml"
    return path if path.exists() else None


def install():
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, PLACE / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=PLACE, check=True)


def build():
    PLACE.mkdir(parents=True, exist_ok=True)
    for what in (["--bin", "mock-intercom"], ["--example", "ceiling"]):
        subprocess.run(["cargo", "build", "--release", "-q", "-p", "mock-intercom", *what], cwd=PROJECT, check=True)


def contestants():
    """Every server, with the answer that the mock gives to an assignment as the static answer of the others."""
    ours = mock("mock-intercom")
    bring(ours, CONVERSATIONS_OF_THE_RACE)
    path = ours.paths.read_text().splitlines()[0]
    body = json.loads(bodies().read_text().splitlines()[0])
    answer = post(f"{ours.url}{path}", body).decode()
    (PLACE / "answer.json").write_text(answer)
    stub = {
        "request": {"method": "POST", "urlPathPattern": "/conversations/[^/]+/parts"},
        "response": {"status": 200, "body": answer, "headers": {"Content-Type": "application/json; charset=utf-8"}},
    }
    (PLACE / "mappings").mkdir(exist_ok=True)
    (PLACE / "mappings/parts.json").write_text(json.dumps(stub))
    one_path = written("one-path", ["/conversations/123/parts"])
    size = f"static answer of {len(answer)} bytes"
    found = [
        ours,
        Server("axum, bare", f"release build, {size}, no state: the ceiling",
               [TARGET / "release/examples/ceiling", "PORT", PLACE / "answer.json"], one_path),
        Server("WireMock 3.13.2", f"as installed (npm `wiremock`, standalone jar, journal on), {java()}, {size}",
               ["java", "-jar", PLACE / "node_modules/wiremock/build/wiremock-standalone-3.13.2.jar", "--port", "PORT",
                "--bind-address", "127.0.0.1", "--root-dir", PLACE], one_path),
    ]
    if document := description():
        prism = [PLACE / "node_modules/.bin/prism", "mock", "-h", "127.0.0.1", "-p", "PORT", document]
        found.append(Server("Prism 5.16.0", f"as installed (`prism mock`), Node {node()}, the 2.14 description", prism, one_path))
    else:
        print("Prism sits out: there is no OpenAPI description; set INTERCOM_OPENAPI", file=sys.stderr)
    return found


def java():
    return subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0].replace('"', "")


def node():
    return subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()


def race():
    servers = contestants()
    assignments = bodies()
    for server in servers:
        load(server, server.paths, assignments, WARM_UP_SECONDS)
    for number in range(ROUNDS):
        # Another one is first each time.
        turn = number % len(servers)
        for server in servers[turn:] + servers[:turn]:
            server.rounds.append(load(server, server.paths, assignments, ROUND_SECONDS))
    print(f"\n{machine()}. wrk, one thread, {CONNECTIONS} connections on 127.0.0.1; {WARM_UP_SECONDS} s of warm-up each, then "
          f"{ROUNDS} rounds of {ROUND_SECONDS} s in turns; medians of the rounds. Processor time is that of the server alone.\n")
    print("| server | requests/s | p99 ms | CPU µs/request | RSS MB | bytes/answer | configuration |")
    print("| --- | --: | --: | --: | --: | --: | --- |")
    for server in servers:
        size = median(server, "bytes") / median(server, "requests")
        print(f"| {server.name} | {median(server, 'per_second'):,.0f} | {median(server, 'p99_us') / 1000:.1f} | "
              f"{median(server, 'cpu_us'):.1f} | {server.rss_mb():,.0f} | {size:,.0f} | {server.configuration} |")
    ours = servers[0]
    for peer in servers[2:]:
        faster = median(ours, "per_second") / median(peer, "per_second")
        cheaper = median(peer, "cpu_us") / median(ours, "cpu_us")
        print(f"\nmock-intercom: {faster:.1f} times the requests per second of {peer.name}, 1/{cheaper:.1f} of its CPU per request.")
    for server in servers:
        server.stop()


def median(server, key):
    return statistics.median(one[key] for one in server.rounds)


def growth():
    """The same load on a small and on a big workspace, in turns: is the big one slower?"""
    small, big = mock("1,000 conversations"), mock(f"{CONVERSATIONS_OF_GROWTH:,} conversations")
    bring(small, 1_000)
    empty = big.rss_mb()
    bring(big, CONVERSATIONS_OF_GROWTH)
    before_parts = big.rss_mb()
    assignments = bodies()
    total = fill(big, assignments)
    filled = big.rss_mb()
    load(small, small.paths, assignments, WARM_UP_SECONDS)
    for number in range(ROUNDS):
        for server in (small, big) if number % 2 else (big, small):
            server.rounds.append(load(server, server.paths, assignments, ROUND_SECONDS))
    print(f"\n{machine()}. wrk as above. The big workspace was given {CONVERSATIONS_OF_GROWTH:,} DMs and {total:,} parts first, "
          f"{total // CONVERSATIONS_OF_GROWTH} or more to each conversation.\n")
    print("| workspace | requests/s | p99 ms | CPU µs/request |\n| --- | --: | --: | --: |")
    for server in (small, big):
        print(f"| {server.name} | {median(server, 'per_second'):,.0f} | {median(server, 'p99_us') / 1000:.1f} | {median(server, 'cpu_us'):.1f} |")
    print(f"\nMemory of the big one: {empty:,.0f} MB when empty, {before_parts:,.0f} MB with the conversations, {filled:,.0f} MB with "
          f"the parts and a journal of its last 1,000,000 entries.")
    for server in (small, big):
        server.stop()


def fill(server, assignments):
    """Calls on all conversations in turn until every one has its parts."""
    needed = CONVERSATIONS_OF_GROWTH * PARTS_EACH
    total = 0
    while total < needed:
        # Goes on where the last run stopped, a little before: calls under way at its end are not counted.
        total += load(server, server.paths, assignments, 5, first=max(total - CONNECTIONS, 0))["requests"]
    return total


def machine():
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    return f"{os.cpu_count()} cores of {cpu}, {time.strftime('%Y-%m-%d')}"


if __name__ == "__main__":
    build()
    if sys.argv[1:] not in ([], ["growth"]):
        sys.exit(__doc__)
    if not sys.argv[1:]:
        install()
        race()
    growth()
