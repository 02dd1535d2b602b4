"""llama.cpp on the workloads sample and single, through its own tool llama-batched-bench.

The tool decodes equal prompts of the workload's mean length and draws no tokens from the logits, a
small advantage over programs that sample.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile

from timing import peak_mebibytes, repetitions, report

TOOL = "llama-batched-bench"

# Models below this size take no more than seconds.
SHORT_BYTES = 100 << 20


def find(folder):
    """The tool's path in a folder or on the PATH; None where there is none."""
    if folder:
        path = os.path.join(folder, TOOL)
        return path if os.access(path, os.X_OK) else None
    return shutil.which(TOOL)


def run(arguments, inputs):
    tool = find(arguments.llama)
    if tool is None:
        raise SystemExit(f"found no {TOOL} in {arguments.llama or 'the PATH'}")
    if arguments.workload not in ("sample", "single"):
        raise SystemExit(f"llama.cpp has no workload {arguments.workload}")
    rows = [inputs["single_prompt"]] if arguments.workload == "single" else inputs["sample_prompts"]
    length, count = round(sum(map(len, rows)) / len(rows)), inputs["new_tokens"]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        from gguf_file import convert

        file = os.path.join(folder, "model.gguf")
        convert(arguments.model, file, arguments.mode)
        # A run that ends soon loses its last lines, which the tool writes from another thread; and
        # the first of several turns warms up.
        turns = 5 if os.path.getsize(file) < SHORT_BYTES else 1
        command = [
            tool, "-m", file, "-ngl", "0", "-c", str(max(512, len(rows) * (length + count) + 256)),
            "-b", "2048", "-ub", "512", "-npp", str(length), "-ntg", str(count), "-npl",
            ",".join([str(len(rows))] * turns), "-t", str(arguments.threads), "-tb",
            str(arguments.threads), "--output-format", "jsonl"]

        def bench():
            done = subprocess.run(
                command, capture_output=True, text=True,
                # Its threads wait for each other awake, which is faster where they have the cores.
                env=dict(os.environ, OMP_WAIT_POLICY="active"))
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            if not lines:
                raise SystemExit(f"{TOOL} failed: {done.stderr[-2000:]}")
            results.extend(lines[1:] if len(lines) > 1 else lines)

        _, others, tries = repetitions(bench, arguments.patience)
    # The tool's own clock: its start and the loading of the model are not part of the work.
    seconds = [result["t"] for result in results]
    reading = statistics.median(result["t_pp"] for result in results)
    report(
        arguments, "llama.cpp", len(rows) * count, seconds, others, tries,
        rss=peak_mebibytes(resource.RUSAGE_CHILDREN), prefill_s=reading,
        ms_per_step=1000 * (statistics.median(seconds) - reading) / count)
