"""The workloads sample and single."""

import statistics
import time

import torch

import models
from timing import repetitions, report


def left_padded(rows):
    """Token ids and mask of rows that all end at the same column."""
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, width - len(row):] = torch.tensor(row)
        mask[index, width - len(row):] = 1
    return ids, mask


def run(arguments, inputs):
    models.prepare(arguments)
    model, loading = models.load(arguments)
    model.eval()
    prompts = [inputs["single_prompt"]] if arguments.workload == "single" else inputs["sample_prompts"]
    ids, mask = left_padded(prompts)
    count = inputs["new_tokens"]

    def generate(tokens):
        with torch.inference_mode():
            answers = model.generate(
                input_ids=ids, attention_mask=mask, generation_config=models.sampling(tokens))
        if answers.shape != (len(prompts), ids.shape[1] + tokens):
            raise SystemExit(f"generate gave {tuple(answers.shape)}")

    start = time.monotonic()
    generate(8)
    warm_up = time.monotonic() - start
    reading = statistics.median(repetitions(lambda: generate(1), arguments.patience)[0])
    seconds, others, tries = repetitions(lambda: generate(count), arguments.patience)
    report(
        arguments, "transformers", len(prompts) * count, seconds, others, tries, load_s=loading,
        warmup_s=warm_up, prefill_s=reading,
        ms_per_step=1000 * (statistics.median(seconds) - reading) / (count - 1))
