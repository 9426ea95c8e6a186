"""models/*.json of test/fixtures/{amd,intel}: the three models, tiny.

Weights from a seed, logits, gradients, five optimizer steps.
"""

import tempfile

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import AdamW, get_linear_schedule_with_warmup

from fixture_file import encode, encode_all, gradients_of, parameters_of
from fixtures_layers import bert_config
from notebook import BERTModel, LSTMModel, TransformerModel

VOCABULARY = 50
LEARNING_RATE = 1e-4
WARMUP, STEPS = 1, 5


def batch_of(lengths, width, seed):
    """Rows of random tokens: a question of three, a context, padding; one answer lies beyond the longest row."""
    generator = torch.Generator().manual_seed(seed)
    positions = torch.arange(width)
    ends = torch.tensor(lengths).unsqueeze(1)
    attends = positions < ends
    drawn = torch.randint(1, VOCABULARY, (len(lengths), width), generator=generator)
    starts = torch.randint(0, min(lengths), (len(lengths),), generator=generator)
    starts[-1] = width + 3
    return {
        "input_ids": drawn * attends,
        "attention_mask": attends.long(),
        "token_type_ids": ((positions >= 4) & attends).long(),
        "start_positions": starts,
        "end_positions": starts + 1,
    }


def copy_of(batch):
    """The models clamp positions in place."""
    return {name: tensor.clone() for name, tensor in batch.items()}


def model_fixture(options, build):
    torch.manual_seed(42)
    model = build()
    initial = parameters_of(model)
    # The second batch is smaller, as an epoch's last one is; in the first no row fills the width.
    batches = [batch_of([10, 7, 9], 12, 3), batch_of([12, 5], 12, 4)]

    model.eval()
    with torch.no_grad():
        _, start_logits, end_logits = model(**copy_of(batches[0]))
    evaluated = {"startLogits": encode(start_logits), "endLogits": encode(end_logits)}
    evaluated["loss"] = model(**copy_of(batches[0]))[0].item()

    model.train()
    torch.manual_seed(1)
    loss = model(**copy_of(batches[0]))[0]
    loss.backward()
    trained = {"seed": 1, "loss": loss.item(), "gradients": gradients_of(model)}
    model.zero_grad()

    optimizer = AdamW(model.parameters(), lr=LEARNING_RATE, no_deprecation_warning=True)
    scheduler = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    torch.manual_seed(2)
    log = []
    for step in range(STEPS):
        loss = model(**copy_of(batches[step % 2]))[0]
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        log.append({"loss": loss.item(), "grad_norm": norm.item(), "learning_rate": scheduler.get_last_lr()[0]})
        optimizer.step()
        scheduler.step()
        model.zero_grad()
    return {
        "options": options,
        "seed": 42,
        "batches": [encode_all(batch) for batch in batches],
        "initial": initial,
        "eval": evaluated,
        "train": trained,
        "steps": {
            "seed": 2,
            "learningRate": LEARNING_RATE,
            "warmup": WARMUP,
            "total": STEPS,
            "log": log,
            "final": parameters_of(model),
        },
    }


def loaded_checkpoints(model):
    """What `from_pretrained` makes of checkpoints that lack this or that: the state that is new, and what comes next
    from the generator, which shows how much was drawn."""
    state = model.state_dict()
    without_head = [name for name in state if name.startswith("qa_outputs.")]
    query_bias = "bert.encoder.layer.1.attention.self.query.bias"
    cases = []
    for name, dropped, bare in [
        ("whole", [], False),
        ("no head", without_head, False),
        ("a bare encoder", without_head, True),
        ("no bias of the head", ["qa_outputs.bias"], False),
        ("no head, a query without bias", [*without_head, query_bias], False),
        ("no head, no token types", [*without_head, "bert.embeddings.token_type_embeddings.weight"], False),
    ]:
        kept = {k.removeprefix("bert.") if bare else k: v for k, v in state.items() if k not in dropped}
        with tempfile.TemporaryDirectory() as folder:
            model.config.save_pretrained(folder)
            save_file(kept, f"{folder}/model.safetensors", metadata={"format": "pt"})
            torch.manual_seed(5)
            loaded = BERTModel.from_pretrained(folder, attn_implementation="eager")
            following = torch.empty(4).uniform_(0, 1)
        new = {k: v for k, v in loaded.state_dict().items() if k in dropped}
        assert all(torch.equal(v, state[k]) for k, v in loaded.state_dict().items() if k not in dropped)
        cases.append({"name": name, "bare": bare, "seed": 5, "new": encode_all(new), "following": encode(following)})
    return cases


def models():
    config = bert_config(
        vocab_size=VOCABULARY,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=24,
    )
    bert_options = {
        name: getattr(config, name)
        for name in (
            "vocab_size",
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "intermediate_size",
            "max_position_embeddings",
            "type_vocab_size",
            "hidden_act",
            "hidden_dropout_prob",
            "attention_probs_dropout_prob",
            "initializer_range",
            "layer_norm_eps",
            "pad_token_id",
        )
    }
    dims = {"vocab_size": VOCABULARY, "dim": 8}
    bert = model_fixture(bert_options, lambda: BERTModel(config))
    torch.manual_seed(42)
    bert["fromPretrained"] = loaded_checkpoints(BERTModel(config))
    return {
        "bert": bert,
        "lstm": model_fixture(dims, lambda: LSTMModel(8, VOCABULARY)),
        "transformer": model_fixture({**dims, "num_heads": 2}, lambda: TransformerModel(8, 2, VOCABULARY)),
    }
