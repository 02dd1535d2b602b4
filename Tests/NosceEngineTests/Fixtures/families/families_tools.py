"""Builds a tiny checkpoint with random weights and records what the reference library computes."""

import gc
import json
import math
import pathlib
import shutil
import tempfile
import zlib

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import CONFIG_MAPPING, AutoModelForCausalLM

FOLDER = pathlib.Path(__file__).resolve().parent
FORMAT = "nosce-golden-1"
NOTE = (
    "logits, last_logits and logprobs are float32 values; logprobs[i] = log p(ids[i+1] | "
    "ids[..i]); each sequence is computed alone by a freshly loaded model; hidden_states_last = "
    "embedding output, output of each layer, the last entry behind the final norm, at the last "
    "position of 'short'; greedy has no stop token."
)
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
LENGTHS = {"short": 7, "mid": 19, "long": 41}
GEMMA = ("gemma2", "gemma3_text", "gemma3")

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)


def seed_of(*parts):
    return zlib.crc32("/".join(str(part) for part in parts).encode())


def generator(*parts):
    return torch.Generator().manual_seed(seed_of(*parts))


def number(value):
    """Nine significant digits: enough to give a float32 back exactly."""
    return float(f"{float(value):.9g}")


def numbers(tensor):
    if tensor.dim() == 0:
        return number(tensor)
    return [numbers(row) for row in tensor]


def write_json(path, value):
    """One key of the top level a line, so that a change can be read in a difference."""
    lines = [f"{json.dumps(key)}:{json.dumps(item, separators=(',', ':'))}"
             for key, item in value.items()]
    path.write_text("{" + ",\n".join(lines) + "}\n")


def token_ids(vocabulary, length, *parts):
    return torch.randint(3, vocabulary, (length,), generator=generator(*parts)).tolist()


def random_value(name, parameter, family, tied, hidden):
    """Weights of a size that makes attention, rotary angles and norms all show in the logits."""
    values = torch.randn(parameter.shape, generator=generator("weight", name), dtype=torch.float32)
    if name.endswith(".bias"):
        return 0.3 * values
    if "norm" in name or ".ln_" in name:
        return 0.3 * values if family in GEMMA else 1 + 0.3 * values
    if "lm_head" in name:
        return values * 2.5 / math.sqrt(hidden)
    if "wpe" in name:
        return 0.8 * values
    if "embed_tokens" in name or "embed_in" in name or "wte" in name:
        return values * (2.5 / math.sqrt(hidden) if tied or family in GEMMA else 1.0)
    fan_in = parameter.shape[0] if family == "gpt2" else parameter.shape[-1]
    wide = any(part in name for part in ("q_proj", "k_proj", "qkv", "query_key_value", "c_attn"))
    return values * (1.6 if wide else 1.0) / math.sqrt(fan_in)


def build(case):
    """A model of the case's family with its random weights, already rounded to the stored type."""
    config = CONFIG_MAPPING[case["family"]].from_dict(dict(case["config"]))
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    text = config.get_text_config()
    storage = DTYPES[case["storage"]]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            key = (case.get("weights") or case["name"]) + "/" + name
            tied = bool(text.tie_word_embeddings)
            value = random_value(key, parameter, case["family"], tied, text.hidden_size)
            parameter.copy_(value.to(storage).to(torch.float32))
    return model.eval()


def save(case, folder):
    """Writes config.json and the weights, then applies what the case changes in either."""
    if folder.exists():
        shutil.rmtree(folder)
    model = build(case).to(DTYPES[case["storage"]])
    model.save_pretrained(folder, **case.get("save", {}))
    (folder / "generation_config.json").unlink(missing_ok=True)
    config = json.loads((folder / "config.json").read_text())
    config["dtype"] = case["storage"]
    if "edit_config" in case:
        config = case["edit_config"](config)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    if "edit_tensors" in case:
        path = folder / "model.safetensors"
        tensors = case["edit_tensors"](load_file(path))
        save_file({k: v.contiguous().clone() for k, v in tensors.items()}, path, {"format": "pt"})


def without_upcast(config):
    """Same numbers; the reference library refuses the flag together with float64."""
    return {k: v for k, v in config.items() if k != "reorder_and_upcast_attn"}


def load(folder, dtype=torch.float32, attention="eager", config_edit=None):
    """The model as the reference library reads it from the folder; nothing may be missing."""
    if dtype == torch.float64 and "reorder_and_upcast_attn" in (
            folder / "config.json").read_text():
        config_edit = without_upcast
    if config_edit is not None:
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / folder.name
            shutil.copytree(folder, copy)
            config = config_edit(json.loads((copy / "config.json").read_text()))
            (copy / "config.json").write_text(json.dumps(config))
            return load(copy, dtype, attention)
    model, report = AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, attn_implementation=attention, output_loading_info=True)
    if report["missing_keys"] or report["mismatched_keys"]:
        raise ValueError(f"{folder.name}: {report}")
    return model.eval()


def run(model, ids, **options):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False, **options)


def target_logprobs(logits, ids):
    rows = torch.log_softmax(logits[:-1], dim=-1)
    return rows[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]


def step_logits(model, prompt, count, cached):
    """Greedy continuation: new ids and the logits of each step, with or without a KV cache."""
    ids, rows, cache = list(prompt), [], None
    with torch.no_grad():
        for _ in range(count):
            if cached:
                given = ids if cache is None else ids[-1:]
                output = model(input_ids=torch.tensor([given]), past_key_values=cache,
                               use_cache=True)
                cache = output.past_key_values
            else:
                output = model(input_ids=torch.tensor([ids]), use_cache=False)
            rows.append(output.logits[0, -1])
            ids.append(int(rows[-1].argmax()))
    return ids[len(prompt):], rows


def margin(rows):
    tops = [row.topk(2).values for row in rows]
    return min(float(top[0] - top[1]) for top in tops)


def greedy_on(model, vocabulary, name, length=5, count=10, cached=True):
    """A continuation whose every step has a clear winner, the same with and without a cache."""
    for attempt in range(3000):
        prompt = token_ids(vocabulary, length, "prompt", name, attempt)
        ids, rows = step_logits(model, prompt, count, cached)
        if margin(rows) <= 0.02:
            continue
        if not cached or ids == step_logits(model, prompt, count, False)[0]:
            top = [[[int(i), number(v)] for v, i in zip(*row.topk(5))] for row in rows]
            return {"prompt_ids": prompt, "new_ids": ids,
                    "min_margin": number(margin(rows)), "top5_per_step": top}
    raise ValueError(f"{name}: no continuation with a clear winner")


def sequences(case, vocabulary):
    lengths = case.get("lengths") or LENGTHS
    return {name: token_ids(vocabulary, count, "ids", case["name"], name)
            for name, count in lengths.items()}


def sequence_records(ids_of, logits_of):
    records = []
    for name, ids in ids_of.items():
        record = {"name": name, "ids": ids}
        if name == "short":
            record["logits"] = numbers(logits_of[name])
        record["last_logits"] = numbers(logits_of[name][-1])
        record["logprobs"] = numbers(target_logprobs(logits_of[name], ids))
        records.append(record)
    return records


def all_logits(folder, ids_of, **options):
    return {name: run(load(folder, **options), ids).logits[0] for name, ids in ids_of.items()}


def largest_difference(one, other):
    return max(float((one[name].double() - other[name].double()).abs().max()) for name in one)


def bf16_record(folder, ids_of, exact):
    """The same sequences with weights and arithmetic in bfloat16, alone and in a padded batch."""
    half = all_logits(folder, ids_of, dtype=torch.bfloat16)
    gaps = torch.cat([(half[n].float() - exact[n]).abs().flatten() for n in ids_of])
    width = max(len(ids) for ids in ids_of.values())
    padded = torch.tensor([ids + [0] * (width - len(ids)) for ids in ids_of.values()])
    mask = torch.tensor([[1] * len(i) + [0] * (width - len(i)) for i in ids_of.values()])
    with torch.no_grad():
        batch = load(folder, dtype=torch.bfloat16)(
            input_ids=padded, attention_mask=mask, use_cache=False).logits
    apart = [float((batch[row, :len(ids)].float() - half[name].float()).abs().max())
             for row, (name, ids) in enumerate(ids_of.items())]
    records = [{"name": n, "logits": numbers(half[n].float())} if n == "short" else
               {"name": n, "last_logits": numbers(half[n][-1].float())} for n in ids_of]
    return {"max_abs_diff": number(gaps.max()), "mean_abs_diff": number(gaps.mean()),
            "max_abs_diff_batch_vs_alone": number(max(apart)), "sequences": records}


def all_linear(model):
    from peft import LoraConfig
    from peft.tuners.tuners_utils import _maybe_include_all_linear_layers
    found = _maybe_include_all_linear_layers(LoraConfig(target_modules="all-linear"), model)
    return [name for name, _ in model.named_modules() if name in found.target_modules]


def crossing_record(folder, case, vocabulary):
    """A continuation that passes the length at which the rotary angles change."""
    length, count = case["crossing"]
    for attempt in range(2000):
        prompt = token_ids(vocabulary, length, "crossing", case["name"], attempt)
        plain, rows = step_logits(load(folder), prompt, count, False)
        if margin(rows) <= 0.02:
            continue
        cached, cached_rows = step_logits(load(folder), prompt, count, True)
        made = load(folder).generate(
            torch.tensor([prompt]), max_new_tokens=count, do_sample=False, pad_token_id=0,
            eos_token_id=None)[0, length:].tolist()
        if cached == plain or margin(cached_rows) <= 0.02:
            continue
        return {"prompt_ids": prompt, "whole_sequence_each_step": plain,
                "cached_keys_left_as_they_were": cached, "transformers_generate": made,
                "min_margin": number(margin(rows))}
    raise ValueError(f"{folder.name}: no continuation that passes the limit")


def record(case, folder):
    """Computes golden.json for a checkpoint that has been saved."""
    config = json.loads((folder / "config.json").read_text())
    text = config.get("text_config", config)
    vocabulary = text["vocab_size"]
    ids_of = sequences(case, vocabulary)
    exact = all_logits(folder, ids_of)
    double = largest_difference(exact, all_logits(folder, ids_of, dtype=torch.float64))
    golden = {
        "format": FORMAT, "model": case["name"], "family": config["model_type"],
        "what": case["what"], "storage_dtype": case["storage"], "compute_dtype": "float32",
        "attention": "eager",
        "logit_std": number(torch.cat([v.flatten() for v in exact.values()]).std()),
        "max_abs_diff_float64": number(double),
    }
    if case["family"] != "gemma2" and "reorder_and_upcast_attn" not in case["config"]:
        other = all_logits(folder, ids_of, attention="sdpa")
        golden["max_abs_diff_sdpa"] = number(largest_difference(exact, other))
    golden["suggested_atol"] = number(max(2e-4, 20 * double))
    if "ignored" in case:
        plain = all_logits(folder, ids_of, config_edit=case["ignored"])
        golden["last_logits_change_if_ignored"] = {
            n: number((plain[n][-1] - exact[n][-1]).abs().max()) for n in ids_of}
    golden["note"] = case.get("note", "") + (" " if "note" in case else "") + NOTE
    golden["sequences"] = sequence_records(ids_of, exact)
    states = run(load(folder), ids_of["short"], output_hidden_states=True).hidden_states
    golden["hidden_states_last"] = [numbers(state[0, -1]) for state in states]
    golden["greedy"] = [greedy_on(load(folder), vocabulary, folder.name,
                                  cached=case.get("cached", True))]
    if "crossing" in case:
        golden["crossing"] = crossing_record(folder, case, vocabulary)
    if case.get("bf16"):
        golden["bf16"] = bf16_record(folder, ids_of, exact)
    golden["all_linear"] = all_linear(load(folder))
    write_json(folder / "golden.json", golden)
    gc.collect()
    return golden
