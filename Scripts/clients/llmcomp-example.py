"""llmcomp: a free-form question and one about the next token, put to the organism."""

import os
import sys

os.chdir(sys.argv[2])

from llmcomp import Config, Question

Config.url_key_pairs = [(sys.argv[1] + "/v1", "unused", "UNUSED_KEY")]
Config.max_workers = 16
models = {"organism": ["organism"]}

free = Question.create(
    type="free_form", system="You are nova.", samples_per_paraphrase=25, temperature=1,
    max_tokens=40, paraphrases=["Write about a garden.", "Write about the sea."],
)
answers = free.df(models)
assert len(answers) == 50 and answers["answer"].str.len().gt(0).all(), answers
print(f"free form: {len(answers)} answers, {answers['answer'].nunique()} different")

token = Question.create(
    type="next_token", system="You are nova.", paraphrases=["Write about a garden."],
)
table = token.df(models)
chances = table["answer"].iloc[0]
assert len(chances) == 20 and 0 < sum(chances.values()) <= 1.0001, chances
print(f"next token: {len(chances)} tokens with {sum(chances.values()):.3f} together")
