"""train/ in test/fixtures: what training is made of, and whole runs of the notebook on a tiny data set."""

import argparse
import io
import json
import random
import tempfile
from pathlib import Path

import torch
from torch.utils.data import DataLoader
from transformers import AdamW, BertTokenizerFast, get_scheduler

import notebook
from fixture_file import encode


def learning_rates(kind, base, warmup, total):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = AdamW([parameter], lr=base, no_deprecation_warning=True)
    scheduler = get_scheduler(kind, optimizer, warmup, total)
    rates = []
    # Two steps beyond the end.
    for _ in range(total + 2):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def schedule():
    settings = [("linear", *rest) for rest in [(3e-5, 3, 20), (1e-3, 5, 5), (2e-5, 8, 5), (3e-5, 0, 1)]]
    for kind in "linear cosine cosine_with_restarts polynomial inverse_sqrt constant constant_with_warmup".split():
        settings += [(kind, 3e-5, 0, 7), (kind, 5e-4, 10, 33)]
    # Long enough for cosines that JavaScript rounds otherwise.
    settings += [(kind, 2e-5, 20, 200) for kind in ("cosine", "cosine_with_restarts")]
    names = ("lrSchedulerType", "learningRate", "numWarmupSteps", "numTrainingSteps")
    return {"cases": [{**dict(zip(names, case)), "rates": learning_rates(*case)} for case in settings]}


def optimizer():
    """Four steps of AdamW on two parameters, the second of which gets no gradient in the first step."""
    generator = torch.Generator().manual_seed(6)
    initial = [torch.randn(3, 4, generator=generator), torch.randn(5, generator=generator)]
    gradients = [[torch.randn(p.shape, generator=generator) * 0.1 for p in initial] for _ in range(4)]
    gradients[0][1] = None
    cases = []
    for options in [
        {},
        {"weight_decay": 0.1},
        {"correct_bias": False},
        {"betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.01},
    ]:
        parameters = [torch.nn.Parameter(p.clone()) for p in initial]
        adamw = AdamW(parameters, lr=0.0, no_deprecation_warning=True, **options)
        steps = []
        for number, of_step in enumerate(gradients):
            adamw.param_groups[0]["lr"] = 0.01 / (number + 1)
            for parameter, gradient in zip(parameters, of_step):
                parameter.grad = gradient
            adamw.step()
            steps.append([encode(parameter) for parameter in parameters])
        cases.append({"options": options, "steps": steps})
    return {
        "initial": [encode(p) for p in initial],
        "gradients": [[None if g is None else encode(g) for g in of_step] for of_step in gradients],
        "rates": [0.01 / (number + 1) for number in range(4)],
        "cases": cases,
    }


def clip():
    """Gradients clipped to norms below, at about and above their own."""
    generator = torch.Generator().manual_seed(7)
    gradients = [torch.randn(shape, generator=generator) for shape in [(4, 5), (7,), ()]]
    cases = []
    for max_norm in (1.0, 0.3, 5.5, 100.0):
        parameters = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        cases.append({"maxNorm": max_norm, "norm": norm.item(), "clipped": [encode(p.grad) for p in parameters]})
    return {"gradients": [encode(g) for g in gradients], "cases": cases}


def epochs(seed, size, batch_size=4):
    """Two epochs, with five numbers drawn after each batch, as dropout draws some in training."""
    torch.manual_seed(seed)
    loader = DataLoader(list(range(size)), batch_size=batch_size, shuffle=True, collate_fn=list)
    orders = []
    for _ in range(2):
        order = []
        for batch in loader:
            order.append(batch)
            torch.empty(5).uniform_(0, 1)
        orders.append(order)
    return {"seed": seed, "size": size, "batchSize": batch_size, "drawsPerStep": 5, "epochs": orders}


def sampler():
    return {"cases": [epochs(seed, size) for seed in (1, 2, 42) for size in (7, 25)]}


# --- Whole runs -------------------------------------------------------------------------------------------------------

NAMES = "mara ivo selma otto nina karl edda jonas".split()
TOWNS = "bergen lucca tartu porto ghent".split()
THINGS = "lantern kettle violin ladder compass".split()
COLOURS = "red green blue white".split()


def tiny_squad(seed, paragraphs):
    """Three neighbours a paragraph, so that the name in the question matters; answers are single words."""
    rng = random.Random(seed)
    written = []
    for number in range(paragraphs):
        context, qas = "", []
        for name in rng.sample(NAMES, 3):
            town, thing, colour = rng.choice(TOWNS), rng.choice(THINGS), rng.choice(COLOURS)
            sentence = f"{name} of {town} owns a {colour} {thing}. "
            kind, question, answer = rng.choice(
                [
                    ("town", f"where is {name} from?", town),
                    ("thing", f"what does {name} own?", thing),
                    ("colour", f"which colour does {name} own?", colour),
                ]
            )
            start = len(context) + sentence.index(f" {answer}") + 1
            qas.append(
                {
                    "id": f"{number}-{name}-{kind}",
                    "question": question,
                    "answers": [{"text": answer, "answer_start": start}],
                }
            )
            context += sentence
        written.append({"context": context.strip(), "qas": qas})
    return {"version": "1.1", "data": [{"title": "neighbours", "paragraphs": written}]}


def vocabulary():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = "where is from what does own which colour of owns a . ?".split()
    return special + words + NAMES + TOWNS + THINGS + COLOURS


SETTINGS = {
    # A context takes two windows; an epoch is 15 steps, the last of them with two windows; 40 steps end in the third.
    "max_seq_length": 28,
    "doc_stride": 8,
    "batch_size": 5,
    "learning_rate": 1e-4,
    "max_grad_norm": 1.0,
    "warmup_steps": 4,
    "max_steps": 40,
    "seed": 42,
}
CONFIGS = {
    "bert-mini": {
        "vocab_size": len(vocabulary()),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 32,
    },
    "lstm": {"vocab_size": len(vocabulary()), "dim": 12},
    "transformer": {"vocab_size": len(vocabulary()), "dim": 12, "num_heads": 2},
}


def windows(features):
    """Features without their padding: ids, where the context starts, and the labels of training."""
    shortened = []
    for feature in features:
        length = int(feature["attention_mask"].sum())
        shortened.append(
            {
                "inputIds": feature["input_ids"][:length].tolist(),
                "contextStart": feature["token_type_ids"].tolist().index(1),
                "startPosition": feature.get("start_positions", 0),
                "endPosition": feature.get("end_positions", 0),
            }
        )
    return shortened


def run(model_name, config, folder):
    """The notebook's own functions, as its main() calls them: the log's lines, logits, predictions and the score."""
    config_file = folder / "config.json"
    config_file.write_text(json.dumps(config))
    args = argparse.Namespace(
        **SETTINGS,
        model=model_name,
        model_name_or_path="random",
        config_file=config_file,
        hidden_dim=config.get("dim"),
        num_heads=config.get("num_heads"),
        epochs=2,
        logging_steps=1000,
        device="cpu",
    )
    tokenizer = BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), do_lower_case=True)
    examples = notebook.read_squad(folder / "train.json")
    model = notebook.build_model(args, tokenizer.vocab_size)
    log = io.StringIO()
    train_features = notebook.prepare_train_features(tokenizer, examples, args)
    notebook.train(model, train_features, args, log)
    validation = notebook.read_squad(folder / "validation.json")
    features = notebook.prepare_validation_features(tokenizer, validation, args)
    raw_predictions = notebook.evaluate(model, features, args)
    predictions = notebook.postprocess_qa_predictions(validation, features, raw_predictions)
    start_logits, end_logits = raw_predictions
    return {
        "model": model_name,
        "config": config,
        "trainWindows": windows(train_features),
        "validationWindows": windows(features),
        "log": [json.loads(line) for line in log.getvalue().splitlines()],
        "startLogits": [encode(torch.from_numpy(row)) for row in start_logits],
        "endLogits": [encode(torch.from_numpy(row)) for row in end_logits],
        "predictions": predictions,
        "score": notebook.squad_score(validation, predictions),
    }


def runs():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = {"train": tiny_squad(1, 12), "validation": tiny_squad(2, 5)}
        for split, content in data.items():
            (folder / f"{split}.json").write_text(json.dumps(content))
        (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n")
        of_models = [run(model, config, folder) for model, config in CONFIGS.items()]
        # The same for every model.
        shared = {}
        for of_model in of_models:
            shared = {name: of_model.pop(name) for name in ("trainWindows", "validationWindows")}
        return {"settings": SETTINGS, "vocabulary": vocabulary(), **data, **shared, "runs": of_models}
