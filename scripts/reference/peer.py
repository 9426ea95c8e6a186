"""notebook.py with the options that make run_qa.py fast: what a Python user gets who asks for speed.

run_qa.py is transformers' examples/pytorch/question-answering/run_qa.py without --pad_to_max_length. Three things
differ from the notebook, and the rest is its code: attention through scaled_dot_product_attention, batches as long as
their longest row, and torch's fused AdamW. Its steps are those of another program: its losses are not the notebook's.
"""

import torch

import notebook


def trimmed_collate(features):
    """A batch without the positions that are padding in each of its rows."""
    batch = notebook_collate(features)
    longest = int(batch["attention_mask"].sum(dim=1).max())
    rows = ("input_ids", "token_type_ids", "attention_mask")
    return {name: tensor[:, :longest] if name in rows else tensor for name, tensor in batch.items()}


def fused_adamw(parameters, lr, no_deprecation_warning):
    return torch.optim.AdamW(parameters, lr=lr, weight_decay=0.0, fused=True)


def build_model(args, vocab_size):
    model = notebook.build_model(args, vocab_size)
    if args.model != "bert-mini":
        # The notebook's Transformer already attends through scaled_dot_product_attention.
        return model
    # The implementation is chosen when the layers are built.
    config = model.config
    config._attn_implementation = "sdpa"
    return notebook.BERTModel(config)


notebook_collate = notebook.collate


def install():
    """Puts these in the notebook's place."""
    notebook.collate = trimmed_collate
    notebook.AdamW = fused_adamw
