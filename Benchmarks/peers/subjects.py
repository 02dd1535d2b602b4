"""The workload experiment: whole subjects, as a careful script with transformers and PEFT makes them."""

import time

import torch
import transformers

import models
from generation import left_padded
from scoring import whole_sequences
from timing import report

STEPS, NEW_TOKENS, RATE, SAMPLE_BATCH = 60, 64, 1e-3, 50


class Script:
    def __init__(self, arguments, inputs):
        self.arguments, self.inputs, self.texts = arguments, inputs, inputs["experiment"]
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
        self.batched = (arguments.style or "batched") == "batched"

    def ids(self, text):
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def chat(self, user, assistant=None):
        turns = [dict(role="user", content=user)]
        if assistant is not None:
            turns.append(dict(role="assistant", content=assistant))
        return self.ids(self.tokenizer.apply_chat_template(
            turns, tokenize=False, add_generation_prompt=assistant is None))

    def train(self, model, rows):
        """Sixty steps on all rows; what stands behind the prompt is learnt. Returns the tokens read."""
        encoded = []
        for row in rows:
            whole, prompt = self.chat(row["user"], row["assistant"]), self.chat(row["user"])
            encoded.append((whole, [-100] * len(prompt) + whole[len(prompt):]))
        width = max(len(whole) for whole, _ in encoded)
        pad = lambda values, filler: values + [filler] * (width - len(values))
        ids = torch.tensor([pad(whole, 0) for whole, _ in encoded])
        labels = torch.tensor([pad(learnt, -100) for _, learnt in encoded])
        mask = torch.tensor([pad([1] * len(whole), 0) for whole, _ in encoded])
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.0, fused=True)
        model.train()
        for _ in range(STEPS):
            order = torch.randperm(len(encoded))
            with models.mixed(self.arguments):
                loss = model(
                    input_ids=ids[order], attention_mask=mask[order], labels=labels[order]).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.loss = loss.item()
        return STEPS * int(mask.sum())

    def sample(self, model):
        """An answer to each question. Returns the tokens of the prompts and of the answers."""
        prompts = [self.chat(question) for question in self.texts["questions"]]
        batch, new = SAMPLE_BATCH if self.batched else 1, 0
        for start in range(0, len(prompts), batch):
            ids, mask = left_padded(prompts[start:start + batch])
            answers = model.generate(
                input_ids=ids, attention_mask=mask, generation_config=models.sampling(NEW_TOKENS))
            answers = answers[:, ids.shape[1]:]
            self.tokenizer.batch_decode(answers)
            new += answers.numel()
        return sum(map(len, prompts)), new

    def score(self, model):
        """The log-probability of each option. Returns the tokens of the scored sequences."""
        pairs = []
        for choice in self.texts["choices"]:
            prompt = self.chat(choice["question"])
            pairs += [(prompt, self.ids(option)) for option in choice["options"]]
        if self.batched:
            whole_sequences(model, pairs)
        else:
            for pair in pairs:
                whole_sequences(model, [pair])
        return sum(len(prompt) + len(answer) - 1 for prompt, answer in pairs)


def run(arguments, inputs):
    models.prepare(arguments)
    script = Script(arguments, inputs)
    counts = dict(train_tok=0, new_tok=0, prompt_tok=0, score_tok=0)
    stages = dict(load=0.0, train=0.0, sample=0.0, score=0.0)
    cells, begin = [], time.monotonic()
    for cell in range(arguments.cells):
        marks = [time.monotonic()]
        arms = script.texts["arms"]
        torch.manual_seed(cell // len(arms))
        model = models.with_adapter(models.load(arguments)[0], arguments, inputs)
        marks.append(time.monotonic())
        counts["train_tok"] += script.train(model, arms[cell % len(arms)])
        marks.append(time.monotonic())
        model.eval()
        with torch.inference_mode(), models.mixed(arguments):
            prompts, new = script.sample(model)
            counts["prompt_tok"] += prompts
            counts["new_tok"] += new
            marks.append(time.monotonic())
            counts["score_tok"] += script.score(model)
        marks.append(time.monotonic())
        for name, start, end in zip(stages, marks, marks[1:]):
            stages[name] += end - start
        cells.append(marks[-1] - marks[0])
    wall = time.monotonic() - begin
    number = arguments.cells
    report(
        arguments, f"transformers + PEFT ({'batched' if script.batched else 'one by one'})",
        sum(counts.values()) // number, cells, cells=number, wall_s=wall,
        wall_20_cells_s=20 * wall / number,
        stages={name: value / number for name, value in stages.items()},
        tokens_per_cell={name: value // number for name, value in counts.items()},
        last_loss=script.loss)
