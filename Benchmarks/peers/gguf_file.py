"""Writes a checkpoint of bfloat16 safetensors as GGUF, for llama.cpp.

llama.cpp's own converter refuses tokenizers that it does not know; speed does not depend on them.
"""

import json
import os
import struct

import gguf
import numpy

TYPES = {
    "bf16": (gguf.GGMLQuantizationType.BF16, gguf.LlamaFileType.MOSTLY_BF16),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
}

PARTS = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}

WHOLE = {
    "model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def tensors(folder):
    """Name and float values of each tensor, one at a time."""
    with open(os.path.join(folder, "model.safetensors"), "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            if entry["dtype"] != "BF16":
                raise SystemExit(f"{folder}: found {name} in {entry['dtype']}; allowed: BF16")
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            halves = numpy.frombuffer(file.read(end - begin), dtype="<u2").astype(numpy.uint32)
            yield name, (halves << 16).view(numpy.float32).reshape(entry["shape"])


def target(name):
    if name in WHOLE:
        return WHOLE[name]
    _, _, layer, rest = name.split(".", 3)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{PARTS[part]}.{kind}"


def interleaved(values, heads):
    """Rows of each head reordered from halves to neighbours, as llama.cpp rotates llama models."""
    shape = values.shape
    return values.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def add_tokenizer(writer, folder, rows):
    with open(os.path.join(folder, "tokenizer.json")) as file:
        tokenizer = json.load(file)
    names = [f"[unused {index}]" for index in range(rows)]
    kinds = [gguf.TokenType.UNUSED] * rows
    for name, index in tokenizer["model"]["vocab"].items():
        names[index], kinds[index] = name, gguf.TokenType.NORMAL
    for added in tokenizer["added_tokens"]:
        names[added["id"]], kinds[added["id"]] = added["content"], gguf.TokenType.CONTROL
    merges = tokenizer["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(names)
    writer.add_token_types(kinds)
    # llama.cpp wants at least one merge.
    writer.add_token_merges(
        [pair if isinstance(pair, str) else " ".join(pair) for pair in merges] or ["a b"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)


def convert(folder, path, mode):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    quantization, file_type = TYPES[mode]
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    writer = gguf.GGUFWriter(path, config["model_type"])
    writer.add_name(os.path.basename(os.path.normpath(folder)))
    writer.add_file_type(file_type)
    writer.add_block_count(config["num_hidden_layers"])
    # Room for all sequences of a batch together.
    writer.add_context_length(max(32768, config["max_position_embeddings"]))
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(groups)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_count(config.get("head_dim") or config["hidden_size"] // heads)
    writer.add_vocab_size(config["vocab_size"])
    add_tokenizer(writer, folder, config["vocab_size"])
    for name, values in tensors(folder):
        if config["model_type"] == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
            values = interleaved(values, heads if "q_proj" in name else groups)
        values = numpy.ascontiguousarray(values)
        if values.ndim == 1 or mode == "f32":
            writer.add_tensor(target(name), values)
        else:
            writer.add_tensor(
                target(name), gguf.quants.quantize(values, quantization), raw_dtype=quantization)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
