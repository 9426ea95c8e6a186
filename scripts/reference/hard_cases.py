"""What a BERT tokenizer and its windows find hard, and a small vocabulary for it, made here."""

import random

from tokenizers.normalizers import BertNormalizer

TEXTS = [
    "",
    "   \t\n ",
    "The naïve café owner, Ångström; cliché.",
    "cafe\u0301 in NFD: e\u0302\u0323 and \u1ec7 are one",
    "a\u0301\u0302\u0303b \u0301\u0302 lone accents",
    "漢字とかな 中文and英文 \u3400 \uf900 \U00020000x",
    "한국어 \u1112\u1161\u11ab 각",
    "emoji 😀 before, 👩‍👩‍👧 family, 🇰🇷 flag, ☕️ cup",
    "a\x00b\x07c\x7fd \x85 e\ufffdf",
    "tab\tnewline\nreturn\rvertical\x0bform\x0cnbsp\xa0thin\u2009line\u2028para\u2029ideographic\u3000end",
    "zero\u200bwidth\u200cnon\u200djoiner\u2060word soft\u00adhyphen \ufeffbom \u200ertl\u202e",
    "private \ue000 use \U000f0000x",
    "İstanbul ı I Σίσυφος ΟΔΟΣ ς ﬁ ﬂ ŉ ẞ ß ǆ ǅ",
    "[SEP] in a text, x[MASK]y[CLS][PAD] [UNK] [sep] [SEP [ SEP ] [[SEP]]",
    "##ing un##happy # # 3.14 $5 10% it's l\u2019eau \u201cquoted\u201d \u2014 dash\u2026 \u00bf\u00a1",
    "math \u2211 \u221e a\u00b2 \u00bd \u2460 \u2122 \u212b \u2126 \u037e \u0387 \u1fef",
    "हिन्दी क्षत्रिय தமிழ் ไทย بِسْمِ שָׁלוֹם",
    "𝔘𝔫𝔦 𝒸ℴ𝒹ℯ 𐐀𐐨 𞤀𞤢 \U0001e900",
    "x" * 100 + " " + "x" * 101 + " " + "é" * 100 + "é" * 1 + " " + "😀" * 100 + " " + "😀" * 101,
    "q\u302e\u0301 \u1d15e \U0001d15e\u0323 \U0001d1bd\u0e38\u0353 a\u0301\u302e",
    "newer than the reference: \u1c89 \ua7cb \U00010d50 \U00011938 \U000105c9",
    "zzzq the unknowable Whoing whois thething",
]

# Marks, spaces, format characters and starters of several scripts, to be mixed.
ALPHABET = (
    "abAB19.,-'[]# \t\n\x00\x85\xa0\xad\u200b\u2028\u3000\ufeff\ufffd"
    "éÉñßİıΣςﬁǅ\u0301\u0302\u0323\u0327\u0345\u064b\u093c\u094d\u0e38\u302e\u3099\ufe0f\u20dd"
    "한\u1112\u1161\u11ab漢々あ\uf900क्षத\U0001d15e\U0001d16d\U0001d1bd😀\u200d\U00020000\U00010400\ue000\u2014\u201c\u037e"
)


def random_texts(count):
    """Always the same ones."""
    generator = random.Random(7)
    return ["".join(generator.choices(ALPHABET, k=generator.randrange(1, 24))) for _ in range(count)]


def vocabulary():
    """Reserved tokens, the characters of the texts above (but q, z and a few) alone and as continuations, some pieces."""
    everything = "".join(TEXTS) + ALPHABET + "".join(map(chr, range(33, 127)))
    both = everything + BertNormalizer(lowercase=True).normalize_str(everything)
    characters = sorted({c for c in both if not c.isspace()} - set("qz\u212b\U00020000"))
    pieces = ["the", "who", "is", "##is", "##ing", "##thing", "in", "cafe", "café", "##fe", "answer", "2011", "##xx", "한"]
    reserved = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return list(dict.fromkeys(reserved + pieces + characters + [f"##{c}" for c in characters]))


def paragraph(context, *qas):
    """Questions as (id, question, answer text, and where it starts, by default where it is first met)."""
    return {
        "context": context,
        "qas": [
            {
                "id": name,
                "question": question,
                "answers": [] if answer is None else [{"text": answer, "answer_start": (at or [context.find(answer)])[0]}],
            }
            for name, question, answer, *at in qas
        ],
    }


SQUAD = {
    "version": "1.1",
    "data": [
        {
            "title": "Hard cases",
            "paragraphs": [
                paragraph(
                    "a b c d e f g h i j k l m n o p r s t u v w x y 1 2 3 4 5 6 7 8",
                    ("first", "who?", "a b"),
                    ("last", "who?", "8"),
                    ("last-two", "who?", "7 8"),
                    ("cut", "who?", "h i j k l m n"),
                    ("whole", "who?", "a b c d e f g h i j k l m n o p r s t u v w x y 1 2 3 4 5 6 7 8"),
                    ("past-the-end", "who?", "8 9 10", 62),
                    ("far-past-the-end", "who?", "99", 990),
                    ("empty-answer-inside", "who?", "", 4),
                    ("no-answer", "who?", None),
                    ("misplaced", "who?", "c d", 5),
                    ("spaces-before", "   who?\t", "c d"),
                    ("no-question", "", "c d"),
                ),
                paragraph(
                    "😀😀 The café 🇰🇷 served 漢字 😀 e\u0301clairs at\t\x00noon; 👩‍👩‍👧 liked i\u0307t \U00010400 a lot.",
                    ("after-emoji", "what 😀?", "café"),
                    ("ideograph", "what?", "字"),
                    ("half-a-token", "what?", "erve"),
                    ("nfd", "what?", "e\u0301clairs"),
                    ("mark-only", "what?", "\u0301"),
                    ("tab-and-control", "when?", "at\t\x00noon"),
                    ("family", "who?", "👩‍👩‍👧"),
                    ("misplaced-emoji", "who?", "liked 😀😀", 2),
                    ("punctuation", "what?", "."),
                ),
                paragraph(
                    "  leading [SEP] and [CLS] in the text, trailing  ",
                    ("special", "is [MASK] in?", "[SEP]"),
                    ("leading", "is it?", "leading"),
                    ("in-leading-space", "is it?", " leading", 1),
                    ("trailing", "is it?", "trailing"),
                    ("trailing-space", "is it?", "trailing  "),
                ),
                paragraph("", ("empty-context", "who?", None), ("answer-to-nothing", "who?", "it", 0)),
                paragraph("it is", ("empty-answer-at-start", "who?", "", 0)),
                paragraph(" \u200b\n ", ("blank-context", "who?", None)),
            ],
        }
    ],
}

# (max_seq_length, doc_stride)
SIZES = [(24, 6), (32, 0), (20, 8), (64, 16)]


def example(question, context):
    return {"id": "refused", "question": question, "context": context, "answers": {"text": [], "answer_start": []}}


REFUSED = [
    {"example": example("a b c d e f", "g h"), "maxSeqLength": 9, "docStride": 0},
    {"example": example("a b c d e f g h i j", "g h"), "maxSeqLength": 9, "docStride": 0},
    {"example": example("a b c d e f g", ""), "maxSeqLength": 9, "docStride": 0},
    {"example": example("a b c d", "g h i"), "maxSeqLength": 9, "docStride": 2},
    {"example": example("a b c d", "g h i"), "maxSeqLength": 9, "docStride": 4},
]


def dev_sample(dev):
    """Two paragraphs of SQuAD's development set: an article's longest, and another's first that is not ASCII."""
    longest = max(dev["data"][0]["paragraphs"], key=lambda p: len(p["context"]))
    other = next(p for p in dev["data"][1]["paragraphs"] if not p["context"].isascii())
    paragraphs = [{**p, "qas": p["qas"][:1]} for p in (longest, other)]
    source = "SQuAD v1.1 development set, Rajpurkar et al. 2016, CC BY-SA 4.0"
    return {"version": "1.1", "source": source, "data": [{"title": "dev", "paragraphs": paragraphs}]}
