"""Random expressions of the kind that tokenizers use, and where the reference library (Oniguruma) finds them.

    python make_regex_cases.py COUNT oniguruma-cases.json SEED
"""
import json
import random
import sys

from tokenizers import Regex, pre_tokenizers

ATOMS = ["a", "b", "c", "é", "中", " ", "1", "x", "'", "s", "-", r"\.", r"\n", "ſ", "K", "😀"]
CLASSES = [
    "[ab]", "[^a]", ".", r"\s", r"\S", r"\w", r"\W", r"\d", r"\D", r"\p{L}", r"\P{L}", r"\p{N}", r"\p{Lu}", r"\p{^Ll}",
    r"[^\s\p{L}\p{N}]", "[a-c1-3é-中]", r"[\p{L}\p{M}]", r"[^\r\n\p{L}\p{N}]", r"[\p{L}&&[^a-c]]", r"[a-z&&[^b]&&\w]",
    "[[:alpha:]]", "[[:^digit:]]", "[[:punct:]]", "[[:space:]a]", "(?i:s)", "(?i:[a-k])", "(?i:[^s])", "(?i:k)", "(?i:é)",
    r"\h", r"\p{P}", r"\p{S}", r"\p{M}", r"[\p{So}\p{Sc}]", "[一-龥぀-ゟ]", r"[\]\-]", "[-a]", r"\x{1F600}", r"\u4e2d"]
REPEATS = [
    ("*", True), ("+", False), ("?", True), ("*?", True), ("+?", False), ("{1,2}", False), ("{2,}", False), ("{0,3}", True),
    ("{2}", False), ("{2,}?", False), ("*+", True), ("++", False), ("??", True), ("?+", True), ("{,2}", True)]
LETTERS = list("aaabbccxé中 \n\t1'sSſkK😀-.٣²Ⅷ\r\u0301한")


def expression(source, depth):
    """An expression, and whether it may match nothing; such a one is not repeated."""
    kind = source.randrange(11 if depth else 4)
    if kind < 2:
        return source.choice(ATOMS), False
    if kind < 4:
        return source.choice(CLASSES), False
    if kind < 8:
        (one, first), (other, second) = expression(source, depth - 1), expression(source, depth - 1)
        return (f"(?:{one}|{other})", first or second) if kind < 6 else (one + other, first and second)
    if kind == 8:
        return source.choice([
            lambda: source.choice([r"\b", r"\B", "^", "$", r"\A", r"\z", r"\Z"]),
            lambda: source.choice(["(?<=a)", r"(?<!\s)", r"(?<=\p{L})", "(?<!é)", "(?<=中)"]),
            lambda: "(?i:" + expression(source, depth - 1)[0] + ")",
            lambda: source.choice(["(?=%s)", "(?!%s)", "(?>%s)"]) % expression(source, depth - 1)[0],
        ])(), True
    body, may_be_empty = expression(source, depth - 1)
    if may_be_empty:
        return body, True
    repeat, empty = source.choice(REPEATS)
    return f"(?:{body}){repeat}", empty


def main(count, path, seed):
    source = random.Random(int(seed))
    cases = []
    while len(cases) < int(count):
        pattern = expression(source, source.choice([2, 3, 4]))[0]
        if source.random() < 0.3:
            pattern += "|" + expression(source, 3)[0] + "|" + expression(source, 2)[0]
        splitter = pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True)
        text = "".join(source.choice(LETTERS) for _ in range(source.randrange(16)))
        # Empty matches do not show. Places are counted in bytes.
        places = [
            [len(text[:start].encode()), len(text[:end].encode())] for _, (start, end) in splitter.pre_tokenize_str(text)]
        cases.append([pattern, text, places])
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cases, file, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
