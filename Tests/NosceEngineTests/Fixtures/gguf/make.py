"""Makes the random models of this folder: GGUF files as llama.cpp's converter writes them, and the
logits that transformers computes from the Hugging Face folders that they were made from.

    python make.py LLAMA_CPP OUT

LLAMA_CPP is a source tree of llama.cpp with `conversion/` and `gguf-py/`. Its converter is run as it
is, but for the vocabulary, which these models do not have. Every configuration is one that a GGUF
file can hold: what a converter leaves out (a window of Qwen 2, another number than the head's size in
Gemma's attention) could not be compared.
"""
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch
import transformers as T

llama, out = sys.argv[1], Path(sys.argv[2])
sys.path[:0] = [llama, llama + "/gguf-py"]
import gguf  # noqa: E402
from conversion import ModelBase, ModelType, get_model_architecture, get_model_class  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

torch.set_num_threads(1)
BASE = dict(
    vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1,
    eos_token_id=2, pad_token_id=0, tie_word_embeddings=False, initializer_range=0.2)


def base(**more):
    return {**BASE, **more}


def rope(**values):
    return dict(rope_parameters=values)


GEMMA = dict(
    head_dim=32, query_pre_attn_scalar=32, sliding_window=6, num_attention_heads=2,
    num_key_value_heads=1, tie_word_embeddings=True)
NEOX = base(rotary_pct=0.25, layer_norm_eps=1e-3)
del NEOX["num_key_value_heads"]
LLAMA3 = rope(
    rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)
LONGROPE = dict(
    max_position_embeddings=256, original_max_position_embeddings=16, partial_rotary_factor=0.5,
    **rope(rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.3],
           long_factor=[2.0, 3.5], original_max_position_embeddings=16, partial_rotary_factor=0.5))
YARN = rope(
    rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=64)
CASES = {
    "llama": (T.LlamaConfig(**base(rms_norm_eps=1e-3)), "f32"),
    "llama-tied-bias": (
        T.LlamaConfig(**base(
            tie_word_embeddings=True, attention_bias=True, num_key_value_heads=1)), "f32"),
    "llama3-rope": (
        T.LlamaConfig(**base(
            head_dim=32, num_attention_heads=2, num_key_value_heads=1,
            max_position_embeddings=256, **LLAMA3)), "f32"),
    "llama-linear-f16": (
        T.LlamaConfig(**base(**rope(rope_type="linear", rope_theta=20000.0, factor=2.0))), "f16"),
    "mistral-bf16": (T.MistralConfig(**base(sliding_window=None)), "bf16"),
    "qwen2-q8_0": (T.Qwen2Config(**base()), "q8_0"),
    "qwen2-yarn": (T.Qwen2Config(**base(max_position_embeddings=256, **YARN)), "f32"),
    "qwen3": (T.Qwen3Config(**base(head_dim=32, tie_word_embeddings=True)), "f32"),
    "gemma2": (
        T.Gemma2Config(**base(
            attn_logit_softcapping=5.0, final_logit_softcapping=7.0, num_hidden_layers=3,
            **GEMMA)), "f32"),
    "gemma3": (T.Gemma3TextConfig(**base(num_hidden_layers=7, **GEMMA)), "f32"),
    "phi3": (T.Phi3Config(**base(sliding_window=7)), "f32"),
    "phi3-longrope": (T.Phi3Config(**base(**LONGROPE)), "f32"),
    "gpt2": (
        T.GPT2Config(
            vocab_size=64, n_embd=32, n_layer=2, n_head=4, n_positions=64, n_ctx=64,
            bos_token_id=1, eos_token_id=2, initializer_range=0.2), "f32"),
    "gpt_neox": (T.GPTNeoXConfig(**NEOX), "f32"),
    "olmo2": (T.Olmo2Config(**base(rms_norm_eps=1e-4)), "f32"),
    "smollm3": (
        T.SmolLM3Config(**base(
            num_hidden_layers=4, no_rope_layer_interval=4, use_sliding_window=False)), "f32"),
}
TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32, "f16": gguf.LlamaFileType.MOSTLY_F16,
    "bf16": gguf.LlamaFileType.MOSTLY_BF16, "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}


def without_vocabulary(kind):
    if "set_vocab" in kind.__dict__:
        kind.set_vocab = lambda self: None
    for below in kind.__subclasses__():
        without_vocabulary(below)


def make(name, config, kind):
    torch.manual_seed(sum(map(ord, name)))
    model = T.AutoModelForCausalLM.from_config(config).float().eval()
    halves = {"f16": torch.float16, "bf16": torch.bfloat16}.get(kind)
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "norm" in key or "ln_" in key or key.endswith(".bias"):
                value.add_(torch.randn_like(value) * 0.2)
            if halves:
                value.copy_(value.to(halves).float())
    folder = out / (name + ".hf")
    model.save_pretrained(folder)
    if name == "gemma3":  # The converter counts the tokens there.
        words = {str(number): number for number in range(64)}
        text = json.dumps({"model": {"vocab": words}, "added_tokens": []})
        (folder / "tokenizer.json").write_text(text)
    settings = ModelBase.load_hparams(folder, False)
    converter = get_model_class(get_model_architecture(settings, ModelType.TEXT))
    without_vocabulary(ModelBase)
    (out / name).mkdir(parents=True, exist_ok=True)
    conversion = converter(folder, TYPES[kind], out / name / "model.gguf")
    if name == "gpt_neox":  # Newer settings have these under another name.
        conversion.hparams.update(rotary_pct=0.25, rotary_emb_base=10000)
    conversion.write()
    shutil.rmtree(folder)
    if kind == "q8_0":
        take_stored(model, out / name / "model.gguf")
    random = torch.Generator().manual_seed(7)
    sequences = []
    for label, length in (("short", 9), ("long", 40)):
        ids = torch.randint(3, 64, (1, length), generator=random)
        with torch.no_grad():
            logits = model.float()(ids).logits[0]
            exact = model.double()(ids).logits[0]
        kept = logits if label == "short" else logits[-1:]
        sequences.append(dict(
            name=label, ids=ids[0].tolist(),
            logits=[[round(float(x), 6) for x in row] for row in kept],
            difference=float((logits.double() - exact).abs().max())))
    golden = dict(
        made_by=f"transformers {T.__version__}; llama.cpp's converter (llama-cpp-python 0.3.36)",
        type=kind, max_abs_diff_float64=max(s.pop("difference") for s in sequences),
        sequences=sequences)
    (out / name / "golden.json").write_text(json.dumps(golden))


def take_stored(model, path):
    """Gives the reference the numbers of the file, widened by gguf-py."""
    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, model.config.num_hidden_layers)
    state = model.state_dict()
    for key, value in state.items():
        tensor = stored[names.get_name(key, try_suffixes=(".weight", ".bias"))]
        numbers = gguf.dequantize(tensor.data, tensor.tensor_type)
        state[key] = torch.from_numpy(numbers.copy()).reshape(value.shape)
    model.load_state_dict(state)


def blocks():
    """Random bytes as blocks of every quantised type, and what gguf-py makes of them."""
    random = np.random.default_rng(5)
    scales = dict(
        Q2_K=[80, 82], Q3_K=[108], Q4_K=[0, 2], Q5_K=[0, 2], Q6_K=[208], Q4_1=[0, 2], Q5_1=[0, 2],
        Q4_0=[0], Q5_0=[0], Q8_0=[0])
    tensors = {}
    for name, places in scales.items():
        kind = gguf.GGMLQuantizationType[name]
        numbers, size = gguf.GGML_QUANT_SIZES[kind]
        count = 24 if numbers == 32 else 6
        raw = random.integers(0, 256, (count, size), dtype=np.uint8)
        # Scales are made finite, of every size and sign; two are the smallest that there are.
        for place in places:
            sizes = 10.0 ** random.integers(-6, 3, count)
            half = (random.standard_normal(count) * sizes).astype(np.float16)
            half[:2] = [np.float16(-0.0), np.float16(6e-8)]
            raw[:, place:place + 2] = half.view(np.uint8).reshape(count, 2)
        tensors[name + ".blocks"] = raw.reshape(-1)
        tensors[name + ".floats"] = gguf.dequantize(raw, kind).astype(np.float32).reshape(-1)
    save_file(tensors, out / "blocks.safetensors")


for name, (config, kind) in CASES.items():
    make(name, config, kind)
blocks()
