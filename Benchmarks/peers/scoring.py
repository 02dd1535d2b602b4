"""The workload score, in two ways: every sequence whole, or each prompt read once."""

import statistics
import time

import torch

import models
from timing import repetitions, report

BATCH = 32


def whole_sequences(model, pairs):
    """Log-probabilities of answers, the usual way: prompt and answer together, longest first, padded
    at the right, softmax over the vocabulary at every position.

    `pairs` are (prompt, answer); the sums come back in their order.
    """
    order = sorted(range(len(pairs)), key=lambda index: -len(pairs[index][0]) - len(pairs[index][1]))
    sums = [0.0] * len(pairs)
    for start in range(0, len(order), BATCH):
        part = order[start:start + BATCH]
        rows = [torch.tensor((pairs[index][0] + pairs[index][1])[:-1]) for index in part]
        padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        scores = torch.log_softmax(model(padded).logits, dim=-1)
        for row, index in enumerate(part):
            answer, end = torch.tensor(pairs[index][1]), len(rows[row])
            behind = scores[row, end - len(answer):end]
            sums[index] = behind.gather(1, answer[:, None]).sum().item()
    return sums


def shared_prompts(model, item):
    """Log-probabilities of one prompt's answers: its keys and values are computed once and repeated."""
    prompt, answers = item["prompt"], item["cands"]
    read = model(torch.tensor([prompt]), use_cache=True, logits_to_keep=1)
    first = torch.log_softmax(read.logits[0, -1].float(), -1)
    cache = read.past_key_values
    cache.batch_repeat_interleave(len(answers))
    width = max(map(len, answers)) - 1
    given = torch.zeros(len(answers), width, dtype=torch.long)
    wanted, counts = torch.zeros_like(given), torch.zeros(len(answers), width)
    for row, answer in enumerate(answers):
        length = len(answer) - 1
        given[row, :length] = torch.tensor(answer[:-1])
        wanted[row, :length] = torch.tensor(answer[1:])
        counts[row, :length] = 1
    scores = torch.log_softmax(model(given, past_key_values=cache, use_cache=True).logits, -1)
    rest = (scores.gather(2, wanted[..., None])[..., 0] * counts).sum(1)
    return [float(first[answer[0]] + rest[row]) for row, answer in enumerate(answers)]


def run(arguments, inputs):
    models.prepare(arguments)
    model, loading = models.load(arguments)
    model.eval()
    items = inputs["score"][:arguments.items]
    style = arguments.style or "shared"

    def score(chosen):
        if style == "shared":
            return [value for item in chosen for value in shared_prompts(model, item)]
        pairs = [(item["prompt"], answer) for item in chosen for answer in item["cands"]]
        return whole_sequences(model, pairs)

    with torch.inference_mode():
        start = time.monotonic()
        first = sum(score(items[:1]))
        warm_up = time.monotonic() - start
        seconds, others, tries = repetitions(lambda: score(items), arguments.patience)
    answers = [answer for item in items for answer in item["cands"]]
    middle = statistics.median(seconds)
    report(
        arguments, f"transformers ({style})", sum(map(len, answers)), seconds, others, tries,
        load_s=loading, warmup_s=warm_up, items=len(items), candidates=len(answers),
        cand_s=len(answers) / middle, full_50x32_s=middle * 50 / len(items),
        sum_logprob_first_item=first)
