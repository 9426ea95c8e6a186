"""The notebook as one program: trains BERT, the LSTM or the Transformer on SQuAD v1.1, evaluates, writes the logs.

It runs on the pinned versions of requirements.txt. What the notebook leaves open is fixed here: a seed, right before
the model is built; eager attention; the training loop over the DataLoader itself; a stable argsort, so that of equal
logits the later position ranks first, and of equal scores the answer met first wins.

It writes into --output-dir:
  train_log.jsonl     a line a step: step, epoch (steps done / steps of an epoch), loss, grad_norm (before clipping),
                      learning_rate (the one this step used); every float as repr writes it, so that it round-trips
  train_results.json  Hugging Face's keys; the clock runs from the first step to the last
  model.safetensors   the state_dict
  predictions.json, eval_results.json   unless --no-eval

THE ORDER OF RANDOM DRAWS, which a port has to repeat (checked against torch.get_rng_state())
All but dropout on a GPU draw from the CPU's default generator. Bounds are computed in doubles, in this order.
  Linear(i, o)     weight [o, i] uniform_(-k, k), k = sqrt(3) * (sqrt(2 / (1 + sqrt(5) ** 2)) / sqrt(i));
                   then bias [o] uniform_(-c, c), c = 1 / sqrt(i)
  Embedding        weight normal_(0, 1); the padding row is drawn, then zeroed. LayerNorm and Dropout draw nothing.
  BERT, random     1. the constructors: word, position and type embedding; for each layer the Linears query, key,
                   value, attention.output.dense, intermediate.dense, output.dense. 2. BertModel initialises itself
                   before the head exists: the same weights in the same order, each normal_(0, initializer_range),
                   biases zero. 3. qa_outputs as a Linear. 4. qa_outputs.weight normal_(0, initializer_range).
  BERT, checkpoint from_pretrained switches torch.nn.init off, so constructors draw nothing; then every module of
                   which a tensor is missing draws its weight, normal_(0, initializer_range), in the order above.
                   Usually that is qa_outputs.weight alone; with a whole head, nothing is drawn.
  LSTM             embedding; weight_ih, weight_hh, bias_ih, bias_hh each uniform_(-b, b), b = 1 / sqrt(dim); qa_outputs
  Transformer      embedding; attention's out_proj as a Linear (its bias is zeroed afterwards); in_proj_weight as one
                   uniform_(-a, a), a = sqrt(3) * sqrt(2 / (dim + 3 * dim)); linear1; linear2; qa_outputs
                   (a checkpoint of the last two is loaded after these draws)
  an epoch         the DataLoader's base seed, then the sampler's seed: empty((), int64).random_() each; the order is
                   randperm(n) of a generator of its own with that seed. Neither DataLoader() nor len() draws.
                   tqdm.auto would draw one more base seed an epoch: its constructor already calls iter() (it is
                   tqdm.asyncio underneath). So there is no bar here.
  dropout, BERT    embeddings [b, t, h]; for each layer attention probabilities [b, heads, t, t], attention output
                   [b, t, h], layer output [b, t, h]
  dropout, Transf. in the attention [b, heads, t, t]; dropout1 [t, b, d]; dropout [t, b, 2048]; dropout2 [t, b, d]
"""

import argparse
import collections
import json
import math
import os
import re
import string
import time
from pathlib import Path

# cuBLAS is deterministic only with a workspace of fixed size, which it reads when it starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import numpy as np  # noqa: E402
import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import CrossEntropyLoss  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402
from transformers import (  # noqa: E402
    AdamW,
    AutoTokenizer,
    BertConfig,
    BertModel,
    BertPreTrainedModel,
    BertTokenizerFast,
    default_data_collator,
    get_linear_schedule_with_warmup,
)

# --- Data ------------------------------------------------------------------------------------------------------------


def read_squad(path):
    """SQuAD's nested JSON as a list of questions, each with its context and the texts and starts of its answers."""
    examples = []
    for article in json.loads(Path(path).read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                examples.append(
                    {
                        "id": qa["id"],
                        "question": qa["question"],
                        "context": paragraph["context"],
                        "answers": {
                            "text": [answer["text"] for answer in qa["answers"]],
                            "answer_start": [answer["answer_start"] for answer in qa["answers"]],
                        },
                    }
                )
    return examples


def tokenize(tokenizer, examples, args):
    return tokenizer(
        [example["question"] for example in examples],
        [example["context"] for example in examples],
        truncation="only_second",
        max_length=args.max_seq_length,
        stride=args.doc_stride,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding="max_length",
    )


def answer_positions(input_ids, offsets, sequence_ids, answers, cls_index):
    """The first and last token of the first answer, or the [CLS] token twice where the window does not hold it."""
    if len(answers["answer_start"]) == 0:
        return cls_index, cls_index
    start_char = answers["answer_start"][0]
    end_char = start_char + len(answers["text"][0])
    start = 0
    while sequence_ids[start] != 1:
        start += 1
    end = len(input_ids) - 1
    while sequence_ids[end] != 1:
        end -= 1
    if not (offsets[start][0] <= start_char and offsets[end][1] >= end_char):
        return cls_index, cls_index
    while start < len(offsets) and offsets[start][0] <= start_char:
        start += 1
    while offsets[end][1] >= end_char:
        end -= 1
    return start - 1, end + 1


def in_batches(examples, size=1000):
    for first in range(0, len(examples), size):
        yield examples[first : first + size]


def model_inputs(encodings, index):
    """One window's three rows. 64 bits come back in the collator's tensor; 32 keep the whole of SQuAD in memory."""
    names = ("input_ids", "token_type_ids", "attention_mask")
    return {name: np.array(encodings[name][index], dtype=np.int32) for name in names}


def prepare_train_features(tokenizer, examples, args):
    features = []
    for batch in in_batches(examples):
        encodings = tokenize(tokenizer, batch, args)
        for i, offsets in enumerate(encodings["offset_mapping"]):
            input_ids = encodings["input_ids"][i]
            start, end = answer_positions(
                input_ids,
                offsets,
                encodings.sequence_ids(i),
                batch[encodings["overflow_to_sample_mapping"][i]]["answers"],
                input_ids.index(tokenizer.cls_token_id),
            )
            features.append({**model_inputs(encodings, i), "start_positions": start, "end_positions": end})
    return features


def prepare_validation_features(tokenizer, examples, args):
    features = []
    for batch in in_batches(examples):
        encodings = tokenize(tokenizer, batch, args)
        for i, offsets in enumerate(encodings["offset_mapping"]):
            sequence_ids = encodings.sequence_ids(i)
            features.append(
                {
                    **model_inputs(encodings, i),
                    "example_id": batch[encodings["overflow_to_sample_mapping"][i]]["id"],
                    "offset_mapping": [o if sequence_ids[k] == 1 else None for k, o in enumerate(offsets)],
                }
            )
    return features


def collate(features):
    """Hugging Face's collator on the entries a model takes; every tensor is int64."""
    taken = [{k: v for k, v in f.items() if k not in ("example_id", "offset_mapping")} for f in features]
    return {name: tensor.long() for name, tensor in default_data_collator(taken).items()}


# --- The three models ------------------------------------------------------------------------------------------------


def span_output(logits, start_positions, end_positions):
    """Splits the head's [b, t, 2] into start and end logits; with positions, the loss comes first."""
    start_logits, end_logits = logits.split(1, dim=-1)
    start_logits = start_logits.squeeze(-1)
    end_logits = end_logits.squeeze(-1)
    if start_positions is None or end_positions is None:
        return start_logits, end_logits
    # A position beyond the logits becomes their length, which the loss ignores.
    ignored_index = start_logits.size(1)
    start_positions.clamp_(0, ignored_index)
    end_positions.clamp_(0, ignored_index)
    loss_fct = CrossEntropyLoss(ignore_index=ignored_index)
    start_loss = loss_fct(start_logits, start_positions)
    end_loss = loss_fct(end_logits, end_positions)
    return (start_loss + end_loss) / 2, start_logits, end_logits


class BERTModel(BertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.qa_outputs = nn.Linear(config.hidden_size, 2)
        self.init_weights()

    def forward(self, input_ids, attention_mask, token_type_ids, start_positions=None, end_positions=None):
        outputs = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return span_output(self.qa_outputs(outputs[0]), start_positions, end_positions)


class LSTMModel(nn.Module):
    def __init__(self, dim, vocab_size=30522):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        self.lstm = nn.LSTM(input_size=dim, hidden_size=dim)
        self.qa_outputs = nn.Linear(dim, 2)

    def forward(self, input_ids, attention_mask, token_type_ids, start_positions=None, end_positions=None):
        packed = nn.utils.rnn.pack_padded_sequence(
            input=self.embedding(input_ids),
            lengths=torch.sum(attention_mask, dim=1).tolist(),
            batch_first=True,
            enforce_sorted=False,
        )
        outputs = self.lstm(packed)
        # As long as the batch's longest row: shorter than the padded input where no row fills it.
        sequence_output, _ = nn.utils.rnn.pad_packed_sequence(outputs[0], batch_first=True)
        return span_output(self.qa_outputs(sequence_output), start_positions, end_positions)


class TransformerModel(nn.Module):
    def __init__(self, dim, num_heads=8, vocab_size=30522):
        super().__init__()
        self.num_heads = num_heads
        self.embedding = nn.Embedding(vocab_size, dim)
        self.encoder = nn.TransformerEncoderLayer(d_model=dim, nhead=num_heads)
        self.qa_outputs = nn.Linear(dim, 2)

    def forward(self, input_ids, attention_mask, token_type_ids, start_positions=None, end_positions=None):
        embeds = self.embedding(input_ids)
        b, t = input_ids.size()
        mask = attention_mask.unsqueeze(1).unsqueeze(1).expand(-1, self.num_heads, t, -1)
        mask = mask.reshape(b * self.num_heads, t, -1) == 0
        outputs = self.encoder(src=torch.transpose(embeds, 0, 1), src_mask=mask)
        sequence_output = torch.transpose(outputs, 0, 1)
        return span_output(self.qa_outputs(sequence_output), start_positions, end_positions)


def build_model(args, vocab_size):
    """The model of the command line, seeded right before anything is drawn."""
    folder = None if args.model_name_or_path == "random" else Path(args.model_name_or_path)
    if args.model == "bert-mini":
        if folder is not None:
            torch.manual_seed(args.seed)
            return BERTModel.from_pretrained(folder, attn_implementation="eager")
        if args.config_file:
            config = BertConfig.from_json_file(args.config_file)
            config.vocab_size = vocab_size
        else:
            config = BertConfig(
                vocab_size=vocab_size,
                hidden_size=256,
                num_hidden_layers=4,
                num_attention_heads=4,
                intermediate_size=1024,
            )
        config._attn_implementation = "eager"
        torch.manual_seed(args.seed)
        return BERTModel(config)

    weights = load_file(folder / "model.safetensors") if folder is not None else None
    dim = args.hidden_dim if weights is None else weights["embedding.weight"].size(1)
    rows = vocab_size if weights is None else weights["embedding.weight"].size(0)
    torch.manual_seed(args.seed)
    if args.model == "lstm":
        model = LSTMModel(dim, rows)
    else:
        model = TransformerModel(dim, args.num_heads, rows)
    if weights is not None:
        model.load_state_dict(weights)
    return model


# --- Training --------------------------------------------------------------------------------------------------------


def train(model, features, args, log):
    loader = DataLoader(features, batch_size=args.batch_size, collate_fn=collate, shuffle=True)
    steps_per_epoch = len(loader)
    total_steps = args.max_steps if args.max_steps > 0 else math.ceil(steps_per_epoch * args.epochs)
    model.to(args.device)
    # As transformers' Trainer takes it: 0 turns clipping off.
    max_grad_norm = args.max_grad_norm if args.max_grad_norm > 0 else math.inf
    optimizer = AdamW(model.parameters(), lr=args.learning_rate, no_deprecation_warning=True)
    scheduler = get_linear_schedule_with_warmup(optimizer, args.warmup_steps, total_steps)
    step = 0
    losses = []
    seen = 0
    began = time.perf_counter()
    while step < total_steps:
        model.train()
        for batch in loader:
            batch = {k: v.to(args.device) for k, v in batch.items()}
            loss = model(**batch)[0]
            loss.backward()
            grad_norm = nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
            learning_rate = scheduler.get_last_lr()[0]
            optimizer.step()
            scheduler.step()
            model.zero_grad()
            step += 1
            seen += len(batch["input_ids"])
            losses.append(loss.item())
            line = {
                "step": step,
                "epoch": step / steps_per_epoch,
                "loss": losses[-1],
                "grad_norm": grad_norm.item(),
                "learning_rate": learning_rate,
            }
            log.write(json.dumps(line) + "\n")
            if step % args.logging_steps == 0:
                log.flush()
                print(f"Loss:{losses[-1]}", flush=True)
            if step == total_steps:
                break
    seconds = time.perf_counter() - began
    return {
        "epoch": step / steps_per_epoch,
        "train_loss": sum(losses) / len(losses),
        "train_runtime": seconds,
        "train_samples_per_second": seen / seconds,
        "train_steps_per_second": step / seconds,
    }


# --- Evaluation ------------------------------------------------------------------------------------------------------


def evaluate(model, features, args):
    loader = DataLoader(features, batch_size=args.batch_size, collate_fn=collate, shuffle=False)
    all_start_logits, all_end_logits = [], []
    model.to(args.device)
    model.eval()
    for batch in loader:
        batch = {k: v.to(args.device) for k, v in batch.items()}
        with torch.no_grad():
            start_logits, end_logits = model(**batch)
        all_start_logits.extend(row.cpu().numpy() for row in start_logits)
        all_end_logits.extend(row.cpu().numpy() for row in end_logits)
    return all_start_logits, all_end_logits


def best_positions(logits, n_best_size):
    return np.argsort(logits, kind="stable")[-1 : -n_best_size - 1 : -1].tolist()


def postprocess_qa_predictions(examples, features, raw_predictions, n_best_size=20, max_answer_length=30):
    """The best answer's text for each question, by id; an empty text where no window has a valid span."""
    print(f"Post-processing {len(examples)} example predictions split into {len(features)} features.")
    features_per_example = collections.defaultdict(list)
    for index, feature in enumerate(features):
        features_per_example[feature["example_id"]].append(index)
    predictions = {}
    for example in examples:
        valid_answers = []
        for index in features_per_example[example["id"]]:
            start_logits, end_logits = raw_predictions[0][index], raw_predictions[1][index]
            offsets = features[index]["offset_mapping"]
            ends = best_positions(end_logits, n_best_size)
            for start in best_positions(start_logits, n_best_size):
                for end in ends:
                    if offsets[start] is None or offsets[end] is None:
                        continue
                    if end < start or end - start + 1 > max_answer_length:
                        continue
                    text = example["context"][offsets[start][0] : offsets[end][1]]
                    valid_answers.append({"score": start_logits[start] + end_logits[end], "text": text})
        best = sorted(valid_answers, key=lambda answer: answer["score"], reverse=True)[:1]
        predictions[example["id"]] = best[0]["text"] if best else ""
    return predictions


def normalize_answer(text):
    """Lower case, without punctuation, articles and superfluous white space."""
    text = "".join(char for char in text.lower() if char not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def f1_score(prediction, answer):
    prediction_tokens = normalize_answer(prediction).split()
    answer_tokens = normalize_answer(answer).split()
    common = sum((collections.Counter(prediction_tokens) & collections.Counter(answer_tokens)).values())
    if common == 0:
        return 0
    precision = 1.0 * common / len(prediction_tokens)
    recall = 1.0 * common / len(answer_tokens)
    return (2 * precision * recall) / (precision + recall)


def squad_score(examples, predictions):
    """SQuAD v1.1's metric: for each question the best over its answers, averaged, in percent."""
    exact_match = f1 = 0
    for example in examples:
        prediction = predictions[example["id"]]
        texts = example["answers"]["text"]
        exact_match += max(normalize_answer(prediction) == normalize_answer(text) for text in texts)
        f1 += max(f1_score(prediction, text) for text in texts)
    return {"exact_match": 100.0 * exact_match / len(examples), "f1": 100.0 * f1 / len(examples)}


# --- The command line ------------------------------------------------------------------------------------------------


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, choices=["bert-mini", "lstm", "transformer"])
    parser.add_argument("--train-file", required=True)
    parser.add_argument("--validation-file", help="needed unless --no-eval")
    parser.add_argument("--vocab-file", help="default: vocab.txt of the checkpoint folder")
    parser.add_argument("--model-name-or-path", default="random", help="a checkpoint folder, or random")
    parser.add_argument("--config-file", "--config-name", help="config.json of a random BERT; default: BERT-mini")
    parser.add_argument("--output-dir", required=True)
    parser.add_argument("--max-seq-length", type=int, default=384)
    parser.add_argument("--doc-stride", type=int, default=128)
    parser.add_argument("--batch-size", type=int, default=12)
    parser.add_argument("--learning-rate", type=float, default=3e-5)
    parser.add_argument("--max-grad-norm", type=float, default=1.0, help="0: no clipping")
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--max-steps", type=int, default=-1, help="stops there, and the schedule spans it")
    parser.add_argument("--warmup-steps", type=int, default=0)
    parser.add_argument("--logging-steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--max-train-samples", type=int, help="the first N questions")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--no-eval", action="store_true")
    parser.add_argument("--hidden-dim", type=int, default=768, help="of a random lstm or transformer")
    parser.add_argument("--num-heads", type=int, default=12, help="of the transformer")
    args = parser.parse_args()
    if not args.no_eval and args.validation_file is None:
        parser.error("expected --validation-file F or --no-eval")
    if args.vocab_file is None and args.model_name_or_path == "random":
        parser.error("expected --vocab-file F where there is no checkpoint folder to take vocab.txt from")
    return args


def use_exact_arithmetic(device):
    """What makes a GPU give the same bits each time, without TF32."""
    if device.startswith("cuda"):
        torch.use_deterministic_algorithms(True)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = False


def main():
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    # MKL finds its kernel of a function at the first call; of several threads that make it at once, one may get half the
    # digits (pytorch/pytorch, issue 188792). AdamW's square root is the only such function here.
    torch.ones(1).sqrt()
    use_exact_arithmetic(args.device)
    output = Path(args.output_dir)
    output.mkdir(parents=True, exist_ok=True)

    if args.vocab_file:
        tokenizer = BertTokenizerFast(vocab_file=args.vocab_file, do_lower_case=True)
    else:
        tokenizer = AutoTokenizer.from_pretrained(args.model_name_or_path)
    # The notebook's 30522 is the length of its vocabulary; another vocabulary brings its own length.
    vocab_size = tokenizer.vocab_size
    train_features = prepare_train_features(tokenizer, read_squad(args.train_file)[: args.max_train_samples], args)

    model = build_model(args, vocab_size)
    with open(output / "train_log.jsonl", "w", encoding="utf-8") as log:
        results = train(model, train_features, args, log)
    (output / "train_results.json").write_text(json.dumps(results, indent=2) + "\n")
    weights = {name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, output / "model.safetensors", metadata={"format": "pt"})

    if not args.no_eval:
        examples = read_squad(args.validation_file)
        features = prepare_validation_features(tokenizer, examples, args)
        predictions = postprocess_qa_predictions(examples, features, evaluate(model, features, args))
        (output / "predictions.json").write_text(json.dumps(predictions, indent=2) + "\n")
        score = squad_score(examples, predictions)
        (output / "eval_results.json").write_text(json.dumps(score, indent=2) + "\n")
        print(score)


if __name__ == "__main__":
    main()
