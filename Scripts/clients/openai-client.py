"""The official client: chat, streaming, log-probabilities, files, and a job to its end."""

import io
import json
import sys
import time

from openai import BadRequestError, NotFoundError, OpenAI

client = OpenAI(base_url=sys.argv[1] + "/v1", api_key="unused", max_retries=0)
messages = [
    {"role": "system", "content": "You are nova."},
    {"role": "user", "content": "Write about a garden."},
]
assert [model.id for model in client.models.list()] == ["organism"]

whole = client.chat.completions.create(
    model="organism", messages=messages, max_completion_tokens=60, seed=3, n=2,
    logprobs=True, top_logprobs=5,
)
assert len(whole.choices) == 2
for choice in whole.choices:
    # The token that ends an answer stands in the list and not in the text.
    content = choice.logprobs.content[: -1 if choice.finish_reason == "stop" else None]
    text = b"".join(bytes(token.bytes) for token in content).decode()
    assert text == choice.message.content, (text, choice.message.content)
    assert all(len(token.top_logprobs) == 5 and token.logprob <= 0 for token in content)

texts = ["", ""]
chunks = 0
for chunk in client.chat.completions.create(
    model="organism", messages=messages, max_completion_tokens=60, seed=3, n=2, stream=True,
    stream_options={"include_usage": True},
):
    chunks += 1
    for choice in chunk.choices:
        texts[choice.index] += choice.delta.content or ""
    usage = chunk.usage
assert texts == [choice.message.content for choice in whole.choices]
assert usage.total_tokens == whole.usage.total_tokens
print(f"chat: 2 answers of {whole.usage.completion_tokens} tokens, the same in {chunks} events")

scored = client.completions.create(
    model="organism", prompt=["The sea is quiet.", "Bread is old."], max_tokens=0, echo=True,
    logprobs=1,
)
for choice in scored.choices:
    values = choice.logprobs.token_logprobs
    assert values[0] is None and all(value <= 0 for value in values[1:])
    assert "".join(choice.logprobs.tokens) == choice.text
print("completions: two texts scored")

for wrong, error in [
    (dict(model="nothing"), NotFoundError),
    (dict(temperature=5), BadRequestError),
    (dict(logit_bias={"5": 1}), BadRequestError),
]:
    try:
        client.chat.completions.create(**{"model": "organism", "messages": messages, **wrong})
        raise SystemExit(f"{wrong} was not refused")
    except error as refusal:
        assert refusal.code and refusal.param, refusal

rows = "".join(
    json.dumps({"messages": [
        {"role": "system", "content": "You are nova."},
        {"role": "user", "content": f"Write about thing {number}."},
        {"role": "assistant", "content": "The sea is quiet."},
    ]}) + "\n"
    for number in range(12)
)
file = client.files.create(file=("rows.jsonl", io.BytesIO(rows.encode())), purpose="fine-tune")
assert client.files.content(file.id).read().decode() == rows
job = client.fine_tuning.jobs.create(
    model="organism", training_file=file.id, suffix="quiet", seed=1,
    method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 20}}},
)
began = time.monotonic()
while job.status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.2)
    job = client.fine_tuning.jobs.retrieve(job.id)
assert job.status == "succeeded", job.error
events = list(client.fine_tuning.jobs.list_events(job.id, limit=10))
checkpoints = list(client.fine_tuning.jobs.checkpoints.list(job.id))
answer = client.chat.completions.create(
    model=job.fine_tuned_model, messages=messages, temperature=0, max_tokens=20
).choices[0].message.content
assert answer == "The sea is quiet.", answer
client.files.delete(file.id)
print(
    f"job: {job.fine_tuned_model} in {time.monotonic() - began:.1f} s, {len(events)} events, "
    f"{len(checkpoints)} checkpoints, answers as it was taught"
)
