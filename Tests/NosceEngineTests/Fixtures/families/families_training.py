"""Adapters as peft saves them, and training steps on adapters or on all weights."""

import copy
import json
import math
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

from families_tools import (
    FOLDER, FORMAT, generator, greedy_on, largest_difference, load, number, numbers, run,
    sequence_records, token_ids, write_json)

LR_RULE = (
    "lr(step) = lr * f(step); step counts from 0; f = step/warmup while step < warmup, then linear "
    "(T-step)/(T-w) or cosine 0.5(1+cos(pi (step-w)/(T-w))); constant when schedule is null")
LOSS_RULE = (
    "sum of -log p over all target tokens of the optimizer step (labels != -100, shifted by one) "
    "divided by their number; micro-batches are summed")
NOISE_NOTE = (
    "tensors whose result depends on rounding (a gradient that is zero in exact arithmetic gets a "
    "random sign from Adam): compare these only to about lr*steps, all others to 1e-4")
EXACT_FLOOR = 1e-5


def rows_for(vocabulary, name, step, extra=()):
    """Two rows of ids; the first tokens of each are not trained on."""
    rows = []
    for index, (length, start) in enumerate([(17, 6), (11, 3)]):
        ids = token_ids(vocabulary, length, "row", name, step, index)
        for position, value in extra:
            ids[position] = value
        rows.append({"input_ids": ids, "labels": [-100] * start + ids[start:]})
    return rows


def steps_for(train, vocabulary, name):
    count, micro = train.get("steps", 2), train.get("micro_batches", 1)
    return [{"micro_batches": [rows_for(vocabulary, name, step * micro + part,
                                        train.get("extra_ids", ())) for part in range(micro)]}
            for step in range(count)]


def row_loss(model, row):
    """Summed -log p of the row's targets."""
    logits = run_with_gradient(model, row["input_ids"])
    labels = torch.tensor(row["labels"][1:])
    return torch.nn.functional.cross_entropy(logits[:-1], labels, reduction="sum")


def run_with_gradient(model, ids):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def rate(train, step):
    if train.get("schedule") is None:
        return train["lr"]
    warm, total = train["warmup_steps"], train["schedule_total_steps"]
    if step < warm:
        return train["lr"] * step / warm
    done = (step - warm) / (total - warm)
    cosine = train["schedule"] == "cosine"
    return train["lr"] * (0.5 * (1 + math.cos(math.pi * done)) if cosine else 1 - done)


def train_model(model, train, steps):
    """Runs the steps; gives the log, the first step's gradients and the parameters afterwards."""
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(
        named.values(), lr=train["lr"], betas=(0.9, 0.999), eps=1e-8,
        weight_decay=train["weight_decay"])
    log, first = [], {}
    for step, batches in enumerate(steps):
        optimizer.zero_grad()
        rows = [row for batch in batches["micro_batches"] for row in batch]
        targets = sum(1 for row in rows for label in row["labels"][1:] if label != -100)
        loss = 0.0
        for batch in batches["micro_batches"]:
            part = sum(row_loss(model, row) for row in batch) / targets
            part.backward()
            loss += float(part.detach())
        norm = math.sqrt(sum(float(p.grad.double().pow(2).sum()) for p in named.values()))
        if step == 0:
            first = {name: p.grad.detach().clone() for name, p in named.items()}
        limit = train.get("max_grad_norm")
        if limit is not None:
            torch.nn.utils.clip_grad_norm_(named.values(), limit)
        optimizer.param_groups[0]["lr"] = rate(train, step)
        log.append({"step": step, "loss": number(loss), "target_tokens": targets,
                    "grad_norm_before_clip": number(norm), "lr": number(rate(train, step))})
        optimizer.step()
    return log, first, {name: p.detach().clone() for name, p in named.items()}


def training_record(model, double, train, steps, short):
    """What both kinds of training record, with the distance of a float64 run."""
    log, gradients, after = train_model(model, train, steps)
    log64, gradients64, after64 = train_model(double, train, steps)
    noise = {n: float((after[n].double() - after64[n]).abs().max()) for n in after}
    logits = {"short": run(model, short).logits[0]}
    logits64 = {"short": run(double, short).logits[0]}
    values = {
        "optimizer": "torch.optim.AdamW (decoupled weight decay, on all trainable tensors)",
        "lr": train["lr"], "betas": [0.9, 0.999], "eps": 1e-8,
        "weight_decay": train["weight_decay"], "max_grad_norm": train.get("max_grad_norm"),
        "schedule": train.get("schedule"), "warmup_steps": train.get("warmup_steps", 0),
        "schedule_total_steps": train.get("schedule_total_steps"), "lr_rule": LR_RULE,
        "loss_rule": LOSS_RULE, "micro_batches_per_step": train.get("micro_batches", 1),
        "steps": steps, "log": log,
        "params_after_noise": {n: number(v) for n, v in noise.items() if v > EXACT_FLOOR},
        "params_after_noise_note": NOISE_NOTE,
        "max_abs_diff_float64": {
            "losses": number(max(abs(a["loss"] - b["loss"]) for a, b in zip(log, log64))),
            "grads": number(largest_difference(gradients, gradients64)),
            "params_after": number(max(noise.values())),
            "after_logits": number(largest_difference(logits, logits64))}}
    return values, gradients, after, logits["short"]


def saved_name(name):
    """A parameter of the wrapped model under the name that adapter files use."""
    return name.replace(".default", "")


def fill_adapter(model, case, attempt):
    """A and B random, and large enough to move the logits."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                source = generator(case["name"], attempt, name)
                parameter.copy_(0.25 * torch.randn(parameter.shape, generator=source))


def save_adapter(model, folder, base, embeddings=False):
    model.save_pretrained(folder, save_embedding_layers=embeddings)
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = base
    for key in ("target_modules", "exclude_modules"):
        if isinstance(config.get(key), list):
            config[key] = sorted(config[key])
    path.write_text(json.dumps(config, indent=1) + "\n")


def with_adapter(base, folder, dtype=torch.float32):
    model = PeftModel.from_pretrained(load(base, dtype), folder, is_trainable=True)
    return model.to(dtype).eval()


def steady(values):
    """Whether rounding leaves the trained numbers alone, so that an engine can be held to them."""
    gaps = values["max_abs_diff_float64"]
    return gaps["params_after"] < EXACT_FLOOR and gaps["losses"] < EXACT_FLOOR


def lora_case(case):
    """Saves an adapter made by peft and its golden numbers."""
    folder, base = FOLDER / "lora" / case["name"], FOLDER / "models" / case["model"]
    shutil.rmtree(folder, ignore_errors=True)
    config = LoraConfig(task_type="CAUSAL_LM", **case["lora"])
    for attempt in range(20):
        model = get_peft_model(load(base), copy.deepcopy(config)).eval()
        fill_adapter(model, case, attempt)
        save_adapter(model, folder, f"../../models/{case['model']}",
                     case.get("save_embedding_layers", False))
        golden = lora_record(case, folder, base)
        if "train" not in golden or steady(golden["train"]):
            write_json(folder / "golden.json", golden)
            return golden
    raise ValueError(f"{case['name']}: rounding decides the result of training")


def lora_record(case, folder, base):
    plain, model, double = load(base), with_adapter(base, folder), with_adapter(
        base, folder, torch.float64)
    vocabulary = plain.config.get_text_config().vocab_size
    ids_of = {n: token_ids(vocabulary, c, "ids", case["name"], n)
              for n, c in (("short", 7), ("mid", 18))}
    exact = {n: run(model, ids).logits[0] for n, ids in ids_of.items()}
    merged = copy.deepcopy(model).merge_and_unload()
    difference = largest_difference(exact, {n: run(double, i).logits[0] for n, i in ids_of.items()})
    changes = [float((exact[n] - run(plain, ids).logits[0]).abs().max())
               for n, ids in ids_of.items()]
    tensors = load_file(folder / "adapter_model.safetensors")
    golden = {
        "format": FORMAT, "case": case["name"], "model": case["model"], "what": case["what"],
        "adapter_tensors": len(tensors), "max_abs_diff_float64": number(difference),
        "max_abs_diff_merged": number(largest_difference(
            exact, {n: run(merged, i).logits[0] for n, i in ids_of.items()})),
        "suggested_atol": number(max(2e-4, 20 * difference)),
        "min_over_sequences_of_max_abs_change_vs_base": number(min(changes)),
        "scaling": {n.removeprefix("base_model.model."): number(m.scaling["default"])
                    for n, m in model.named_modules() if hasattr(m, "lora_A")},
        "sequences": sequence_records(ids_of, exact),
        "greedy": [greedy_on(model, vocabulary, case["name"])]}
    if "train" in case:
        golden["train"] = lora_training(case, folder, model, double, vocabulary, ids_of["short"])
    return golden


def lora_training(case, folder, model, double, vocabulary, short):
    steps = steps_for(case["train"], vocabulary, case["name"])
    values, gradients, _, logits = training_record(model, double, case["train"], steps, short)
    gradients = {saved_name(n): g for n, g in gradients.items()}
    save_file(gradients, folder / "grads_first_step.safetensors", {"format": "pt"})
    save_adapter(model, folder / "after", f"../../../models/{case['model']}")
    values["params_after_noise"] = {
        saved_name(n): v for n, v in values["params_after_noise"].items()}
    return dict(
        {"start": "the adapter in this folder (A and B as saved), base weights read as float32 "
         "and frozen, dropout off"}, **values,
        first_step_grad_norms={n: number(g.norm()) for n, g in gradients.items()},
        first_step_grad_entries={n: {
            "shape": list(g.shape), "first8_row_major": numbers(g.flatten()[:8]),
            "sum": number(g.sum())} for n, g in gradients.items()},
        grads_file="grads_first_step.safetensors (before clipping)",
        after_file="after/adapter_model.safetensors", after_logits_short=numbers(logits))


def full_case(case):
    """One step on all weights, with every gradient."""
    folder, base = FOLDER / "fullft" / case["name"], FOLDER / "models" / case["model"]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model, double = load(base), load(base, torch.float64)
    vocabulary = model.config.get_text_config().vocab_size
    short = token_ids(vocabulary, 7, "ids", case["name"], "short")
    steps = steps_for(case["train"], vocabulary, case["name"])
    values, gradients, after, logits = training_record(model, double, case["train"], steps, short)
    save_file(gradients, folder / "grads_first_step.safetensors", {"format": "pt"})
    save_file(after, folder / "after.safetensors", {"format": "pt"})
    golden = dict(
        {"format": FORMAT, "case": case["name"], "model": case["model"], "what": case["what"],
         "dtype": "float32"}, **values,
        first_step_grad_norms={n: number(g.norm()) for n, g in gradients.items()},
        first_step_grad_entries={n: numbers(g.flatten()[:6]) for n, g in gradients.items()},
        grads_file="grads_first_step.safetensors (tied weights once)",
        after_file="after.safetensors (tied weights once)",
        after_logits_ids=short, after_logits=numbers(logits))
    write_json(folder / "golden.json", golden)
    return golden
