"""The adapters and the full fine-tuning steps."""

TWO = {"steps": 2, "lr": 0.005, "weight_decay": 0.01}
THREE = dict(TWO, steps=3)
ONE = dict(TWO, steps=1)
CLIPPED = {"steps": 3, "lr": 0.01, "weight_decay": 0.1, "max_grad_norm": 0.5, "micro_batches": 2,
           "schedule": "cosine", "warmup_steps": 1, "schedule_total_steps": 4}


def lora(name, model, what, train=None, **options):
    case = dict(name=name, model=model, what=what, lora=dict({"r": 2, "lora_alpha": 4}, **options))
    return case if train is None else dict(case, train=train)


def every_linear(family, model, train=TWO):
    return lora(f"{family}-all-linear", model, "target_modules all-linear, as peft expands it",
                train, target_modules="all-linear")


LORA = [
    lora("gpt_neox-fused", "gpt_neox-half-tied", "q, k, v interleaved in one matrix, and every "
         "dense layer; the entry `dense` reaches attention.dense alone", THREE, r=3,
         target_modules=["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]),
    lora("phi3-fused", "phi3-longrope", "q, k, v and gate, up in one matrix each", THREE, r=3,
         target_modules=["qkv_proj", "gate_up_proj", "down_proj"]),
    every_linear("gemma2", "gemma2-no-caps"),
    every_linear("gemma3", "gemma3-legacy"),
    every_linear("olmo2", "olmo2-gqa-tied"),
    every_linear("smollm3", "smollm3-interval-window"),
    every_linear("qwen3", "qwen3-yarn", dict(THREE, lr=0.003)),
    every_linear("mistral", "mistral-window-3", CLIPPED),
    every_linear("qwen2", "qwen2-window"),
    lora("gpt2-fullpath", "gpt2-inner-inverse", "full paths; Conv1D, so fan_in_fan_out", TWO,
         fan_in_fan_out=True, target_modules=[
             "transformer.h.0.attn.c_attn", "transformer.h.1.mlp.c_proj",
             "transformer.h.2.attn.c_proj"]),
    lora("llama-layers", "llama-bias-mqa", "layers_to_transform with layers_pattern; biases stay "
         "frozen", TWO, target_modules=["q_proj", "v_proj", "down_proj"], layers_to_transform=[1],
         layers_pattern="layers"),
    lora("llama-one-layer", "llama-yarn", "layers_to_transform as a number, no pattern",
         target_modules=["q_proj", "up_proj"], layers_to_transform=0),
    lora("smollm3-exclude", "smollm3-list", "exclude_modules: a suffix and a full path",
         target_modules=["q_proj", "k_proj", "up_proj"],
         exclude_modules=["up_proj", "model.layers.0.self_attn.k_proj"]),
    lora("smollm3-exclude-expression", "smollm3-list", "exclude_modules as an expression",
         target_modules=["q_proj", "gate_proj"], exclude_modules=r".*\.layers\.[12]\..*"),
    lora("smollm3-expression", "smollm3-list", "target_modules as an expression over the full path",
         target_modules=r".*\.layers\.(0|3)\.(mlp\.(gate|down)|self_attn\.o)_proj"),
    lora("llama-patterns", "llama-llama3", "rank_pattern and alpha_pattern as expressions; the "
         "first that matches counts; the key `proj` matches nothing", TWO, r=3, lora_alpha=6,
         target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "down_proj"],
         rank_pattern={r"model\.layers\.0\.self_attn\.[qk]_proj": 1, r"layers\.\d+\.mlp\..*": 4,
                       "q_proj": 5, "proj": 6},
         alpha_pattern={r".*\.1\..*_proj": 2, "down_proj": 9}),
    lora("qwen2-rslora", "qwen2-yarn", "rsLoRA, with a rank_pattern", TWO, r=4, lora_alpha=3,
         use_rslora=True, target_modules=["q_proj", "v_proj", "gate_proj"],
         rank_pattern={"v_proj": 2}),
    lora("llama-head", "llama-linear", "the output head as a target beside a projection", TWO,
         target_modules=["lm_head", "v_proj"]),
    dict(lora("llama-head-embeddings-saved", "llama-linear", "the same as peft saves it unasked: "
              "the file also holds embed_tokens.weight and lm_head.base_layer.weight",
              target_modules=["lm_head", "v_proj"]), save_embedding_layers="auto"),
    lora("gpt_neox-default-targets", "gpt_neox-sequential", "target_modules left out: peft's "
         "default for the family (query_key_value)"),
]

FULL = [
    dict(name="llama-bias-step", model="llama-bias-mqa", train=dict(ONE, extra_ids=((2, 5),)),
         what="biases everywhere; id 5 is pad_token_id and occurs as input: its embedding row gets "
         "no gradient in transformers"),
    dict(name="qwen2-step", model="qwen2-layer-types", train=ONE,
         what="q, k, v biases, tied head, a sliding layer"),
    dict(name="gpt2-step", model="gpt2-inner-inverse", train=ONE,
         what="Conv1D, learned positions, LayerNorm, tied head"),
    dict(name="gemma2-step", model="gemma2-bias-linear", train=ONE,
         what="softcaps, (1 + w) norms, scaled and tied embeddings, biases"),
]
