"""Small tokenizers with the components of the published families, and what the reference library makes of texts.

    python make_families.py cases.json             the file of the tests
    python make_families.py more.json SEED COUNT   COUNT random texts for each, for NOSCE_TOKENIZER_CASES
"""
import json
import random
import sys

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

TRAINING = """The harbour lights hold their place while the tide turns, and nobody asks why.
It's what they're used to; we'll see if I've got it right, don't you think? He'd say so.
Numbers like 1234567890, 3.14159 and 2026-11-24 appear; so do prices: $12.50, 99%, #1!
Naïve café owners in Zürich résumé coöperate; el niño comió ñoquis; às vezes não há pão.
def main(argc, argv):\n    if argc > 1:\n        return argv[1]\n\tpass\r\n\r
今天天气很好，我们去公园散步。東京は日本の首都です。한국어도 조금 씁니다.
مرحبا بالعالم، كيف حالك؟ Привет, мир! Как дела? Γειά σου Κόσμε. שלום עולם
नमस्ते दुनिया। สวัสดีชาวโลก 😀 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️
        indentation        of        many        spaces
<user> hello </user> [INST] do it [/INST] <|x|>
""".split("\n") * 4

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = LLAMA3.replace("{1,3}", "")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
BYTES = ["<0x%02X>" % i for i in range(256)]
MISSING = ["<0x80>", "<0xE4>", "<0x81>"]


def train(normalizer, pre_tokenizer, size, special, alphabet, lines, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False,
        max_token_length=16, limit_alphabet=1000 if alphabet else 90))
    return json.loads(tokenizer.to_str())["model"]


def make_models():
    split = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    words = [w if i == 0 else " " + w for line in TRAINING for i, w in enumerate(line.split(" "))]
    return {
        "bytes": train(None, split, 400, [], pre_tokenizers.ByteLevel.alphabet(), TRAINING),
        "spaces": train(
            normalizers.Replace(" ", "▁"), None, 520, ["<unk>", "<s>", "</s>"] + BYTES, [], words,
            byte_fallback=True, fuse_unk=True, unk_token="<unk>"),
        "plain": train(
            None, pre_tokenizers.WhitespaceSplit(), 300, ["<unk>"], [], TRAINING, unk_token="<unk>"),
    }


def added(id, content, **flags):
    return dict(
        dict(id=id, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True),
        **flags)


def byte_level(**options):
    return dict(dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=False), **options)


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return dict(type="Split", pattern={kind: pattern}, behavior=behavior, invert=invert)


def replace(old, new, kind="String"):
    return dict(type="Replace", pattern={kind: old}, content=new)


def sequence(*steps):
    """Under the key that the kind of the steps asks for; the reader of the file puts it right."""
    return dict(type="Sequence", steps=list(steps))


def metaspace(scheme="always", **options):
    return dict(dict(type="Metaspace", replacement="▁", prepend_scheme=scheme, split=False), **options)


def template(before=(), after=()):
    def special(pair):
        return {"SpecialToken": {"id": pair[0], "type_id": 0}}

    single = [special(p) for p in before] + [{"Sequence": {"id": "A", "type_id": 0}}] + [special(p) for p in after]
    return dict(
        type="TemplateProcessing", single=single, pair=single + [{"Sequence": {"id": "B", "type_id": 1}}],
        special_tokens={c: {"id": c, "ids": [i], "tokens": [c]} for c, i in [*before, *after]})


def families(sizes):
    n, m = sizes["bytes"], sizes["spaces"]
    chat = [added(n, "<|begin|>"), added(n + 1, "<|end|>"), added(n + 2, "<|eot|>"), added(n + 3, "<tool>", special=False)]
    plain = byte_level()
    regex = byte_level(use_regex=True)
    end = [added(n, "<|endoftext|>")]
    s = [added(0, "<unk>"), added(1, "<s>"), added(2, "</s>")]
    inst = [added(m, "[INST]"), added(m + 1, "[/INST]")]
    llama2 = sequence(dict(type="Prepend", prepend="▁"), replace(" ", "▁"))
    unspace = sequence(
        replace("▁", " "), dict(type="ByteFallback"), dict(type="Fuse"),
        dict(type="Strip", content=" ", start=1, stop=0))
    bos = template([("<s>", 1)])

    def family(name, model, pre, norm, dec, post, tokens, without=(), **options):
        return dict(
            name=name, model=model, without=list(without), options=options, added_tokens=tokens, normalizer=norm, pre_tokenizer=pre,
            post_processor=post, decoder=dec)

    yield family(
        "llama3", "bytes", sequence(split(LLAMA3), plain), None, byte_level(add_prefix_space=True, use_regex=True),
        sequence(byte_level(add_prefix_space=True, use_regex=True), template([("<|begin|>", n)])), chat,
        ignore_merges=True)
    yield family("qwen", "bytes", sequence(split(QWEN), plain), dict(type="NFC"), plain, plain, chat)
    yield family("o200k", "bytes", sequence(split(O200K), plain), None, plain, None, chat)
    yield family("gpt2", "bytes", regex, None, regex, regex, [added(n, "<|endoftext|>", normalized=True)])
    yield family(
        "gpt2-prefix", "bytes", byte_level(use_regex=True, add_prefix_space=True), None, plain, plain,
        [added(n, "<|endoftext|>", normalized=True, lstrip=True)])
    yield family(
        "gpt-neox", "bytes", regex, dict(type="NFC"), regex, regex,
        end + [added(n + 1 + i, " " * (i + 2), normalized=True, special=False) for i in range(6)])
    yield family(
        "olmo2", "bytes", sequence(split(LLAMA3), plain), None, byte_level(add_prefix_space=True, use_regex=True), plain,
        end + [added(n + 1, "|||IP_ADDRESS|||", special=False), added(n + 2, "<|pad|>")])
    yield family("smollm", "bytes", sequence(dict(type="Digits", individual_digits=True), regex), None, regex, None, chat)
    yield family("digits", "bytes", sequence(dict(type="Digits", individual_digits=False), regex), None, regex, None, chat)
    yield family(
        "deepseek", "bytes",
        sequence(split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK), plain), sequence(), plain,
        template([("<|begin|>", n)], [("<|end|>", n + 1)]), chat)
    yield family(
        "deepseek1", "bytes",
        sequence(
            split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[一-龥ࠀ-一가-퟿]+"),
            dict(type="Digits", individual_digits=True), plain), None, plain, None, chat)
    yield family(
        "falcon", "bytes",
        sequence(
            dict(type="Punctuation", behavior="Contiguous"), regex, dict(type="Digits", individual_digits=False),
            split("[0-9][0-9][0-9]")), None, plain, None, chat)
    yield family("nfkc", "bytes", regex, dict(type="NFKC"), plain, plain, [added(n, "<EOT>", rstrip=True, lstrip=True)])
    yield family(
        "nfd-lower", "bytes", regex, sequence(dict(type="NFD"), dict(type="Lowercase")), plain, None,
        [added(n, "Ab É", normalized=True, special=False), added(n + 1, "CD")])
    sides = dict(sep=["</s>", n + 1], cls=["<s>", n])
    yield family(
        "roberta", "bytes", byte_level(use_regex=True, add_prefix_space=True), None, plain,
        dict(type="RobertaProcessing", trim_offsets=True, add_prefix_space=True, **sides),
        [added(n, "<s>"), added(n + 1, "</s>"), added(n + 2, "<mask>", lstrip=True)])
    yield family("bert-post", "bytes", regex, None, plain, dict(type="BertProcessing", **sides), [added(n, "<s>"), added(n + 1, "</s>")])
    yield family("llama2", "spaces", None, llama2, unspace, bos, s)
    yield family("mistral", "spaces", metaspace("first"), None, unspace, bos, s + inst)
    yield family("always", "spaces", metaspace(), None, metaspace(), None, s + inst)
    yield family("never", "spaces", metaspace("never"), None, metaspace("never"), None, s + inst)
    yield family("splitting", "spaces", metaspace(split=True), None, metaspace("first", split=True), None, s + inst)
    old = dict(type="Metaspace", replacement="▁", add_prefix_space=True)
    yield family("older", "spaces", old, None, old, None, s)
    yield family(
        "gemma", "spaces", split(" ", "MergedWithPrevious", False, "String"), replace(" ", "▁"),
        sequence(replace("▁", " "), dict(type="ByteFallback"), dict(type="Fuse")), bos,
        s + [added(m, "<start_of_turn>"), added(m + 1, "<end_of_turn>"), added(m + 2, "\n\n", special=False)])
    yield family(
        "phi3", "spaces", None, llama2, unspace, template(),
        s[:2] + [added(2, "</s>", rstrip=True, special=False)]
        + [added(m + i, c, rstrip=True) for i, c in enumerate(["<|endoftext|>", "<|user|>", "<|end|>"])])
    yield family(
        "flags", "spaces", None, llama2, unspace, None,
        s + [
            added(m, "ab", single_word=True, special=False), added(m + 1, "the", single_word=True, special=False, normalized=True),
            added(m + 2, "<l>", lstrip=True), added(m + 3, "<r>", rstrip=True, normalized=True),
            added(m + 4, "<lr>", lstrip=True, rstrip=True, single_word=True, special=False),
            added(m + 5, "<rr>", rstrip=True), added(m + 6, "  ", special=False)])
    yield family("unknown", "plain", dict(type="WhitespaceSplit"), None, None, None, [added(0, "<unk>")], fuse_unk=False)
    yield family("unknown-fused", "plain", dict(type="Whitespace"), None, dict(type="Fuse"), None, [added(0, "<unk>")], fuse_unk=True)
    yield family("unknown-dropped", "plain", dict(type="CharDelimiterSplit", delimiter=" "), None, None, None, [], unk_token=None)
    yield family("partial-fused", "spaces", None, replace(" ", "▁"), unspace, None, s, MISSING)
    yield family("partial", "spaces", None, replace(" ", "▁"), unspace, None, s, MISSING, fuse_unk=False)
    yield family("fixed-length", "bytes", sequence(dict(type="FixedLength", length=3), plain), None, plain, None, chat)
    yield family(
        "normalizer-bytes", "bytes", split(" ", "MergedWithNext", False, "String"), dict(type="ByteLevel"), plain, None,
        [added(n, "<|é|>", normalized=True), added(n + 1, "<|end|>")])
    yield family(
        "strip", "spaces", metaspace("first", split=True), dict(type="Strip", strip_left=True, strip_right=True), unspace,
        None, s)
    for behavior in ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        for invert in (False, True):
            yield family(
                f"{behavior}-{invert}", "bytes", sequence(split(r"\s|[,.']|\d*x?", behavior, invert), plain), None, plain,
                None, chat)
    for behavior in ["Removed", "MergedWithNext"]:
        yield family(
            f"{behavior}-punctuation", "bytes", sequence(dict(type="Punctuation", behavior=behavior), plain), None, plain,
            None, chat)
    yield family(
        "replace", "bytes", regex,
        sequence(
            replace(r"\s+", " ", "Regex"), replace("aa", "b"), replace(r"[éè]", "e", "Regex"),
            dict(type="Strip", strip_left=False, strip_right=True)),
        sequence(plain, replace(r"\d", "#", "Regex")), None, chat)


KEYS = dict(normalizer="normalizers", pre_tokenizer="pretokenizers", post_processor="processors", decoder="decoders")


def file_of(family, made):
    def named(part, key):
        if part and "steps" in part:
            return {"type": "Sequence", KEYS[key]: [named(p, key) for p in part["steps"]]}
        return part

    parts = {key: named(family[key], key) for key in KEYS}
    model = dict(made[family["model"]], **family["options"])
    model["vocab"] = {token: id for token, id in model["vocab"].items() if token not in family["without"]}
    return dict(
        version="1.0", truncation=None, padding=None, added_tokens=family["added_tokens"], **parts, model=model)


ATOMS = """the The harbour it's IT'S 's 'S 'ſ 're 'RE 'll don't ' '' 1 12 1234 12345678 3.14 ٣٤٥ ½ ² Ⅷ ① é é ñ ñ Å Å Å q̣̇ q̣̇
ạ̈ ß ẞ İ ı ﬁ ǆ Σ ς 가 가 한 각ᆨ 今天 天气很好 東京は カタカナ が 한국어 العالم كَيْفَ لا Привет мир й Γειά שלום שָׁ नमस्ते क़ สวัสดี
😀 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️ 🇩🇪 𝔘 𠀀 , . ! ? ... — “q” ( ) [ ] {} < > </s> <s> <unk> <|begin|> <|end|> <|eot|> <tool> <|endoftext|> [INST]
[/INST] <start_of_turn> <end_of_turn> <|user|> <EOT> <mask> <l> <r> <lr> <rr> ab abc CD <|é|> ▁ ▁▁ _ x xx aa aaa a Z I
http://a.b/c?d=e&f snake_case camelCaseWord x²+y €5 $ ° № \\ / | ~ ` ^ += <0x41> <0xE4> Ġ Ċ âĢ |||IP_ADDRESS|||""".split() + [
    "Ab É", "ab é", " ", "  ", "   ", "        ", "\n", "\n\n", "\r\n", "\r", "\t", " \n", "\n ", "\u00a0", "\u2003", "\u3000",
    "\u0085", "\u2028", "\u000b", "\u001c", "\0", "\x01", "\x7f", "\ufeff", "\ufffd", "\u200b", "\u200d", "\u00ad",
    "\U000e0041", "\U0010ffff", "\ue000", "\u0378", "\u11de0"]


def random_text(source):
    parts = []
    for _ in range(source.choice([0, 1, 1, 2, 2, 3, 4, 6, 9, 14])):
        kind = source.random()
        if kind < 0.72:
            parts.append(source.choice(ATOMS))
        elif kind < 0.86:
            parts.append(source.choice("ab1.é今   ") * source.randint(1, 40))
        elif kind < 0.95:
            parts.append(source.choice(TRAINING)[: source.randint(1, 40)])
        else:
            code = source.randint(0, 0x10FFFF) if source.random() < 0.3 else source.randint(0, 0x2FFF)
            parts.append(chr(code) if not 0xD800 <= code < 0xE000 else "x")
        if source.random() < 0.3:
            parts.append(" ")
    return "".join(parts)


TEXTS = [
    "", " ", "The harbour's LIGHTS'LL hold; don't they'RE'ſ", "  two  spaces   and\ttabs \n\n and\r\n\r\nlines  \n", "a" * 30 + " " * 20 + "1" * 9,
    "12 1234 12345678 3.14 ٣٤٥ ½² Ⅷ ①", "é e\u0301 A\u030a \u212b ﬁ q\u0307\u0323 가 \u1112\u1161\u11ab か\u3099 क़ שָׁ",
    "今天天气很好，東京は カタカナ 한국어", "مرحبا كَيْفَ لا Привет Γειά σου नमस्ते สวัสดี", "😀 👩‍👩‍👧‍👦🏳️‍🌈👍🏽 ❤️ 🇩🇪 𝔘𠀀 \U000e0041",
    "\0\x01\x7f\ufeff\ufffd\u200b\u00ad\u00a0\u2003\u3000\u0085\u2028\u000b\u001c", "<s>a</s> <unk>b<|begin|> x<|end|>\n<tool>y <|eot|>",
    "[INST] do it [/INST]<start_of_turn>user\n\nx<end_of_turn> ", "a <|endoftext|> b<|user|>  c <|end|>  d |||IP_ADDRESS|||e",
    "ab abc ab. (ab) the theme the<l> <r>   <rr>   x <lr> y", " lead and Ab É CD ab é cd <|é|> <EOT>  x <mask>", "▁ ▁▁a a▁ _ <0x41> <0xE4> Ġ âĢ",
    "http://a.b/c?d=e&f snake_case camelCaseWord x²+y €5 \\|~^", "\n", "x",
]


def main(path, seed=None, count=30):
    made = make_models()
    texts = TEXTS
    if seed is not None:
        source = random.Random(int(seed))
        texts = [random_text(source) for _ in range(int(count))]
    result = dict(models=made, texts=texts, tokenizers=[])
    for family in families({name: len(model["vocab"]) for name, model in made.items()}):
        file = file_of(family, made)
        tokenizer = Tokenizer.from_str(json.dumps(file))
        del file["model"]
        entry = dict(
            name=family["name"], model=family["model"], without=family["without"], options=family["options"], file=file, ids=[], special={}, as_text={},
            decoded={}, skipped={})
        for index, text in enumerate(texts):
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            special = tokenizer.encode(text, add_special_tokens=True).ids
            tokenizer.encode_special_tokens = True
            as_text = tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = False
            decoded = tokenizer.decode(special, skip_special_tokens=False)
            skipped = tokenizer.decode(special, skip_special_tokens=True)
            entry["ids"].append(ids)
            for key, value, usual in [
                ("special", special, ids), ("as_text", as_text, ids), ("decoded", decoded, text), ("skipped", skipped, decoded),
            ]:
                if value != usual:
                    entry[key][str(index)] = value
        result["tokenizers"].append(entry)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
