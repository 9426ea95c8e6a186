import * as tokenizers from '@huggingface/tokenizers';

/** The WordPiece model of @huggingface/tokenizers: words to their pieces, `##` before a continuation. */
export interface WordPiece {
  encode(words: readonly string[]): string[];
}

interface WordPieceConfig {
  readonly type: 'WordPiece';
  readonly vocab: Readonly<Record<string, number>>;
  readonly unk_token: string;
  readonly continuing_subword_prefix: string;
  readonly max_input_chars_per_word: number;
}

// The package's declarations name their files without endings, which Node's module resolution does not follow: the
// class is there, its type is not.
export const WordPiece = (tokenizers as unknown as { WordPiece: new (config: WordPieceConfig) => WordPiece })
  .WordPiece;
