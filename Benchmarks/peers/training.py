"""The workloads lora and full."""

import time

import torch

import models
from timing import repetitions, report

STEPS = {"tiny": 20, "small": 4}


def run(arguments, inputs):
    models.prepare(arguments)
    model, loading = models.load(arguments)
    adapts = arguments.workload == "lora"
    if adapts:
        model = models.with_adapter(model, arguments, inputs)
    model.train()
    model.config.use_cache = False
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=1e-4 if adapts else 1e-5, weight_decay=0.0, fused=True)
    batches = [torch.tensor(batch) for batch in inputs["train"]]
    losses = []

    def step():
        batch = batches[len(losses) % len(batches)]
        with models.mixed(arguments):
            loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())

    start = time.monotonic()
    step()
    step()
    warm_up = time.monotonic() - start
    steps = STEPS.get(inputs["model"], 1)
    seconds, others, tries = repetitions(lambda: [step() for _ in range(steps)], arguments.patience)
    report(
        arguments, "transformers + PEFT" if adapts else "transformers", batches[0].numel(),
        [value / steps for value in seconds], others, tries, load_s=loading, warmup_s=warm_up,
        steps_per_rep=steps, trainable=sum(weight.numel() for weight in trained),
        loss_first=losses[0], loss_last=losses[-1])
