"""Checkpoints of llama, mistral, qwen2, qwen3; the rest is in families_cases_more.py."""

import torch

BASE = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128,
        "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
# A small base and wide heads put several frequencies inside the ramps of yarn and llama3.
WIDE = {"head_dim": 16, "num_attention_heads": 2, "num_key_value_heads": 1}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64,
        "rope_theta": 200.0}


def case(name, family, what, storage="bfloat16", base=BASE, **options):
    config = dict(base)
    config.update(options.pop("config", {}))
    return dict(name=name, family=family, what=what, storage=storage, config=config, **options)


def without(*keys):
    """The configuration when a reader overlooks these keys."""
    return lambda config: {k: v for k, v in config.items() if k not in keys}


def with_keys(**values):
    return lambda config: dict(config, **values)


def plain_rope(theta):
    """The configuration when a reader overlooks the rotary scaling."""
    def edit(config):
        config = without("rope_parameters", "rope_scaling")(config)
        return dict(config, rope_parameters={"rope_type": "default", "rope_theta": theta})
    return edit


def legacy(**extra):
    """Keys as transformers 4 wrote them: rope_theta and rope_scaling beside each other."""
    def edit(config):
        rope = dict(config.pop("rope_parameters"))
        config["rope_theta"] = rope.pop("rope_theta")
        rope.pop("partial_rotary_factor", None)
        kind = rope.pop("rope_type")
        config["rope_scaling"] = None if kind == "default" else dict(type=kind, **rope)
        config["torch_dtype"] = config.pop("dtype")
        config["transformers_version"] = "4.38.0"
        config.update(extra)
        return config
    return edit


def base_names(prefix):
    """Names as the class without a head saves them, with the buffers of old versions."""
    def edit(tensors):
        tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
        for layer in range(2):
            name = f"layers.{layer}.self_attn.rotary_emb.inv_freq"
            tensors[name] = torch.full((4,), 9.0)
        return tensors
    return edit


def head_only(tensors):
    tensors = dict(tensors)
    tensors["lm_head.weight"] = tensors.pop("model.embed_tokens.weight")
    return tensors


def add_equal_head(tensors):
    return dict(tensors, **{"lm_head.weight": tensors["model.embed_tokens.weight"].clone()})


def add_other_head(tensors):
    return dict(tensors, **{"lm_head.weight": tensors["model.embed_tokens.weight"].flip(0)})


def longrope(short, long, **more):
    return dict({"rope_type": "longrope", "short_factor": short, "long_factor": long,
                 "rope_theta": 200.0}, **more)


CROSSING_LENGTHS = {"short": 8, "at-limit": 16, "past-limit": 17, "long": 40}

LLAMA = [
    case("llama-linear", "llama", "linear scaling, legacy keys with `type`", edit_config=legacy(),
         config={"rope_parameters": {"rope_type": "linear", "factor": 3.0, "rope_theta": 500.0}},
         ignored=plain_rope(500.0)),
    case("llama-dynamic", "llama", "dynamic scaling; sequences below, at and above the limit",
         config={"max_position_embeddings": 16, "rope_parameters": {
             "rope_type": "dynamic", "factor": 2.5, "rope_theta": 500.0}},
         lengths=CROSSING_LENGTHS, crossing=(12, 10), ignored=plain_rope(500.0)),
    case("llama-yarn", "llama", "yarn, all optional keys absent",
         config=dict(WIDE, rope_parameters=YARN), ignored=plain_rope(200.0), bf16=True),
    case("llama-yarn-all-keys", "llama",
         "yarn with beta_fast, beta_slow, mscale, mscale_all_dim, truncate false",
         config=dict(WIDE, rope_parameters=dict(
             YARN, beta_fast=4.0, beta_slow=0.5, mscale=1.2, mscale_all_dim=0.4, truncate=False)),
         ignored=with_keys(rope_parameters=YARN)),
    case("llama-yarn-attention-factor", "llama", "yarn with attention_factor; original length "
         "absent, so max_position_embeddings takes its place",
         config=dict(WIDE, rope_parameters={"rope_type": "yarn", "factor": 4.0,
                                            "rope_theta": 200.0, "attention_factor": 0.7}),
         ignored=with_keys(rope_parameters=YARN)),
    case("llama-llama3", "llama", "llama3 scaling in rope_parameters",
         config=dict(WIDE, rope_parameters={
             "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
             "high_freq_factor": 4.0, "original_max_position_embeddings": 64,
             "rope_theta": 1000.0}), ignored=plain_rope(1000.0)),
    case("llama-longrope", "llama", "longrope outside phi3, with factor",
         config={"rope_parameters": longrope([1.0, 1.5, 2.0, 3.0], [1.0, 2.5, 4.0, 7.0],
                                             factor=6.0, original_max_position_embeddings=16)},
         lengths=CROSSING_LENGTHS, ignored=plain_rope(200.0)),
    case("llama-both-rope-keys", "llama", "rope_scaling replaces rope_parameters, and rope_type "
         "wins over type", config={"rope_parameters": {
             "rope_type": "linear", "factor": 2.0, "rope_theta": 500.0}},
         edit_config=lambda c: dict(
             c, rope_theta=500.0, rope_parameters={"rope_type": "default", "rope_theta": 9.0},
             rope_scaling={"type": "dynamic", "rope_type": "linear", "factor": 2.0}),
         ignored=without("rope_scaling")),
    case("llama-bias-mqa", "llama", "attention_bias and mlp_bias, one key head, float32",
         "float32", config={"attention_bias": True, "mlp_bias": True, "num_key_value_heads": 1,
                            "num_attention_heads": 4, "pad_token_id": 5}),
    case("llama-head-14", "llama", "head_dim 14 > hidden / heads, MHA, odd sizes",
         config={"hidden_size": 30, "num_attention_heads": 3, "num_key_value_heads": None,
                 "head_dim": 14, "intermediate_size": 37, "vocab_size": 67}),
    case("llama-head-6", "llama", "head_dim 6 from hidden 30 / 5 heads, key absent",
         config={"hidden_size": 30, "num_attention_heads": 5, "num_key_value_heads": 1,
                 "intermediate_size": 41}, edit_config=without("head_dim")),
    case("llama-sharded", "llama", "several files and an index", "float32",
         save={"max_shard_size": "30KB"}),
    case("llama-f16", "llama", "stored as float16", "float16"),
    case("llama-tied", "llama", "tied, no head in the file", config={"tie_word_embeddings": True}),
    case("llama-tied-head-equal", "llama", "tied, the file holds the head too, equal",
         config={"tie_word_embeddings": True}, edit_tensors=add_equal_head),
    case("llama-tied-head-only", "llama", "tied, the file holds lm_head and no embedding",
         config={"tie_word_embeddings": True}, edit_tensors=head_only),
    case("llama-tied-head-differs", "llama", "tied by the configuration, but the file holds "
         "another head: used as stored, not tied", config={"tie_word_embeddings": True},
         edit_tensors=add_other_head),
    case("llama-base-names", "llama", "tensor names without `model.`, old inv_freq buffers, tied",
         config={"tie_word_embeddings": True}, edit_tensors=base_names("model.")),
    case("llama-window-ignored", "llama", "a sliding_window key means nothing to llama; "
         "hidden_act gelu", config={"hidden_act": "gelu"}, cached=False,
         note="greedy is without a cache: transformers builds a window cache from the stray key "
         "although the mask has no window, and then gives other tokens.",
         edit_config=with_keys(sliding_window=3, use_sliding_window=True),
         ignored=with_keys(hidden_act="silu")),
]

MISTRAL = [
    case("mistral-no-window", "mistral", "sliding_window null, head_dim 10, hidden 30 not a "
         "multiple of 4 heads, default key heads (8 absent in the file is not meant)",
         config={"sliding_window": None, "head_dim": 10, "hidden_size": 30,
                 "intermediate_size": 33}),
    case("mistral-window-3", "mistral", "window of 3 and linear scaling",
         config={"sliding_window": 3, "rope_parameters": {
             "rope_type": "linear", "factor": 2.0, "rope_theta": 500.0}},
         ignored=with_keys(sliding_window=None)),
    case("mistral-window-absent", "mistral", "the sliding_window key is absent: 4096, so no effect "
         "at this length; head_dim absent; num_key_value_heads absent means 8",
         config={"num_attention_heads": 8, "num_key_value_heads": 8},
         edit_config=without("sliding_window", "head_dim", "num_key_value_heads")),
]

QWEN2 = [
    case("qwen2-window", "qwen2", "use_sliding_window with max_window_layers 1 of 3 layers; untied",
         config={"num_hidden_layers": 3, "use_sliding_window": True, "sliding_window": 5,
                 "max_window_layers": 1}, edit_config=without("layer_types"),
         ignored=with_keys(use_sliding_window=False)),
    case("qwen2-layer-types", "qwen2", "explicit layer_types beat max_window_layers; tied, MHA",
         config={"num_hidden_layers": 3, "use_sliding_window": True, "sliding_window": 4,
                 "max_window_layers": 0, "num_key_value_heads": 4, "tie_word_embeddings": True,
                 "layer_types": ["full_attention", "sliding_attention", "full_attention"]},
         ignored=without("layer_types")),
    case("qwen2-window-off", "qwen2", "sliding_window is given but use_sliding_window is false",
         config={"use_sliding_window": False, "sliding_window": 4, "max_window_layers": 0},
         edit_config=lambda c: dict(without("layer_types")(c), sliding_window=4)),
    case("qwen2-yarn", "qwen2", "yarn as the published long-context advice writes it (rope_scaling "
         "with type)", config=dict({k: v for k, v in WIDE.items() if k != "head_dim"},
                                   num_key_value_heads=2, rope_parameters=YARN),
         edit_config=legacy(), ignored=plain_rope(200.0), bf16=True),
    case("qwen2-head-dim", "qwen2", "an extra head_dim key is honoured",
         config={"head_dim": 12}),
]

QWEN3 = [
    case("qwen3-bias-untied", "qwen3", "attention_bias, untied, head_dim 6, MHA", "float32",
         config={"attention_bias": True, "head_dim": 6, "num_key_value_heads": 4}),
    case("qwen3-yarn", "qwen3", "yarn; tied; hidden 30 not a multiple of 4 heads",
         config={"hidden_size": 30, "head_dim": 16, "tie_word_embeddings": True,
                 "rope_parameters": YARN}, ignored=plain_rope(200.0)),
    case("qwen3-window", "qwen3", "sliding layers from max_window_layers 1",
         config={"head_dim": 8, "use_sliding_window": True, "sliding_window": 4,
                 "max_window_layers": 1}, edit_config=without("layer_types"),
         ignored=with_keys(use_sliding_window=False)),
]
