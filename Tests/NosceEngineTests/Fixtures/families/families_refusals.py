"""Adapters and checkpoints that must be refused, with what the reference libraries do instead."""

import json
import re
import shutil
import warnings

import torch
from peft import IA3Config, LoKrConfig, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

from families_cases import without
from families_tools import FOLDER, generator, load, write_json
from families_training import save_adapter

EXPECT = ("error (message names the problem and what is allowed, exit code not 0, no trap, no "
          "large allocation)")
BASE = "llama-bias-mqa"
PLAIN = {"r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "v_proj"]}
STEM = "base_model.model.model.layers."


def lora(**options):
    return LoraConfig(task_type="CAUSAL_LM", **dict(PLAIN, **options))


def edit_config(**values):
    return lambda config, tensors: (dict(config, **values), tensors)


def edit_tensors(change):
    return lambda config, tensors: (config, change(dict(tensors)))


def drop(*endings):
    return edit_tensors(lambda t: {n: v for n, v in t.items() if not n.endswith(endings)})


def add(name, *shape):
    return edit_tensors(lambda t: dict(t, **{name: torch.ones(shape)}))


def replace(ending, *shape):
    return edit_tensors(lambda t: {
        n: torch.ones(shape) if n.endswith(ending) else v for n, v in t.items()})


ADAPTERS = [
    ("dora", "use_dora", lora(use_dora=True), None),
    ("modules-to-save", "modules_to_save holds a whole matrix", lora(modules_to_save=["lm_head"]),
     None),
    ("embedding", "factors on the embedding", lora(target_modules=["embed_tokens", "q_proj"]),
     None),
    ("bias-all", "bias all: the base's biases are saved", lora(bias="all"), None),
    ("bias-lora-only", "bias lora_only", lora(bias="lora_only"), None),
    ("lora-bias", "lora_bias: B has a bias", lora(lora_bias=True), None),
    ("lokr", "another method: LoKr", LoKrConfig(
        task_type="CAUSAL_LM", r=2, alpha=4, target_modules=["q_proj", "v_proj"]), None),
    ("ia3", "another method: IA3", IA3Config(
        task_type="CAUSAL_LM", target_modules=["k_proj", "v_proj", "down_proj"],
        feedforward_modules=["down_proj"]), None),
    ("key-of-no-module", "factors for layer 7 of a model with 2 layers", lora(),
     lambda c, t: (c, dict(t, **{
         STEM + "7.self_attn.q_proj.lora_A.weight": torch.ones(2, 32),
         STEM + "7.self_attn.q_proj.lora_B.weight": torch.ones(32, 2)}))),
    ("key-not-targeted", "factors for a module that target_modules does not name", lora(),
     lambda c, t: (c, dict(t, **{
         STEM + "1.self_attn.o_proj.lora_A.weight": torch.ones(2, 32),
         STEM + "1.self_attn.o_proj.lora_B.weight": torch.ones(32, 2)}))),
    ("key-unknown-part", "a tensor that is no factor", lora(),
     add(STEM + "1.self_attn.q_proj.lora_C.weight", 2, 32)),
    ("target-of-no-module", "target_modules names nothing in the model", lora(),
     lambda c, t: (dict(c, target_modules=["query"]), {})),
    ("missing-b", "one B is absent", lora(), drop("1.self_attn.v_proj.lora_B.weight")),
    ("missing-module", "a targeted module has no factors", lora(),
     drop("1.self_attn.v_proj.lora_B.weight", "1.self_attn.v_proj.lora_A.weight")),
    ("wrong-rank", "r is 2, the factors have rank 3", lora(r=3), edit_config(r=2)),
    ("wrong-rank-pattern", "rank_pattern says 5 for a module of rank 2", lora(),
     edit_config(rank_pattern={"v_proj": 5})),
    ("wrong-width", "A has 31 columns, the module 32 inputs", lora(),
     replace("0.self_attn.q_proj.lora_A.weight", 2, 31)),
    ("other-family", "the adapter of a gpt_neox model", lora(), edit_tensors(lambda t: {
        n.replace("model.layers", "gpt_neox.layers"): v for n, v in t.items()})),
    ("layers-out-of-range", "layers_to_transform 9 of a model with 2 layers", lora(),
     lambda c, t: (dict(c, layers_to_transform=[9]), {})),
    ("layer-replication", "layer_replication", lora(layer_replication=[(0, 2), (1, 2)]), None),
    ("alora", "alora_invocation_tokens: the adapter acts from a marker on", lora(
        alora_invocation_tokens=[7, 8]), None),
    ("trainable-tokens", "trainable_token_indices", lora(trainable_token_indices=[3, 4]), None),
    ("rank-zero", "r = 0", lora(), edit_config(r=0)),
]


def in_order(text):
    """Sets printed in a fixed order."""
    return re.sub(r"\{('[^{}]*')\}",
                  lambda m: "{" + ", ".join(sorted(m[1].split(", "))) + "}", text)


def outcome(action):
    """What the reference library does, in one line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            action()
        except Exception as error:  # noqa: BLE001 - any refusal is what is asked for
            return f"{type(error).__name__}: {in_order(' '.join(str(error).split()))[:200]}"
    said = [" ".join(str(w.message).split())[:160] for w in caught
            if issubclass(w.category, (UserWarning, RuntimeWarning))]
    return "accepts it" + (f", warning: {said[0]}" if said else " without a word")


def adapter(name, what, config, edit):
    folder, base = FOLDER / "lora-must-fail" / name, FOLDER / "models" / BASE
    shutil.rmtree(folder, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = get_peft_model(load(base), config)
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if parameter.requires_grad:
                    source = generator("refused", name, key)
                    parameter.copy_(0.2 * torch.randn(parameter.shape, generator=source))
        save_adapter(model, folder, f"../../models/{BASE}")
    if edit is not None:
        tensors, path = folder / "adapter_model.safetensors", folder / "adapter_config.json"
        changed, kept = edit(json.loads(path.read_text()), load_file(tensors))
        path.write_text(json.dumps(changed, indent=1) + "\n")
        save_file({k: v.contiguous() for k, v in kept.items()}, tensors, {"format": "pt"})
    write_json(folder / "expect.json", {
        "expect": EXPECT, "what": what, "model": BASE, "peft": outcome(
            lambda: PeftModel.from_pretrained(load(base), folder))})
    return json.loads((folder / "expect.json").read_text())


def with_rope(**rope):
    return lambda c: dict(c, rope_parameters=dict({"rope_theta": 500.0}, **rope))


def lose(ending):
    return lambda tensors: {n: v for n, v in tensors.items() if not n.endswith(ending)}


LONG = {"rope_type": "longrope", "long_factor": [1.0, 2.0, 3.0, 4.0]}
CHECKPOINTS = [
    ("rope-unknown-type", "llama-linear", "rope type", with_rope(rope_type="spiral"), None),
    ("rope-linear-no-factor", "llama-linear", "factor", with_rope(rope_type="linear"), None),
    ("rope-linear-factor-zero", "llama-linear", "factor 0",
     with_rope(rope_type="linear", factor=0.0), None),
    ("rope-llama3-no-low-freq", "llama-linear", "low_freq_factor", with_rope(
        rope_type="llama3", factor=8.0, high_freq_factor=4.0), None),
    ("rope-yarn-no-factor", "llama-linear", "factor", with_rope(rope_type="yarn"), None),
    ("rope-partial-llama", "llama-linear", "llama has no partial rotary", with_rope(
        rope_type="linear", factor=2.0, partial_rotary_factor=0.5), None),
    ("head-dim-odd", "llama-linear", "head_dim 7", lambda c: dict(c, head_dim=7), None),
    ("kv-heads-do-not-divide", "llama-linear", "3 key heads for 4 heads",
     lambda c: dict(c, num_key_value_heads=3), None),
    ("layer-types-short", "qwen2-window-off", "1 entry in layer_types for 2 layers",
     lambda c: dict(c, layer_types=["full_attention"]), None),
    ("layer-types-unknown", "qwen2-window-off", "layer type chunked_attention",
     lambda c: dict(c, layer_types=["chunked_attention"] * 2), None),
    ("window-zero", "mistral-window-3", "sliding_window 0", lambda c: dict(c, sliding_window=0),
     None),
    ("phi3-linear", "phi3-longrope", "phi3 knows default and longrope", lambda c: dict(
        c, rope_scaling={"type": "linear", "factor": 2.0}), None),
    ("phi3-short-factor-short", "phi3-longrope", "3 short factors for 4 frequencies",
     lambda c: dict(c, rope_scaling=dict(LONG, short_factor=[1.0, 2.0, 3.0])), None),
    ("phi3-no-short-factor", "phi3-longrope", "short_factor", lambda c: dict(
        c, rope_scaling=dict(LONG)), None),
    ("smollm3-no-rope-short", "smollm3-yarn-untied-bias", "1 entry in no_rope_layers for 2 layers",
     lambda c: dict(without("layer_types")(c), no_rope_layers=[1]), None),
    ("gpt2-heads", "gpt2-old-names", "n_embd 32 with 5 heads", lambda c: dict(c, n_head=5), None),
    ("gpt2-cross-attention", "gpt2-old-names", "add_cross_attention",
     lambda c: dict(c, add_cross_attention=True), None),
    ("bidirectional", "gemma2-defaults", "use_bidirectional_attention",
     lambda c: dict(c, use_bidirectional_attention=True), None),
    ("untied-no-head", "llama-linear", "tie_word_embeddings false and no head", None,
     lose("lm_head.weight")),
    ("bias-missing", "llama-bias-mqa", "a bias the configuration asks for", None,
     lose("layers.1.self_attn.k_proj.bias")),
    ("bias-not-configured", "llama-bias-mqa", "the file holds biases, the configuration has none",
     lambda c: dict(c, attention_bias=False, mlp_bias=False), None),
    ("norm-missing", "qwen3-window", "a query norm", None,
     lose("layers.0.self_attn.q_norm.weight")),
]


def first_logits(folder):
    from transformers import AutoModelForCausalLM
    model, report = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[3, 4, 5, 6, 7, 8]])).logits
    if not torch.isfinite(logits).all():
        warnings.warn("the logits are not finite")
    for key in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if report[key]:
            warnings.warn(f"{key} {sorted(map(str, report[key]))[:1]}")


def checkpoint(name, model, what, config_edit, tensor_edit):
    folder, source = FOLDER / "models-must-fail" / name, FOLDER / "models" / model
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = json.loads((source / "config.json").read_text())
    config = config if config_edit is None else config_edit(without("rope_scaling")(config))
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    tensors = load_file(source / "model.safetensors")
    tensors = tensors if tensor_edit is None else tensor_edit(tensors)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    write_json(folder / "expect.json", {
        "expect": EXPECT, "what": what, "from": model,
        "transformers": outcome(lambda: first_logits(folder))})
    if tensor_edit is None:  # the weights are those of models/NAME; only the configuration differs
        (folder / "model.safetensors").unlink()
    return json.loads((folder / "expect.json").read_text())
