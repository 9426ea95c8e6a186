/** Where BERT-mini starts, as in the notebook; its vocabulary is that of the other models. */
export const defaultCheckpoint = 'google/bert_uncased_L-4_H-256_A-4';
