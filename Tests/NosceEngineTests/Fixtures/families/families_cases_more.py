"""The checkpoints: gemma2, gemma3, phi3, olmo2, smollm3, gpt2, gpt_neox."""

import torch

from families_cases import (
    BASE, CROSSING_LENGTHS, WIDE, YARN, case, legacy, longrope, plain_rope, with_keys, without)

LINEAR = {"rope_type": "linear", "factor": 3.0, "rope_theta": 500.0}
GEMMA = {"head_dim": 8, "query_pre_attn_scalar": 12, "sliding_window": 6}
GEMMA3_ROPE = {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 3000.0},
               "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}
NEOX = {k: v for k, v in BASE.items() if k != "num_key_value_heads"}
NEOX["bos_token_id"] = 0
GPT2 = {"vocab_size": 64, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64,
        "bos_token_id": 1, "eos_token_id": 2}


def gemma3_legacy(scaling):
    def edit(config):
        config = without("rope_parameters", "layer_types", "_sliding_window_pattern")(config)
        return dict(config, rope_theta=3000.0, rope_local_base_freq=50.0, rope_scaling=scaling,
                    sliding_window_pattern=2, cache_implementation="hybrid")
    return edit


def gpt2_old_names(tensors):
    """The layout of the first published gpt2: no `transformer.`, and the causal mask stored."""
    tensors = {name.removeprefix("transformer."): value for name, value in tensors.items()}
    for layer in range(2):
        mask = torch.tril(torch.ones(1, 1, 64, 64, dtype=torch.uint8))
        tensors[f"h.{layer}.attn.bias"] = mask
        tensors[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    return tensors


def neox_old_buffers(tensors):
    tensors = dict(tensors)
    for layer in range(2):
        stem = f"gpt_neox.layers.{layer}.attention."
        tensors[stem + "bias"] = torch.tril(torch.ones(1, 1, 64, 64, dtype=torch.bool))
        tensors[stem + "masked_bias"] = torch.tensor(-1e9)
        tensors[stem + "rotary_emb.inv_freq"] = torch.full((2,), 9.0)
    return tensors


def neox_base_names(tensors):
    return {name.removeprefix("gpt_neox."): v for name, v in tensors.items()
            if not name.startswith(("embed_out", "lm_head"))}


def neox_legacy(config):
    rope = config.pop("rope_parameters")
    kind = {k: v for k, v in rope.items() if k not in ("rope_theta", "partial_rotary_factor")}
    scaling = None if kind["rope_type"] == "default" else kind
    return dict(config, rotary_emb_base=rope["rope_theta"], rope_scaling=scaling,
                rotary_pct=rope["partial_rotary_factor"])


def neox_rope(theta, part, **more):
    return dict({"rope_type": "default", "rope_theta": theta, "partial_rotary_factor": part},
                **more)


GEMMA2 = [
    case("gemma2-no-caps", "gemma2", "both softcaps null, head_dim 10, hidden 30, "
         "query_pre_attn_scalar 20", bf16=True,
         config=dict(GEMMA, hidden_size=30, num_attention_heads=3, num_key_value_heads=1,
                     head_dim=10, query_pre_attn_scalar=20, attn_logit_softcapping=None,
                     final_logit_softcapping=None),
         ignored=without("attn_logit_softcapping", "final_logit_softcapping")),
    case("gemma2-bias-linear", "gemma2", "attention_bias, linear scaling, explicit layer_types, "
         "hidden_activation gelu (hidden_act is not read), small caps", "float32",
         config=dict(GEMMA, attention_bias=True, hidden_activation="gelu",
                     attn_logit_softcapping=3.0, final_logit_softcapping=5.0,
                     rope_parameters=LINEAR, layer_types=["full_attention", "sliding_attention"]),
         edit_config=with_keys(hidden_act="relu"), ignored=plain_rope(500.0)),
    case("gemma2-defaults", "gemma2", "caps, layer_types and query_pre_attn_scalar absent: 50, 30, "
         "even layers slide, 256", config={"head_dim": 8, "sliding_window": 4},
         edit_config=without("attn_logit_softcapping", "final_logit_softcapping", "layer_types",
                             "query_pre_attn_scalar", "tie_word_embeddings"),
         ignored=with_keys(query_pre_attn_scalar=8)),
]

GEMMA3 = [
    case("gemma3-legacy", "gemma3_text", "rope_theta, rope_local_base_freq, "
         "sliding_window_pattern 2 and rope_scaling linear 8 (global layers only)",
         config=dict(GEMMA, num_hidden_layers=3, rope_parameters=GEMMA3_ROPE, layer_types=[
             "sliding_attention", "full_attention", "sliding_attention"]),
         edit_config=gemma3_legacy({"rope_type": "linear", "factor": 8.0}),
         ignored=without("rope_scaling"), bf16=True),
    case("gemma3-legacy-type-unread", "gemma3_text", "rope_scaling with `type` instead of "
         "`rope_type`: transformers leaves the global layers unscaled",
         config=dict(GEMMA, rope_parameters=GEMMA3_ROPE, layer_types=[
             "sliding_attention", "full_attention"]),
         edit_config=gemma3_legacy({"type": "linear", "factor": 8.0}),
         ignored=gemma3_legacy({"rope_type": "linear", "factor": 8.0})),
    case("gemma3-new", "gemma3_text", "nested rope_parameters, attention_bias, untied; the "
         "attention softcap is never applied by gemma3, the final one is", "float32",
         config=dict(GEMMA, rope_parameters=GEMMA3_ROPE, attention_bias=True,
                     tie_word_embeddings=False, attn_logit_softcapping=2.0,
                     final_logit_softcapping=6.0, layer_types=[
                         "full_attention", "sliding_attention"]),
         ignored=with_keys(final_logit_softcapping=None)),
]

# A published multimodal configuration leaves out of text_config what equals the default.
TEXT = dict({k: v for k, v in BASE.items()}, model_type="gemma3_text", head_dim=8,
            query_pre_attn_scalar=8, sliding_window=4, layer_types=[
                "sliding_attention", "full_attention"], rope_parameters={
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}})
VISION = {"model_type": "siglip_vision_model", "hidden_size": 8, "intermediate_size": 8,
          "num_hidden_layers": 1, "num_attention_heads": 1, "image_size": 8, "patch_size": 4,
          "vision_use_head": False}


def multimodal_published(config):
    text = gemma3_legacy({"rope_type": "linear", "factor": 8.0})(config["text_config"])
    for key in ("rope_theta", "rope_local_base_freq", "tie_word_embeddings", "rms_norm_eps",
                "hidden_activation", "attention_bias", "attn_logit_softcapping",
                "final_logit_softcapping", "use_bidirectional_attention", "dtype"):
        text.pop(key, None)
    return dict(config, text_config=text)


GEMMA3_MULTIMODAL = [
    case("gemma3-multimodal", "gemma3", "text alone through a checkpoint with a vision tower: "
         "text_config, tensor names under language_model.", base={}, config={
             "text_config": TEXT, "vision_config": VISION, "mm_tokens_per_image": 4},
         edit_config=multimodal_published),
]

PHI3 = [
    case("phi3-longrope", "phi3", "longrope, legacy keys; the factor is 128 / 16",
         config={"original_max_position_embeddings": 16, "rope_parameters": longrope(
             [1.0, 1.5, 2.0, 3.0], [1.0, 2.5, 4.0, 7.0])},
         edit_config=lambda c: legacy()(dict(c, rope_parameters={
             k: v for k, v in c["rope_parameters"].items()
             if k != "original_max_position_embeddings"})),
         lengths=CROSSING_LENGTHS, crossing=(12, 10), ignored=plain_rope(200.0), bf16=True),
    case("phi3-longrope-partial", "phi3", "longrope with partial_rotary_factor 0.75 and "
         "attention_factor, new keys; MHA; the top-level original length wins over the dict's",
         config={"num_key_value_heads": None, "original_max_position_embeddings": 16,
                 "rope_parameters": longrope([1.0, 1.4, 2.0], [1.0, 3.0, 6.0],
                                             partial_rotary_factor=0.75, attention_factor=1.25)},
         edit_config=lambda c: dict(c, rope_parameters=dict(
             c["rope_parameters"], original_max_position_embeddings=128)),
         lengths=CROSSING_LENGTHS, ignored=plain_rope(200.0)),
    case("phi3-longrope-yarn-name", "phi3", "the old name `yarn` means longrope in phi3",
         config={"original_max_position_embeddings": 16, "rope_parameters": longrope(
             [1.0, 1.5, 2.0, 3.0], [1.0, 2.5, 4.0, 7.0])},
         edit_config=lambda c: dict(c, rope_parameters=None, rope_theta=200.0, rope_scaling={
             "type": "yarn", "short_factor": [1.0, 1.5, 2.0, 3.0],
             "long_factor": [1.0, 2.5, 4.0, 7.0]}),
         lengths=CROSSING_LENGTHS, ignored=plain_rope(200.0)),
    case("phi3-window-partial", "phi3", "sliding_window 6 on all layers, partial_rotary_factor 0.5 "
         "at the top level, rms_norm_eps absent (1e-5), tied", "float32",
         config={"sliding_window": 6, "tie_word_embeddings": True,
                 "rope_parameters": {"rope_type": "default", "rope_theta": 200.0,
                                     "partial_rotary_factor": 0.5}},
         edit_config=lambda c: dict(without("rms_norm_eps")(legacy()(c)),
                                    partial_rotary_factor=0.5),
         ignored=with_keys(sliding_window=None)),
]

OLMO2 = [
    case("olmo2-gqa-tied", "olmo2", "GQA (key norm narrower than query norm), tied, linear scaling",
         config={"tie_word_embeddings": True, "rope_parameters": LINEAR},
         ignored=plain_rope(500.0)),
    case("olmo2-bias-yarn", "olmo2", "attention_bias, untied, yarn, rms_norm_eps absent (1e-5)",
         "float32", config=dict(attention_bias=True, num_attention_heads=2, num_key_value_heads=1,
                                rope_parameters=YARN),
         edit_config=without("rms_norm_eps"), ignored=plain_rope(200.0)),
]

SMOLLM3 = [
    case("smollm3-list", "smollm3", "no_rope_layers [0, 1, 1, 0] (1 = with rotary), 4 layers",
         config={"num_hidden_layers": 4, "no_rope_layers": [0, 1, 1, 0],
                 "intermediate_size": 32}, ignored=without("no_rope_layers")),
    case("smollm3-interval-window", "smollm3", "no_rope_layer_interval 2 with sliding layers where "
         "there is no rotary", config={"no_rope_layer_interval": 2, "num_hidden_layers": 3,
                                       "use_sliding_window": True, "sliding_window": 5},
         edit_config=without("no_rope_layers", "layer_types"),
         ignored=with_keys(use_sliding_window=False)),
    case("smollm3-yarn-untied-bias", "smollm3", "yarn, untied, attention_bias and mlp_bias",
         config=dict(num_attention_heads=2, num_key_value_heads=2, attention_bias=True,
                     mlp_bias=True, tie_word_embeddings=False, no_rope_layer_interval=3,
                     rope_parameters=YARN), ignored=plain_rope(200.0)),
    case("smollm3-layer-types", "smollm3", "explicit sliding layer_types act although "
         "use_sliding_window is false", config={
             "use_sliding_window": False, "sliding_window": 4, "no_rope_layers": [1, 1],
             "layer_types": ["sliding_attention", "full_attention"]},
         ignored=with_keys(layer_types=["full_attention", "full_attention"])),
]

GPT2_CASES = [
    case("gpt2-inner-inverse", "gpt2", "n_inner 40, scale_attn_by_inverse_layer_idx, "
         "reorder_and_upcast_attn, 3 layers", base=GPT2, bf16=True,
         config={"n_inner": 40, "n_layer": 3, "scale_attn_by_inverse_layer_idx": True,
                 "reorder_and_upcast_attn": True},
         ignored=with_keys(scale_attn_by_inverse_layer_idx=False)),
    case("gpt2-unscaled-relu-untied", "gpt2", "scale_attn_weights false, relu, tie false",
         base=GPT2, config={"scale_attn_weights": False, "activation_function": "relu",
                            "tie_word_embeddings": False, "n_inner": 36},
         ignored=with_keys(scale_attn_weights=True)),
    case("gpt2-gelu-odd", "gpt2", "exact gelu, n_embd 30 with 3 heads, aliases hidden_size and "
         "num_hidden_layers, layer_norm_epsilon 0.01", "float32", base=GPT2,
         config={"n_embd": 30, "n_head": 3, "activation_function": "gelu", "n_inner": 33,
                 "layer_norm_epsilon": 0.01},
         edit_config=lambda c: dict(without("n_embd", "n_layer")(c), hidden_size=30,
                                    num_hidden_layers=2),
         ignored=with_keys(layer_norm_epsilon=1e-5)),
    case("gpt2-old-names", "gpt2", "names without `transformer.`, attn.bias and attn.masked_bias "
         "stored; quick_gelu", base=GPT2, edit_tensors=gpt2_old_names,
         config={"activation_function": "quick_gelu", "n_inner": 40},
         ignored=with_keys(activation_function="gelu")),
]

GPT_NEOX = [
    case("gpt_neox-sequential", "gpt_neox", "use_parallel_residual false, full rotary, no "
         "attention_bias, gelu_new; legacy rotary_pct and rotary_emb_base", "float32", base=NEOX,
         config={"use_parallel_residual": False, "attention_bias": False, "hidden_act": "gelu_new",
                 "rope_parameters": neox_rope(100.0, 1.0)}, edit_config=neox_legacy,
         ignored=without("rotary_emb_base", "rotary_pct")),
    case("gpt_neox-half-tied", "gpt_neox", "half rotary in rope_parameters, gelu_fast, tied",
         base=NEOX, bf16=True, config={"hidden_act": "gelu_fast", "tie_word_embeddings": True,
                                       "rope_parameters": neox_rope(100.0, 0.5)},
         ignored=without("rope_parameters")),
    case("gpt_neox-old-buffers", "gpt_neox", "attention.bias, attention.masked_bias and "
         "attention.rotary_emb.inv_freq stored; legacy linear scaling; head dim 16, 3 / 8 rotary",
         base=NEOX, config={"num_attention_heads": 2, "rope_parameters": neox_rope(
             50.0, 0.375, rope_type="linear", factor=3.0)},
         edit_config=neox_legacy, edit_tensors=neox_old_buffers, ignored=without("rope_scaling")),
    case("gpt_neox-base-names", "gpt_neox", "names without `gpt_neox.`, tied; top-level rope_theta "
         "is not read", base=NEOX, config={"tie_word_embeddings": True, "layer_norm_eps": 0.001,
                                           "rope_parameters": neox_rope(10000.0, 0.25)},
         edit_config=lambda c: dict(without("rope_parameters")(c), rope_theta=7.0,
                                    partial_rotary_factor=1.0),
         edit_tensors=neox_base_names),
]
