import { QaError, messageOf } from '../errors.js';
import { typedFlags } from './flag-names.js';

/** One sentence for an error that a user can act on, a stack trace for ours. */
export function describeError(error: unknown): string {
  if (isTorchError(error) && isOfMemory(error)) return `qa-native: ${memoryRanOut(error)}`;
  if (error instanceof QaError || isTorchError(error)) return `qa-native: ${withFlags(error.message)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The library names an option as programs pass it, `maxSeqLength`: whoever types has --max-seq-length for it. */
export function withFlags(message: string): string {
  return message.replace(/`(\w+)`/g, (option, name: string) => {
    const flag = typedFlags.get(name);
    return flag === undefined ? option : `--${flag}`;
  });
}

type CodedError = Error & { readonly code: unknown };

/** LibTorch's own complaints are sentences too; the addon gives them a code. */
function isTorchError(error: unknown): error is CodedError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_TORCH');
}

/** Of main memory LibTorch throws what it throws of all else. */
function isOfMemory({ code, message }: CodedError): boolean {
  return code === 'ERR_TORCH_OOM' || message.includes("can't allocate memory");
}

function memoryRanOut(error: Error): string {
  return (
    `Expected memory enough, but it ran out (${messageOf(error)}); take a smaller --per-device-train-batch-size, ` +
    'for which --gradient-accumulation-steps makes up, or --per-device-eval-batch-size.'
  );
}
