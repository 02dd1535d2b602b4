#!/usr/bin/env python3
"""One measurement of a program that Nosce is compared with: same contract as `nosce bench`.

    peer.py lora|full        --model DIR --inputs FILE --mode f32|amp|bf16
    peer.py sample|single    --model DIR --inputs FILE --mode f32|bf16
    peer.py score            --model DIR --inputs FILE --mode f32|bf16 --style shared|plain
    peer.py experiment       --model DIR --inputs FILE --mode f32|amp|bf16 --style batched|single
    peer.py sample|single    ... --mode bf16|f16|q8_0 --llama DIR     llama.cpp's llama-batched-bench
    peer.py check            says which peers can run here

Workloads are defined in docs/benchmark.md. One JSON object on one line of standard output.
Needs: torch, transformers, peft; for llama.cpp numpy, gguf and its tools in DIR or on the PATH.
"""

import argparse
import importlib
import json
import sys


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "workload", choices=["lora", "full", "sample", "single", "score", "experiment", "check"])
    parser.add_argument("--model")
    parser.add_argument("--inputs")
    parser.add_argument("--mode", default="f32", choices=["f32", "amp", "bf16", "f16", "q8_0"])
    parser.add_argument("--style", default=None, choices=["shared", "plain", "batched", "single"])
    parser.add_argument("--items", type=int, default=50)
    parser.add_argument("--cells", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--patience", type=float, default=20)
    parser.add_argument("--llama", help="folder of llama.cpp's tools")
    arguments = parser.parse_args()
    if arguments.workload != "check" and not (arguments.model and arguments.inputs):
        parser.error("--model and --inputs are needed")
    return arguments


def check(arguments):
    """One JSON object: what is installed, with versions, and what is missing."""
    import llama

    found, missing = {}, []
    for name in ("torch", "transformers", "peft", "numpy", "gguf"):
        try:
            found[name] = getattr(importlib.import_module(name), "__version__", "installed")
        except ImportError:
            missing.append(name)
    tool = llama.find(arguments.llama)
    if tool:
        found["llama-batched-bench"] = tool
    else:
        missing.append("llama-batched-bench")
    print(json.dumps(dict(found=found, missing=missing)))


def main():
    arguments = parse()
    if arguments.workload == "check":
        return check(arguments)
    with open(arguments.inputs) as file:
        inputs = json.load(file)
    if arguments.llama is not None:
        import llama

        return llama.run(arguments, inputs)
    if arguments.mode in ("f16", "q8_0"):
        sys.exit(f"--mode {arguments.mode} needs --llama")
    workloads = dict(
        lora="training", full="training", sample="generation", single="generation",
        score="scoring", experiment="subjects")
    importlib.import_module(workloads[arguments.workload]).run(arguments, inputs)


if __name__ == "__main__":
    main()
