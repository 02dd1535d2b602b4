"""64 clients at a time for a while: no error, and memory that does not grow.

    load.py BASE WORK SERVER-PID [SECONDS]
"""

import http.client
import json
import random
import sys
import threading
import time

base = sys.argv[1].removeprefix("http://")
server = sys.argv[3]
seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 30
end = time.monotonic() + seconds
counts, lock = {}, threading.Lock()
things = ["a garden", "the sea", "bread", "a river", "a house"]


def resident():
    with open(f"/proc/{server}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def client(number):
    draw = random.Random(number)
    while time.monotonic() < end:
        body = {
            "model": "organism", "max_tokens": draw.randint(1, 80), "seed": draw.randrange(1000),
            "messages": [{"role": "system", "content": "You are nova."},
                         {"role": "user", "content": f"Write about {draw.choice(things)}."}],
            "n": draw.choice([1, 1, 1, 4]), "stream": draw.random() < 0.3,
        }
        if draw.random() < 0.3:
            body.update(logprobs=True, top_logprobs=5)
        connection = http.client.HTTPConnection(base, timeout=120)
        try:
            connection.request(
                "POST", "/v1/chat/completions", json.dumps(body),
                {"content-type": "application/json"})
            response = connection.getresponse()
            # Some leave before the end.
            if body["stream"] and draw.random() < 0.1:
                response.read(100)
                outcome = "left"
            else:
                text = response.read()
                good = text.endswith(b"[DONE]\n\n") if body["stream"] else "choices" in json.loads(text)
                outcome = str(response.status) if good else "broken"
        except Exception as error:
            outcome = type(error).__name__
        connection.close()
        with lock:
            counts[outcome] = counts.get(outcome, 0) + 1


threads = [threading.Thread(target=client, args=(number,)) for number in range(64)]
for thread in threads:
    thread.start()
memory = []
while time.monotonic() < end:
    time.sleep(min(5, seconds / 10))
    memory.append(resident())
for thread in threads:
    thread.join()
total = sum(counts.values())
print(f"{total} requests in {seconds:.0f} s, {total / seconds:.0f} a second: {counts}")
print("resident MB: " + " ".join(f"{value:.0f}" for value in memory))
assert set(counts) <= {"200", "left"}, counts
# Memory is taken while the first requests come; what is held after that must not grow.
half = len(memory) // 2
assert max(memory[half:]) < 1.1 * max(memory[: half or 1]) + 20, memory
