"""nn/layers.json of test/fixtures/{amd,intel}: each layer's parameters, inputs, output and every gradient.

Parameters are drawn from a normal distribution after construction, so that no bias is zero and no LayerNorm weight
is one: a parameter that is left out then shows. The gradients are those of `(output * weight).sum()`.
"""

import torch
from torch import nn
from transformers import BertConfig, BertModel

from fixture_file import encode, encode_all, gradients_of, parameters_of


def bert_config(**settings):
    config = BertConfig(**settings)
    config._attn_implementation = "eager"
    return config


class PackedLSTM(nn.LSTM):
    """nn.LSTM over padded rows of several lengths, as the notebook calls it."""

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths.tolist(), batch_first=True, enforce_sorted=False)
        return nn.utils.rnn.pad_packed_sequence(super().forward(packed)[0], batch_first=True)[0]


def layer_case(name, layer, inputs, options, generator, *, training=True, seed=None):
    """One call. `seed` is set right before it, for layers with dropout."""
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(0.0, 0.5, generator=generator)
    layer.train(training)
    for tensor in inputs.values():
        tensor.requires_grad_(tensor.is_floating_point())
    if seed is not None:
        torch.manual_seed(seed)
    output = layer(**inputs)
    output = output.last_hidden_state if hasattr(output, "last_hidden_state") else output
    weight = torch.randn(output.shape, generator=generator)
    (output * weight).sum().backward()
    return {
        "name": name,
        "options": options,
        "training": training,
        "seed": seed,
        "parameters": parameters_of(layer),
        "inputs": encode_all(inputs),
        "output": encode(output),
        "weight": encode(weight),
        "gradients": gradients_of(layer),
        "inputGradients": encode_all({k: v.grad for k, v in inputs.items() if v.grad is not None}),
    }


def layers():
    generator = torch.Generator().manual_seed(1)

    def normal(*shape):
        return torch.randn(shape, generator=generator)

    # Rows of 6, 4 and 5 tokens; in the second mask no row is full.
    lengths = torch.tensor([6, 4, 5])
    attends = torch.arange(6) < lengths.unsqueeze(1)
    source_mask = (~attends).unsqueeze(1).unsqueeze(1).expand(-1, 2, 6, -1).reshape(6, 6, 6)
    encoder = {"dModel": 8, "nhead": 2, "dimFeedforward": 12}
    bert = {
        "vocab_size": 10,
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 12,
        "max_position_embeddings": 8,
    }
    token_ids = torch.tensor([[1, 4, 9, 2, 3, 7], [5, 6, 1, 2, 0, 0], [8, 8, 1, 3, 2, 0]])
    token_types = torch.tensor([[0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 0, 0], [0, 1, 1, 1, 1, 0]])
    without_dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}

    def encoder_layer(dropout):
        return nn.TransformerEncoderLayer(8, 2, 12, dropout)

    def encoder_inputs():
        return {"src": normal(6, 3, 8), "src_mask": source_mask}

    def bert_model(settings):
        return BertModel(bert_config(**settings), add_pooling_layer=False)

    def bert_inputs():
        return {"input_ids": token_ids, "attention_mask": attends.long(), "token_type_ids": token_types}

    quiet = {**bert, **without_dropout}
    cases = [
        ("Linear", nn.Linear(4, 3), {"input": normal(2, 5, 4)}, {"inFeatures": 4, "outFeatures": 3}, {}),
        ("Embedding", nn.Embedding(10, 4), {"input": token_ids}, {"numEmbeddings": 10, "embeddingDim": 4}, {}),
        (
            "Embedding",
            nn.Embedding(10, 4, padding_idx=0),
            {"input": token_ids},
            {"numEmbeddings": 10, "embeddingDim": 4, "paddingIdx": 0},
            {},
        ),
        ("LayerNorm", nn.LayerNorm(8), {"input": normal(2, 3, 8)}, {"normalizedShape": 8, "eps": 1e-5}, {}),
        ("Dropout", nn.Dropout(0.3), {"input": normal(4, 6)}, {"p": 0.3}, {"seed": 5}),
        ("Dropout", nn.Dropout(0.3), {"input": normal(4, 6)}, {"p": 0.3}, {"training": False}),
        (
            "LSTM",
            PackedLSTM(5, 4),
            {"x": normal(3, 6, 5), "lengths": torch.tensor([4, 6, 5])},
            {"inputSize": 5, "hiddenSize": 4},
            {},
        ),
        (
            "LSTM",
            PackedLSTM(5, 4),
            {"x": normal(4, 6, 5), "lengths": torch.tensor([2, 5, 1, 5])},
            {"inputSize": 5, "hiddenSize": 4},
            {},
        ),
        ("TransformerEncoderLayer", encoder_layer(0.0), encoder_inputs(), {**encoder, "dropout": 0.0}, {}),
        (
            "TransformerEncoderLayer",
            encoder_layer(0.1),
            encoder_inputs(),
            {**encoder, "dropout": 0.1},
            {"training": False},
        ),
        ("TransformerEncoderLayer", encoder_layer(0.1), encoder_inputs(), {**encoder, "dropout": 0.1}, {"seed": 7}),
        ("BertModel", bert_model(quiet), bert_inputs(), quiet, {}),
        ("BertModel", bert_model(bert), bert_inputs(), bert, {"training": False}),
        ("BertModel", bert_model(bert), bert_inputs(), bert, {"seed": 8}),
    ]
    return {"cases": [layer_case(*arguments, generator, **how) for *arguments, how in cases]}
