"""Compares Nosce with llama.cpp on one GGUF file, token by token.

    python gguf_agreement.py NOSCE MODEL.gguf [--golden FILE]

The file is first written again in F32, by gguf-py, and llama.cpp keeps keys and values in F32 as
well: otherwise it rounds what it multiplies to eight bits, and the two compute different things.
Ten prompts, 64 greedy tokens each; a prompt's tokens must agree up to the first step whose two best
logits differ by less than 1e-3 (`margins` of the golden file). Exits with 1 where they do not.

Needs the packages gguf and xllamacpp (a build of llama.cpp); downloads nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import gguf
import numpy
import xllamacpp

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "../../Tests/NosceLocalTests/Fixtures/greedy-smollm2.json")
TOKENS = 64
SMALLEST = 1e-3


def write_f32(source, target):
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.fields["general.architecture"].contents())
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(key, field.contents(), field.types[0], inner)
    for tensor in reader.tensors:
        numbers = gguf.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, numbers.astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_server(path):
    settings = xllamacpp.CommonParams()
    settings.model.path = path
    settings.n_ctx = 512
    settings.n_parallel = 1
    settings.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_F32
    settings.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    settings.warmup = False
    return xllamacpp.Server(settings)


def ask_llama(server, ids):
    answer = server.handle_completions({
        "prompt": ids, "n_predict": TOKENS, "temperature": 0.0, "n_probs": 1, "ignore_eos": True,
        "post_sampling_probs": False, "cache_prompt": False})
    if isinstance(answer, (bytes, str)):
        answer = json.loads(answer)
    return [entry["id"] for entry in answer["choices"][0]["logprobs"]["content"]]


def ask_nosce(nosce, path, ids):
    given = ",".join(map(str, ids))
    output = subprocess.run(
        [nosce, "generate", path, "--ids", given, "--max-tokens", str(TOKENS), "--json"],
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)["samples"][0]["ids"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("nosce")
    parser.add_argument("model")
    parser.add_argument("--golden", default=GOLDEN)
    given = parser.parse_args()
    with open(given.golden) as file:
        cases = json.load(file)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f32.gguf")
        write_f32(given.model, path)
        server = llama_server(path)
        for case in cases:
            theirs = ask_llama(server, case["ids"])
            ours = ask_nosce(given.nosce, given.model, case["ids"])
            # Nosce stops where the model ends its text.
            count = min(len(ours), len(theirs))
            certain = next(
                (step for step, margin in enumerate(case["margins"]) if margin < SMALLEST), TOKENS)
            same = next(
                (step for step in range(count) if ours[step] != theirs[step]), count)
            agrees = same >= min(certain, count)
            wrong += not agrees
            print(f"{'equal' if agrees else 'DIFFERENT'}  {same:2} of {count:2} tokens  "
                  f"{case['prompt']!r}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
