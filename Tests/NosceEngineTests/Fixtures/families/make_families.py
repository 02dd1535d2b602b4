"""Regenerates this folder: `python make_families.py [kind] [name prefix ...]`.

A kind is one of the folders: models, lora, fullft, lora-must-fail, models-must-fail.
"""

import sys
import warnings

import families_adapters as adapters
import families_cases as first
import families_cases_more as more
import families_refusals as refusals
from families_tools import FOLDER, record, save
from families_training import full_case, lora_case

MODELS = (first.LLAMA + first.MISTRAL + first.QWEN2 + first.QWEN3 + more.GEMMA2 + more.GEMMA3
          + more.GEMMA3_MULTIMODAL + more.PHI3 + more.OLMO2 + more.SMOLLM3 + more.GPT2_CASES
          + more.GPT_NEOX)


def model_case(case):
    folder = FOLDER / "models" / case["name"]
    save(case, folder)
    return record(case, folder)


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1000


def shown(golden):
    keys = ("max_abs_diff_float64", "last_logits_change_if_ignored", "scaling",
            "min_over_sequences_of_max_abs_change_vs_base", "params_after_noise", "peft",
            "transformers")
    found = {**golden, **golden.get("train", {})}
    return {key: found[key] for key in keys if key in found}


KINDS = {"models": (MODELS, model_case), "lora": (adapters.LORA, lora_case),
         "fullft": (adapters.FULL, full_case),
         "lora-must-fail": (refusals.ADAPTERS, lambda case: refusals.adapter(*case)),
         "models-must-fail": (refusals.CHECKPOINTS, lambda case: refusals.checkpoint(*case))}

if __name__ == "__main__":
    warnings.simplefilter("ignore", FutureWarning)
    words = sys.argv[1:]
    kinds = [words.pop(0)] if words and words[0] in KINDS else list(KINDS)
    for kind in kinds:
        cases, make = KINDS[kind]
        for case in cases:
            name = case["name"] if isinstance(case, dict) else case[0]
            if not words or name.startswith(tuple(words)):
                golden = make(case)
                print(f"{kind}/{name}: {size(FOLDER / kind / name):.0f} kB",
                      shown(golden), flush=True)
