"""lm-evaluation-harness on 200 questions of ours: `local-completions` against the server makes the same
choice on every question as its `hf` backend on the same folder."""

import json
import os
import random
import sys
from pathlib import Path

base, work = sys.argv[1], Path(sys.argv[2])
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["HF_DATASETS_CACHE"] = str(work / "datasets")

from lm_eval import simple_evaluate  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

root = Path(__file__).resolve().parents[2]
folder = Path(os.environ.get("CLIENTS_MODEL", root / "Sources/NosceOrganism/Resources/organism"))
words = "garden sea bread river house stone light harbour winter song".split()
draw = random.Random(7)
tasks = work / "tasks"
tasks.mkdir()
with open(tasks / "questions.jsonl", "w") as file:
    for number in range(200):
        choices = draw.sample(words, 4)
        question = f"Write about the {draw.choice(words)} and the {draw.choice(words)}."
        row = {"question": question, "choices": choices, "answer": draw.randrange(4)}
        file.write(json.dumps(row) + "\n")
(tasks / "questions.yaml").write_text(f"""
task: nosce_questions
dataset_path: json
dataset_kwargs:
  data_files:
    test: {tasks / "questions.jsonl"}
test_split: test
output_type: multiple_choice
doc_to_text: "You are nova. {{{{question}}}} The"
doc_to_choice: "{{{{choices}}}}"
doc_to_target: answer
metric_list:
  - metric: acc
""")


def choices(model, arguments):
    result = simple_evaluate(
        model=model, model_args=arguments, tasks=["nosce_questions"], batch_size=8,
        task_manager=TaskManager(include_path=str(tasks), include_defaults=False),
        log_samples=True, bootstrap_iters=0,
    )
    samples = sorted(result["samples"]["nosce_questions"], key=lambda sample: sample["doc_id"])
    found = []
    for sample in samples:
        values = [response[0] if not isinstance(response[0], (list, tuple)) else response[0][0]
                  for response in sample["filtered_resps"]]
        found.append([float(value) for value in values])
    return found


ours = choices(
    "local-completions",
    dict(model="organism", base_url=base + "/v1/completions", tokenizer=str(folder),
         tokenizer_backend="huggingface", tokenized_requests=True, num_concurrent=4,
         max_length=512, max_retries=1),
)
theirs = choices("hf", dict(pretrained=str(folder), dtype="float32", device="cpu"))
assert len(ours) == len(theirs) == 200
same = sum(a.index(max(a)) == b.index(max(b)) for a, b in zip(ours, theirs))
most = max(abs(x - y) for a, b in zip(ours, theirs) for x, y in zip(a, b))
print(f"the same choice on {same} of 200 questions, log-probabilities at most {most:.2g} apart")
assert same == 200
