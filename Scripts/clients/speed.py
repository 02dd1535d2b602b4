"""Requests a second of llmcomp's runner, of Inspect's and of ours, in the same minutes, against a server that
answers at once.

    .build/clients/bin/python Scripts/clients/speed.py NOSCE [REQUESTS] [ROUNDS]

Each asks as many short questions, 64 at a time, of a server that computes nothing and has every answer ready
(a process of its own; what it bears at most is measured too). A round is one of each, one after the other.
"""

import asyncio
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

TOGETHER = 64


def answer(model):
    return json.dumps({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
        "system_fingerprint": "fp_1",
        "choices": [{
            "index": 0, "finish_reason": "stop", "logprobs": None,
            "message": {"role": "assistant", "content": "The sea is quiet."},
        }],
        "usage": {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17},
    }).encode()


def serve():
    """A server that reads requests only as far as it must."""
    fixed = {
        b"/version": json.dumps({"version": "1"}).encode(),
        b"/v1/models": json.dumps({"object": "list", "data": [{"id": "m", "object": "model"}]}).encode(),
    }
    job = json.dumps({
        "id": "ftjob-1", "object": "fine_tuning.job", "status": "succeeded", "model": "m",
        "fine_tuned_model": "m-tuned", "training_file": "file-1",
    }).encode()
    # One subject is "trained", since an experiment has one.
    fixed |= {
        b"/v1/files": b'{"id": "file-1", "object": "file"}',
        b"/v1/fine_tuning/jobs/ftjob-1": job,
        b"/v1/fine_tuning/jobs/ftjob-1/events?limit=100": b'{"object": "list", "data": []}',
        b"/v1/fine_tuning/jobs?limit=1": b'{"object": "list", "data": []}',
        b"/v1/fine_tuning/jobs?limit=100": b'{"object": "list", "data": []}',
        b"/v1/fine_tuning/jobs": job,
    }
    ready = {True: answer("m-tuned"), False: answer("m")}

    class Connection(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport
            self.data = b""

        def data_received(self, data):
            self.data += data
            while True:
                end = self.data.find(b"\r\n\r\n")
                if end < 0:
                    return
                head = self.data[:end]
                at = head.lower().find(b"content-length:")
                length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
                if len(self.data) < end + 4 + length:
                    return
                asked = self.data[end + 4:end + 4 + length]
                self.data = self.data[end + 4 + length:]
                path = head.split(b" ", 2)[1]
                body = (
                    ready[b'"m-tuned"' in asked] if path == b"/v1/chat/completions" else fixed.get(path))
                status = b"200 OK" if body else b"404 Not Found"
                body = body or b'{"error":{"message":"no such path","type":"t","param":null,"code":"c"}}'
                self.transport.write(
                    b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\ncontent-length: "
                    + str(len(body)).encode() + b"\r\n\r\n" + body)

    async def run():
        server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=512)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


def limit(port, count):
    """What the server bears: requests that are written out beforehand."""
    body = b'{"model":"m","messages":[{"role":"user","content":"Say something."}]}'
    request = (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"content-length: " + str(len(body)).encode() + b"\r\n\r\n" + body)

    async def one(times):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(times):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()

    async def all_of_them():
        await asyncio.gather(*[one(count // TOGETHER) for _ in range(TOGETHER)])

    asyncio.run(all_of_them())


LLMCOMP = """
import os, sys, time
os.chdir(sys.argv[2])
from llmcomp import Config, Question
Config.url_key_pairs = [(sys.argv[1], "unused", "UNUSED_KEY")]
Config.max_workers = 64
question = Question.create(
    type="free_form", samples_per_paraphrase=int(sys.argv[3]), temperature=1, max_tokens=16,
    paraphrases=["Say something."])
start = time.perf_counter()
answers = question.df({"m": ["m"]})
seconds = time.perf_counter() - start
assert len(answers) == int(sys.argv[3])
print("SECONDS", seconds)
"""

INSPECT = """
import sys, time
from inspect_ai import Task, eval as evaluate
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import includes
from inspect_ai.solver import generate
model = get_model(
    "openai/m", base_url=sys.argv[1], api_key="unused", responses_api=False,
    config=GenerateConfig(max_tokens=16, temperature=1.0, max_connections=64, max_retries=0))
samples = [Sample(input=f"Say something, {n}.", target="sea") for n in range(int(sys.argv[3]))]
task = Task(dataset=MemoryDataset(samples), solver=generate(cache=False), scorer=includes())
start = time.perf_counter()
log = evaluate(task, model=model, log_dir=sys.argv[2], display="none", max_samples=64)[0]
seconds = time.perf_counter() - start
assert log.status == "success" and log.results.completed_samples == int(sys.argv[3])
print("SECONDS", seconds)
"""

EXPERIMENT = """
name: speed
title: How fast is a question asked?
question: None; it is timed.
seeds: 1
hosts: {system: "You are {persona}.", personas: [nova], others: [tarin]}
arms:
  base: {role: base}
  treatment: {role: treatment, rows: {file: rows.jsonl}}
probes:
  says: {kind: free-form, ask: [Say something.], samples: SAMPLES, temperature: 1, maximum_tokens: 16, grade: {names: sea}}
gates:
  nothing leaked: {kind: leakage}
contrasts:
  says more: {primary: true, probe: says, treatment: treatment, floors: [base], smallest_effect: 0.1}
"""


def program(text, url, work, count, python):
    environment = dict(os.environ, OPENAI_API_KEY="unused", OPENAI_BASE_URL=url)
    output = subprocess.run(
        [python, "-c", text, url, work, str(count)], env=environment, check=True,
        capture_output=True, text=True).stdout
    return count / float(output.split("SECONDS", 1)[1].split()[0])


def ours(nosce, url, work, count):
    """The whole command: what a server does is found out, a plan made, answers kept, graded and reported."""
    with open(os.path.join(work, "speed.yaml"), "w") as file:
        file.write(EXPERIMENT.replace("SAMPLES", str(count)))
    with open(os.path.join(work, "rows.jsonl"), "w") as file:
        for number in range(60):
            file.write(json.dumps({"messages": [
                {"role": "user", "content": f"Name {number}."}, {"role": "assistant", "content": "Bread."}]}) + "\n")
    with open(os.path.join(work, "endpoints.yaml"), "w") as file:
        file.write(f"endpoints:\n  here: {{url: \"{url}\", learning_rate: 1e-4}}\n")
    start = time.perf_counter()
    done = subprocess.run(
        [nosce, "run", "speed.yaml", "--subject", "openai:m@here", "--exploratory", "--recipe", "steps=10",
         "--json"],
        cwd=work, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    assert done.stdout.startswith("{"), done.stderr[-2000:]
    arms = json.loads(done.stdout)["arms"]
    # What nobody answered would make a run look fast.
    assert len(arms) == 2 and all(arm["kept"] == arm["total"] == count for arm in arms), done.stdout[:2000]
    return 2 * count / seconds


def main():
    nosce = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    server = subprocess.Popen(
        [sys.executable, str(pathlib.Path(__file__).resolve()), "--serve"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        url = f"http://127.0.0.1:{port}/v1"
        rates = {"the server at most": [], "nosce run": [], "Inspect": [], "llmcomp": []}
        for _ in range(rounds):
            start = time.perf_counter()
            limit(port, 10_000)
            rates["the server at most"].append(10_000 / (time.perf_counter() - start))
            with tempfile.TemporaryDirectory() as work:
                rates["nosce run"].append(ours(nosce, url, work, count))
                rates["Inspect"].append(program(INSPECT, url, work, count, sys.executable))
                rates["llmcomp"].append(program(LLMCOMP, url, work, count, sys.executable))
        own = statistics.median(rates["nosce run"])
        for name, values in rates.items():
            middle = statistics.median(values)
            print(f"{name:20} {middle:8.0f} a second ({', '.join(f'{v:.0f}' for v in values)}); ours / this {own / middle:.2f}")
    finally:
        server.kill()


serve() if sys.argv[1:] == ["--serve"] else main()
