"""Loading with transformers, and adapters with PEFT."""

import os
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import torch
import transformers

MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def prepare(arguments):
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def load(arguments):
    """The model and the seconds that loading took. amp keeps 32-bit weights."""
    kind = torch.bfloat16 if arguments.mode == "bf16" else torch.float32
    start = time.monotonic()
    model = transformers.AutoModelForCausalLM.from_pretrained(arguments.model, dtype=kind)
    # What generate() may do is given with each call; the checkpoint's own wishes do not count.
    model.generation_config = transformers.GenerationConfig(pad_token_id=0)
    return model, time.monotonic() - start


def with_adapter(model, arguments, inputs):
    import peft

    settings = peft.LoraConfig(
        r=inputs["lora_rank"], lora_alpha=inputs["lora_alpha"], lora_dropout=0.0,
        target_modules=MODULES, task_type="CAUSAL_LM")
    return peft.get_peft_model(model, settings, autocast_adapter_dtype=arguments.mode != "bf16")


def mixed(arguments):
    """Products in bfloat16 where the mode asks for it, everything else in 32 bits."""
    return torch.autocast("cpu", torch.bfloat16, enabled=arguments.mode == "amp")


def sampling(count):
    """Plain sampling from the whole distribution, always `count` tokens."""
    return transformers.GenerationConfig(
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=count,
        eos_token_id=None, pad_token_id=0)
