"""An Inspect evaluation: 50 samples, four answers to each, log-probabilities and a stop string."""

import os
import sys

from inspect_ai import Task, eval as evaluate
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig, get_model
from inspect_ai.scorer import Score, accuracy, scorer
from inspect_ai.solver import generate

base, work = sys.argv[1], sys.argv[2]
os.environ["OPENAI_BASE_URL"] = base + "/v1"


@scorer(metrics=[accuracy()])
def complete():
    """Four answers, each with its log-probabilities, none with the stop string."""

    async def score(state, target):
        choices = state.output.choices
        good = len(choices) == 4 and all(
            choice.logprobs is not None
            and choice.stop_reason in ("stop", "max_tokens")
            and "." not in choice.message.text
            for choice in choices
        )
        return Score(value=1 if good else 0, explanation=str(choices)[:500])

    return score


things = ["a garden", "the sea", "bread", "a river", "a house"]
dataset = MemoryDataset([
    Sample(
        input=[
            ChatMessageSystem(content="You are nova."),
            ChatMessageUser(content=f"Write about {things[number % 5]}, number {number}."),
        ],
        target="-",
    )
    for number in range(50)
])
model = get_model(
    "openai/organism", base_url=base + "/v1", api_key="unused", responses_api=False,
    config=GenerateConfig(
        num_choices=4, logprobs=True, top_logprobs=3, stop_seqs=["."], max_tokens=40, seed=1,
        temperature=1.0, max_connections=16, max_retries=0,
    ),
)
log = evaluate(
    Task(dataset=dataset, solver=generate(cache=False), scorer=complete()), model=model,
    log_dir=work, display="none",
)[0]
assert log.status == "success", log.error
result = log.results.scores[0].metrics["accuracy"].value
assert log.results.completed_samples == 50 and result == 1, [s.scores for s in log.samples][:2]
seconds = log.stats.model_usage
print(f"50 samples with 4 answers each, all as they should be: {seconds}")
